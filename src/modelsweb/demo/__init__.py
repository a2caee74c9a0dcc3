"""The demo cluster: a Kubernetes API on loopback, and simulators of the controllers that work on it.

It knows nothing of ``store``, ``gateway`` or ``web``; to the app it is just another API server.
"""
