"""The watch cache: every watched object of the cluster, in memory, once for all viewers.

Only ``gateway`` and ``wiring`` may import this package, so that nobody can read an object around the access review.
"""
