"""A file that spreadsheets open, and its cells."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins with one of these as a formula."""


def neutral(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(_DANGEROUS) else said


def to_csv(records: Sequence[Mapping[str, object]], names: Iterable[str]) -> str:
    """Records as CSV (RFC 4180), with a byte order mark so that spreadsheets read Chinese right. ``names`` are the
    columns where there is no record."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(map(neutral, records[0] if records else names))
    writer.writerows([neutral(value) for value in record.values()] for record in records)
    return out.getvalue()
