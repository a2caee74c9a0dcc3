"""Secret: what a model's storage asks for. The app's account has no right to it unless the optional role of the manifests is
bound; it is never read."""

from modelsweb.objects.kind import Kind

SECRET = Kind(group="", version="v1", kind="Secret", plural="secrets", verbs=(), creatable=True)
