"""Writing, on behalf of a user: first the right, then the API server, with the app's own account.

Each write can be tried without effect (``dry_run``), and each is validated strictly: KServe would ignore an unknown field
in silence.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from modelsweb import errors
from modelsweb.gateway import audit
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.kube.client import KubeClient, PatchType, Propagation
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj, dig

FIELD_MANAGER = "modelsweb"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field, what it was when the user saw it and what it is to be; None where it is not there.

    ``path`` are the names of the fields from the root of the object.
    """

    path: tuple[str, ...]
    old: Any
    new: Any

    @property
    def pointer(self) -> str:
        """The path as a JSON pointer (RFC 6901)."""
        return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in self.path)


class Writer:
    """What users change. The store is never written: the watch brings the result back."""

    def __init__(self, access: Access, client: KubeClient, *, impersonates: bool = False) -> None:
        """With ``impersonates`` the API server sees the user and not the app: its policies, quotas and audit too."""
        self._access = access
        self._client = client
        self._impersonates = impersonates

    def _as(self, user: User) -> KubeClient:
        if not self._impersonates or not user.is_reviewed:
            return self._client
        return self._client.acting_as(user.name, user.groups)

    async def create(
        self, user: User, kind: Kind, *, namespace: str, manifest: Mapping[str, Any], dry_run: bool = False
    ) -> Obj:
        """Creates an object. Raises AccessDeniedError, and what the API server and its webhooks object to."""
        await self._access.require(user, attributes(kind, "create", namespace=namespace))
        with _audited(user, "create", kind=kind, namespace=namespace, name=_name(manifest), dry_run=dry_run):
            return Obj(
                await self._as(user).create(kind, manifest, namespace=namespace, dry_run=dry_run, strict=True)
            )

    async def existing(self, user: User, kind: Kind, *, namespace: str, name: str) -> Obj:
        """An object as it is now, to compare it with what is to be written. Raises AccessDeniedError, NotFoundError."""
        await self._access.require(user, attributes(kind, "get", namespace=namespace, name=name))
        return Obj(await self._as(user).get(kind, namespace=namespace, name=name))

    async def apply(
        self,
        user: User,
        kind: Kind,
        *,
        namespace: str,
        manifest: Mapping[str, Any],
        force: bool = False,
        dry_run: bool = False,
    ) -> Obj:
        """Server-side apply under the app's field manager: creates the object, or sets the fields of the manifest and removes
        those that an earlier apply set and this one does not name. ``force`` takes fields over from other managers.

        Needs the right to patch, and to create as well, as the API server does. Raises AccessDeniedError, ConflictError that
        names the fields of other managers, and what the API server and its webhooks object to.
        """
        name = _name(manifest)
        await self._access.require(user, attributes(kind, "patch", namespace=namespace, name=name))
        await self._access.require(user, attributes(kind, "create", namespace=namespace))
        return await self._patch(
            user,
            kind,
            patch=manifest,
            patch_type=PatchType.APPLY,
            namespace=namespace,
            name=name,
            force=force,
            dry_run=dry_run,
        )

    async def edit(
        self,
        user: User,
        kind: Kind,
        *,
        namespace: str,
        name: str,
        changes: Iterable[FieldChange],
        uid: str,
        resource_version: str = "",
        dry_run: bool = False,
    ) -> Obj:
        """Changes fields that are still as the user saw them, of the very object that they saw (a JSON patch that tests both).

        ``resource_version`` refuses any other change since then as well. Raises AccessDeniedError, NotFoundError, ConflictError
        whose causes are the fields that somebody else changed, and what the API server and its webhooks object to.
        """
        await self._access.require(user, attributes(kind, "patch", namespace=namespace, name=name))
        wanted = tuple(changes)
        try:
            patch = _json_patch(wanted, uid, resource_version=resource_version)
            return await self._patch(
                user,
                kind,
                patch=patch,
                patch_type=PatchType.JSON,
                namespace=namespace,
                name=name,
                dry_run=dry_run,
            )
        except errors.InvalidError as error:
            # The API server says that a test failed, not which one.
            now = await self._as(user).get(kind, namespace=namespace, name=name)
            if (conflict := _conflict(now, wanted, uid=uid, resource_version=resource_version)) is not None:
                raise conflict from error
            raise

    async def replace(
        self,
        user: User,
        kind: Kind,
        *,
        namespace: str,
        name: str,
        manifest: Mapping[str, Any],
        dry_run: bool = False,
    ) -> Obj:
        """Puts a manifest in the place of an object; its resourceVersion, where it has one, must be the current one.

        Raises AccessDeniedError, NotFoundError, ConflictError, and what the API server and its webhooks object to.
        """
        await self._access.require(user, attributes(kind, "update", namespace=namespace, name=name))
        with _audited(user, "update", kind=kind, namespace=namespace, name=name, dry_run=dry_run):
            return Obj(
                await self._as(user).replace(
                    kind, manifest, namespace=namespace, name=name, dry_run=dry_run, strict=True
                )
            )

    async def merge(
        self,
        user: User,
        kind: Kind,
        *,
        namespace: str,
        name: str,
        changes: Mapping[str, Any],
        uid: str = "",
        dry_run: bool = False,
    ) -> Obj:
        """Sets some fields whatever they were (a JSON merge patch: None removes a field).

        ``uid`` guards against a new object of the same name. Raises AccessDeniedError, NotFoundError, ConflictError,
        and what the API server and its webhooks object to.
        """
        await self._access.require(user, attributes(kind, "patch", namespace=namespace, name=name))
        if uid:
            changes = {**changes, "metadata": {**changes.get("metadata", {}), "uid": uid}}
        try:
            return await self._patch(
                user,
                kind,
                patch=changes,
                patch_type=PatchType.MERGE,
                namespace=namespace,
                name=name,
                dry_run=dry_run,
            )
        except errors.InvalidError as error:
            if any(cause.field == "metadata.uid" for cause in error.causes):
                raise _another_object(name) from error
            raise

    async def _patch(
        self,
        user: User,
        kind: Kind,
        *,
        patch: Mapping[str, Any] | list[dict[str, Any]],
        patch_type: PatchType,
        namespace: str,
        name: str,
        dry_run: bool,
        force: bool = False,
    ) -> Obj:
        done = "apply" if patch_type is PatchType.APPLY else "patch"
        with _audited(user, done, kind=kind, namespace=namespace, name=name, dry_run=dry_run):
            return Obj(
                await self._as(user).patch(
                    kind,
                    patch,
                    namespace=namespace,
                    name=name,
                    patch_type=patch_type,
                    field_manager=FIELD_MANAGER,
                    force=force,
                    dry_run=dry_run,
                    strict=True,
                )
            )

    async def delete(
        self,
        user: User,
        kind: Kind,
        *,
        namespace: str,
        name: str,
        uid: str = "",
        dry_run: bool = False,
    ) -> None:
        """Asks for deletion, dependants first (foreground). Returns when asked, not when gone.

        ``uid`` guards against a new object of the same name. Raises AccessDeniedError, NotFoundError, ConflictError.
        """
        await self._access.require(user, attributes(kind, "delete", namespace=namespace, name=name))
        with _audited(user, "delete", kind=kind, namespace=namespace, name=name, dry_run=dry_run):
            await self._as(user).delete(
                kind,
                namespace=namespace,
                name=name,
                propagation=Propagation.FOREGROUND,
                uid=uid or None,
                dry_run=dry_run,
            )


def _name(manifest: Mapping[str, Any]) -> str:
    return str(dig(manifest, "metadata", "name") or "")


def _json_patch(changes: tuple[FieldChange, ...], uid: str, *, resource_version: str) -> list[dict[str, Any]]:
    """Tests first. For the API server a field that is not there is null (tests/contract/test_writer.py)."""
    tests = [{"op": "test", "path": "/metadata/uid", "value": uid}]
    if resource_version:
        tests.append({"op": "test", "path": "/metadata/resourceVersion", "value": resource_version})
    tests += [{"op": "test", "path": change.pointer, "value": change.old} for change in changes]
    return [*tests, *(_step(change) for change in changes if change.old != change.new)]


def _step(change: FieldChange) -> dict[str, Any]:
    if change.new is None:
        return {"op": "remove", "path": change.pointer}
    return {"op": "add" if change.old is None else "replace", "path": change.pointer, "value": change.new}


def _conflict(
    now: Mapping[str, Any], changes: tuple[FieldChange, ...], *, uid: str, resource_version: str
) -> errors.ConflictError | None:
    """What changed meanwhile; None where nothing did, so that the refusal has another reason."""
    if dig(now, "metadata", "uid") != uid:
        return _another_object(str(dig(now, "metadata", "name")))
    causes = tuple(
        errors.Cause(".".join(change.path), "FieldChanged", "changed by somebody else in the meantime")
        for change in changes
        if dig(now, *change.path) != change.old
    )
    is_newer = bool(resource_version) and dig(now, "metadata", "resourceVersion") != resource_version
    if causes or is_newer:
        return errors.ConflictError("The object was changed in the meantime.", causes=causes)
    return None


def _another_object(name: str) -> errors.ConflictError:
    return errors.ConflictError(f'"{name}" is not the object that was chosen: it was created again')


@contextmanager
def _audited(
    user: User, verb: str, *, kind: Kind, namespace: str, name: str, dry_run: bool
) -> Iterator[None]:
    """One line of the audit for a write, whatever comes of it."""
    result = "broken off"
    try:
        yield
        result = "done"
    except errors.ModelswebError as error:
        result = error.reason
        raise
    finally:
        done = f"dry-run {verb}" if dry_run else verb
        audit.written(user.name, done, resource=kind.full_name, namespace=namespace, name=name, result=result)
