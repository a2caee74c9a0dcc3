"""Controllers that make a cluster live: KServe and Knative, and on the demo cluster also Deployments and Pods.

They work through the Kubernetes API only, as real controllers do, so the same code runs on the demo cluster and on a
real control plane (which brings its own Deployments and Pods). What they write is held against recordings of the
real controllers by a test.
"""
