"""From an object to what it owns and to its pods, per deployment mode. Pure."""
