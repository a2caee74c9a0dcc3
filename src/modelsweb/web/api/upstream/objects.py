"""InferenceServices and InferenceGraphs: list, get, create, replace, delete."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache

from starlette.responses import Response

from modelsweb.gateway.raw_reader import Item, decode
from modelsweb.objects.kind import Kind
from modelsweb.topology import predictor
from modelsweb.web.api.upstream.envelope import answer, of_bytes, of_items, with_field
from modelsweb.web.api.upstream.manifests import MODE, manifest_of
from modelsweb.web.site import RequestContext

Handler = Callable[[RequestContext], Awaitable[Response]]
_MAX_MODES = 5_000
_MODES = {"Knative": "Serverless"}
"""How that API calls a mode that has another name today."""


def with_mode(item: Item) -> bytes:
    """An InferenceService with its mode as KServe decided it, else as it is asked for; without where neither says."""
    mode = _mode(item)
    return with_field(item.raw, MODE, value=_MODES.get(mode, mode)) if mode else item.raw


@lru_cache(maxsize=_MAX_MODES)
def _mode(item: Item) -> str:
    """Once for each version of an object: a hundred viewers of a list begin with all of it."""
    return predictor.mode(decode(item))


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The handlers of a kind. ``one`` and ``several`` are the keys of an object and of a list; ``raw`` is what of an object is sent."""

    kind: Kind
    one: str
    several: str
    raw: Callable[[Item], bytes] = lambda item: item.raw

    async def listed(self, context: RequestContext) -> Response:
        """All of a namespace. Raises AccessDeniedError."""
        raw = context.site.raw
        grant = await raw.authorize_list(context.user, self.kind, namespaces=(context.namespace,))
        async with context.site.rate_limit.turn(context.user):
            items = raw.items(grant)
        return of_items(context, self.several, raw=(item.raw for item in items))

    async def read(self, context: RequestContext) -> Response:
        """One. Raises AccessDeniedError, NotFoundError."""
        raw = context.site.raw
        grant = await raw.authorize_object(
            context.user, self.kind, namespace=context.namespace, name=context.name
        )
        return of_bytes(context, self.one, raw=self.raw(raw.item(grant)))

    async def create(self, context: RequestContext) -> Response:
        """Creates one. Raises AccessDeniedError, BadRequestError, and what the cluster objects to."""
        manifest = manifest_of(context.body)
        made = await context.site.writer.create(
            context.user, self.kind, namespace=context.namespace, manifest=manifest
        )
        return answer(context, message=f"{self.kind.kind} {made.name} was created.")

    async def replace(self, context: RequestContext) -> Response:
        """Puts a whole object in the place of another. Raises as ``create`` does, NotFoundError, and ConflictError where it was
        changed since."""
        await context.site.writer.replace(
            context.user,
            self.kind,
            namespace=context.namespace,
            name=context.name,
            manifest=manifest_of(context.body),
        )
        return answer(context, message=f"{self.kind.kind} {context.name} was replaced.")

    async def delete(self, context: RequestContext) -> Response:
        """Asks for its deletion, dependants first. Raises AccessDeniedError, NotFoundError."""
        await context.site.writer.delete(
            context.user, self.kind, namespace=context.namespace, name=context.name
        )
        return answer(context, message=f"{self.kind.kind} {context.name} is being deleted.")
