"""Everything that speaks HTTP to a Kubernetes API server.

Modules here fetch and never interpret: they know kinds and errors, and nothing of KServe's meaning, pages or
users' rights.
"""
