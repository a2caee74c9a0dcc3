"""Secret: what a model's storage asks for. The app's account has no right to it unless an optional role of the manifests is
bound; of what it holds only the names of its keys are ever kept."""

from modelsweb.objects.kind import Kind

SECRET = Kind(group="", version="v1", kind="Secret", plural="secrets", verbs=(), creatable=True)
