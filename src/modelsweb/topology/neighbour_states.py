"""What the state of a service, by its word, means for those that lean on it."""

DELETING = "deleting"
UNKNOWN = "unknown"
DOWN = frozenset({"failed", "stopped", "stopping", DELETING})
"""It answers no requests."""
ON_THE_WAY = frozenset({"starting", "queued"})
"""It will answer."""
