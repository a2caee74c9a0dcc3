"""The list of InferenceServices: of a namespace, or of all that the user may see."""

from collections.abc import Iterable
from datetime import datetime

from modelsweb.viewmodels import service_list
from modelsweb.viewmodels.service_list import RowView, ServiceList
from modelsweb.web import listing
from modelsweb.web.screen import Screen


def rows(model: ServiceList, now: datetime) -> Iterable[tuple[str, RowView]]:
    """The rows of the table."""
    return ((row.key, service_list.view(row, model, now)) for row in model.rows)


SCREEN = Screen(
    "service_list",
    listing.admit,
    listing.build,
    listing.changes,
    ("freshness", "summary", "toolbar", "empty", "pager"),
    rows,
    service_list.frame,
)
