"""What states are called; the same words stand in labels, counts and menus."""

from collections.abc import Mapping

from modelsweb.diagnosis.verdict import Status
from modelsweb.text import Text, text

STATUS_WORDS: Mapping[str, Text] = {
    Status.FAILED: text("Failed"),
    Status.DEGRADED: text("Degraded"),
    Status.QUEUED: text("Queued"),
    Status.STARTING: text("Starting"),
    Status.UPDATING: text("Updating"),
    Status.STOPPING: text("Stopping"),
    Status.DELETING: text("Deleting"),
    Status.UNKNOWN: text("Unknown"),
    Status.SCALED_TO_ZERO: text("Scaled to zero"),
    Status.STOPPED: text("Stopped"),
    Status.READY: text("Ready"),
}
"""By the value of a status."""
STATE_WORDS: Mapping[str, Text] = {
    "Ready": text("Ready"),
    "Deleting": text("Deleting"),
    "Disabled": text("Disabled"),
}
"""States of objects of any kind that are ours to word; the others are the cluster's own words."""
