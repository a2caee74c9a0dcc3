"""Writing, on behalf of a user: first the right, then the API server, with the app's own account."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from modelsweb import errors
from modelsweb.gateway import audit
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.kube.client import KubeClient, Propagation
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj


class Writer:
    """What users change. The store is never written: the watch brings the result back."""

    def __init__(self, access: Access, client: KubeClient) -> None:
        self._access = access
        self._client = client

    async def create(
        self, user: User, kind: Kind, namespace: str, manifest: Mapping[str, Any], *, dry_run: bool = False
    ) -> Obj:
        """Creates an object; unknown fields are refused, since KServe would ignore them in silence.

        Raises AccessDeniedError, and what the API server and its webhooks object to.
        """
        await self._access.require(user, attributes(kind, "create", namespace))
        name = str((manifest.get("metadata") or {}).get("name") or "")
        with _told(user, "dry-run create" if dry_run else "create", kind, namespace, name):
            return Obj(
                await self._client.create(kind, manifest, namespace=namespace, dry_run=dry_run, strict=True)
            )

    async def delete(
        self, user: User, kind: Kind, namespace: str, name: str, *, uid: str | None = None
    ) -> None:
        """Asks for deletion, dependants first (foreground). Returns when asked, not when gone.

        ``uid`` guards against a new object of the same name. Raises AccessDeniedError, NotFoundError, ConflictError.
        """
        await self._access.require(user, attributes(kind, "delete", namespace, name=name))
        with _told(user, "delete", kind, namespace, name):
            await self._client.delete(
                kind, namespace=namespace, name=name, propagation=Propagation.FOREGROUND, uid=uid or None
            )

    async def patch(
        self,
        user: User,
        kind: Kind,
        namespace: str,
        name: str,
        changes: Mapping[str, Any],
        *,
        uid: str | None = None,
    ) -> Obj:
        """Changes some fields (a JSON merge patch: None removes a field).

        ``uid`` guards against a new object of the same name. Raises AccessDeniedError, NotFoundError, ConflictError,
        and what the API server and its webhooks object to.
        """
        await self._access.require(user, attributes(kind, "patch", namespace, name=name))
        if uid:
            changes = {**changes, "metadata": {**changes.get("metadata", {}), "uid": uid}}
        try:
            with _told(user, "patch", kind, namespace, name):
                return Obj(await self._client.patch(kind, changes, namespace=namespace, name=name))
        except errors.InvalidError as error:
            if any(cause.field == "metadata.uid" for cause in error.causes):
                message = f'{kind.full_name} "{name}" is another object than the one that was chosen'
                raise errors.ConflictError(message) from error
            raise


@contextmanager
def _told(user: User, verb: str, kind: Kind, namespace: str, name: str) -> Iterator[None]:
    """One line of the audit for a write, whatever comes of it."""
    result = "broken off"
    try:
        yield
        result = "done"
    except errors.ModelswebError as error:
        result = error.reason
        raise
    finally:
        audit.written(user.name, verb, kind.full_name, namespace, name, result)
