"""Who is asking, and may they? Bearer tokens, impersonation, and the rules of Role and ClusterRole objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.demo.apiserver.failure import Failure
from modelsweb.demo.apiserver.resource import BUILT_IN, Resource
from modelsweb.demo.apiserver.storage import Storage

MASTERS = "system:masters"


@dataclass(frozen=True, slots=True)
class Identity:
    """A user and the groups they are in."""

    user: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this be done? Fields as in ``resourceAttributes``; empty namespace is the cluster scope."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def full_resource(self) -> str:
        """``pods/log`` for a subresource."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def _built_in(plural: str) -> Resource:
    return next(resource for resource in BUILT_IN if resource.plural == plural)


_ROLES, _ROLE_BINDINGS = _built_in("roles"), _built_in("rolebindings")
_CLUSTER_ROLES, _CLUSTER_ROLE_BINDINGS = _built_in("clusterroles"), _built_in("clusterrolebindings")


class Authorizer:
    """Answers from the RBAC objects in the storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def allows(self, identity: Identity, question: Question) -> bool:
        """Whether any rule that is bound to the user or their groups covers the question."""
        if MASTERS in identity.groups:
            return True
        return any(_covers(rule, question) for rule in self._rules(identity, question.namespace))

    def require(self, identity: Identity, question: Question) -> None:
        """Raises 403 in the words of the real server."""
        if self.allows(identity, question):
            return
        title = f"{question.resource}.{question.group}" if question.group else question.resource
        named = f'{title} "{question.name}"' if question.name else title
        where = f'in the namespace "{question.namespace}"' if question.namespace else "at the cluster scope"
        details = {"kind": question.resource}
        if question.name:
            details["name"] = question.name
        if question.group:
            details["group"] = question.group
        raise Failure(
            403,
            "Forbidden",
            message=f'{named} is forbidden: User "{identity.user}" cannot {question.verb} resource '
            f'"{question.full_resource}" in API group "{question.group}" {where}',
            details=details,
        )

    def _rules(self, identity: Identity, namespace: str) -> Iterator[Mapping[str, Any]]:
        for binding in self._storage.list(_CLUSTER_ROLE_BINDINGS, None):
            if _binds(binding, identity):
                yield from self._role_rules(binding["roleRef"], "")
        if namespace:
            for binding in self._storage.list(_ROLE_BINDINGS, namespace):
                if _binds(binding, identity):
                    yield from self._role_rules(binding["roleRef"], namespace)

    def _role_rules(self, ref: Mapping[str, Any], namespace: str) -> list[Mapping[str, Any]]:
        if ref.get("kind") == "ClusterRole":
            role = self._storage.get(_CLUSTER_ROLES, ("", ref["name"]))
        else:
            role = self._storage.get(_ROLES, (namespace, ref["name"]))
        return list((role or {}).get("rules") or ())


def _binds(binding: Mapping[str, Any], identity: Identity) -> bool:
    for subject in binding.get("subjects") or ():
        name = subject.get("name", "")
        match subject.get("kind"):
            case "User" if name == identity.user:
                return True
            case "Group" if name in identity.groups:
                return True
            case "ServiceAccount" if (
                identity.user == f"system:serviceaccount:{subject.get('namespace')}:{name}"
            ):
                return True
    return False


def _covers(rule: Mapping[str, Any], question: Question) -> bool:
    names = rule.get("resourceNames") or ()
    return (
        _has(rule.get("verbs"), question.verb)
        and _has(rule.get("apiGroups"), question.group)
        and (
            _has(rule.get("resources"), question.full_resource)
            or bool(question.subresource and f"*/{question.subresource}" in (rule.get("resources") or ()))
        )
        and (not names or question.name in names)
    )


def _has(options: Any, wanted: str) -> bool:
    return bool(options) and ("*" in options or wanted in options)
