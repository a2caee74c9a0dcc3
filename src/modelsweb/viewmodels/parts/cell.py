"""A cell of a file that spreadsheets open."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins with one of these as a formula."""


def neutral(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(_DANGEROUS) else said
