"""Whether an object's page has a tab with metrics."""

from enum import StrEnum


class MetricsTab(StrEnum):
    """Whether it is there."""

    NONE = "none"
    SHOWN = "shown"
    PROBED = "probed"
    """Where the browser finds a Grafana."""
