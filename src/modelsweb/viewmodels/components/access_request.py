"""What a user sends to the owner of a namespace to get a right that they lack: a Role and its RoleBinding."""

import re

from modelsweb.manifests.document import dump
from modelsweb.objects.kind import Kind

_API = "rbac.authorization.k8s.io"
_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)")


def access_request(user: str, kind: Kind, *, verb: str, namespace: str) -> str:
    """YAML that gives one verb on one kind in one namespace; nothing else."""
    words = re.sub(r"[^a-z0-9]+", "-", user.lower()).strip("-")[:60].strip("-")
    name = f"{words or 'user'}-{verb}-{kind.plural}"
    account = _ACCOUNT.fullmatch(user)
    subject = (
        {"kind": "ServiceAccount", "namespace": account[1], "name": account[2]}
        if account is not None
        else {"apiGroup": _API, "kind": "User", "name": user}
    )
    role = {
        "apiVersion": f"{_API}/v1",
        "kind": "Role",
        "metadata": {"name": name, "namespace": namespace},
        "rules": [{"apiGroups": [kind.group], "resources": [kind.plural], "verbs": [verb]}],
    }
    binding = {
        "apiVersion": f"{_API}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": namespace},
        "roleRef": {"apiGroup": _API, "kind": "Role", "name": name},
        "subjects": [subject],
    }
    return f"{dump(role)}---\n{dump(binding)}"
