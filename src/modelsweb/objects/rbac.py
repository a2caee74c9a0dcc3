"""The rights that the app's own account needs, and those to give to users: as RBAC objects, from the kinds.

Nothing is written by hand, so a kind that is added brings its rights along, and none stays when it goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from modelsweb.objects.kind import Kind

_API = "rbac.authorization.k8s.io/v1"
_READS = ("get", "list", "watch")
_PART_OF = {"app.kubernetes.io/name": "modelsweb", "app.kubernetes.io/part-of": "kserve"}


def cluster_role(kinds: Iterable[Kind], *, tokens: bool = False, reviews: bool = True) -> dict[str, Any]:
    """The ClusterRole of the app's account; ``tokens`` adds the review of bearer tokens, ``reviews`` that of rights."""
    needs = [(kind.group, kind.plural, kind.verbs) for kind in kinds]
    for kind in kinds:
        needs += [(kind.group, f"{kind.plural}/{name}", verbs) for name, verbs in kind.subresources]
    if reviews:
        needs.append(("authorization.k8s.io", "subjectaccessreviews", ("create",)))
    if tokens:
        needs.append(("authentication.k8s.io", "tokenreviews", ("create",)))
    return _role("modelsweb", needs)


def namespace_roles(
    kinds: Sequence[Kind], namespaces: Iterable[str], *, account: str, tokens: bool = False
) -> list[dict[str, Any]]:
    """The rights of an app that is confined to some namespaces: a Role and RoleBinding in each, and a ClusterRole with
    what has no namespace. ``account`` is the namespace of its ServiceAccount ``modelsweb``."""
    outside = cluster_role([kind for kind in kinds if not kind.namespaced], tokens=tokens)
    inside = cluster_role([kind for kind in kinds if kind.namespaced], reviews=False)
    subjects = [{"kind": "ServiceAccount", "name": "modelsweb", "namespace": account}]
    found = [outside, {**_binding("ClusterRole"), "subjects": subjects}]
    for namespace in sorted(namespaces):
        role = {**inside, "kind": "Role", "metadata": {**inside["metadata"], "namespace": namespace}}
        binding = _binding("Role")
        binding["metadata"]["namespace"] = namespace
        found += [role, {**binding, "subjects": subjects}]
    return found


def _binding(role: str) -> dict[str, Any]:
    return {
        "apiVersion": _API,
        "kind": f"{role}Binding",
        "metadata": {"name": "modelsweb", "labels": dict(_PART_OF)},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": "modelsweb"},
    }


def user_roles(kinds: Sequence[Kind]) -> list[dict[str, Any]]:
    """Two ClusterRoles that add to Kubernetes' and Kubeflow's own ``view`` and ``edit``: to look, and to change and read logs."""
    # What only goes along with a document is in Kubernetes' own roles; Secrets are not for whoever may look.
    namespaced = [kind for kind in kinds if kind.namespaced and (kind.watched or not kind.creatable)]
    view = [
        (kind.group, kind.plural, _READS) for kind in (*namespaced, *(kind for kind in kinds if kind.is_root))
    ]
    edit = [
        (kind.group, kind.plural, tuple(verb for verb in kind.verbs if verb not in _READS))
        for kind in namespaced
    ]
    logs = [
        (kind.group, f"{kind.plural}/{name}", verbs)
        for kind in namespaced
        for name, verbs in kind.subresources
    ]
    return [
        _role("modelsweb-view", view, labels=_aggregated("view")),
        _role("modelsweb-edit", [*edit, *logs], labels=_aggregated("edit")),
    ]


def _aggregated(role: str) -> dict[str, str]:
    """Adds to the role of Kubernetes, and to that which Kubeflow gives to the users of a profile."""
    return {
        f"rbac.authorization.k8s.io/aggregate-to-{role}": "true",
        f"rbac.authorization.kubeflow.org/aggregate-to-kubeflow-{role}": "true",
    }


def _role(
    name: str, needs: Iterable[tuple[str, str, tuple[str, ...]]], *, labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "apiVersion": _API,
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": {**_PART_OF, **(labels or {})}},
        "rules": _rules(needs),
    }


def _rules(needs: Iterable[tuple[str, str, tuple[str, ...]]]) -> list[dict[str, Any]]:
    """One rule for each group and set of verbs, in a fixed order; verbs that a resource has twice are joined."""
    verbs: dict[tuple[str, str], set[str]] = {}
    for group, resource, wanted in needs:
        verbs.setdefault((group, resource), set()).update(wanted)
    rules: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (group, resource), wanted_verbs in verbs.items():
        if wanted_verbs:
            rules.setdefault((group, tuple(sorted(wanted_verbs))), []).append(resource)
    return [
        {"apiGroups": [group], "resources": sorted(resources), "verbs": list(found)}
        for (group, found), resources in sorted(rules.items())
    ]
