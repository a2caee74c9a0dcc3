"""A Kubernetes API server in memory, good enough for our app, kubectl and the contract suite.

It is honest: what it cannot do it answers with the API's own error. Everything happens in one event loop, and no
change of an object awaits anything, so every request sees one consistent state.
"""
