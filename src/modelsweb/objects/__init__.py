"""The vocabulary of Kubernetes, with no KServe in it and no I/O.

Modules here may import ``text``, ``clock`` and ``errors``, and nothing above.
"""
