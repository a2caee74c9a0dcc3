"""Our own API for programs, in its first version."""
