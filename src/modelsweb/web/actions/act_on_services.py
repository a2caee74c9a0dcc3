"""Starting, stopping or deleting what was chosen in the list: a page that asks first, then one result per item."""

import asyncio
from dataclasses import replace

from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.diagnosis.verdict import STOP
from modelsweb.gateway import audit
from modelsweb.gateway.access import attributes
from modelsweb.gateway.rates import WRITE_SECONDS
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects.kind import is_name
from modelsweb.text import text
from modelsweb.viewmodels import act_on_services
from modelsweb.viewmodels.act_on_services import Action, ActOnServices, Item, Outcome
from modelsweb.viewmodels.parts.list_query import MOST_ITEMS
from modelsweb.web import listing
from modelsweb.web.errors import explain
from modelsweb.web.site import Visit

_TEMPLATE = "screens/act_on_services.html"
_AT_ONCE = 8


async def confirm(visit: Visit) -> Response:
    """What would be done to which services, and to which it cannot be."""
    return _page(visit, 200, await _asked(visit))


async def submit(visit: Visit) -> Response:
    """Does it, some at a time and no faster than the user's work is granted, and says of each what became of it."""
    asked = await _asked(visit)
    if asked.to_type and visit.form.get("confirm").strip() != asked.to_type:
        return _page(visit, 422, replace(asked, mismatch=True))
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(item: Item) -> Item:
        if item.outcome is Outcome.BLOCKED:
            audit.refused(
                visit.user.name,
                attributes(INFERENCE_SERVICE, asked.action.verb, item.namespace, name=item.name),
            )
        if item.outcome is not Outcome.ASKED:
            return item
        async with at_once:
            await visit.site.rates.solvent(visit.user)
            visit.site.rates.spend(visit.user, WRITE_SECONDS)
            return await _act(visit, asked.action, item)

    items = tuple(await asyncio.gather(*map(one, asked.items)))
    return _page(visit, 200, ActOnServices(asked.action, items, is_report=True))


async def _asked(visit: Visit) -> ActOnServices:
    """What the form asks for, with the user's rights to each item."""
    try:
        action = Action(visit.form.get("action"))
    except ValueError:
        raise errors.BadRequestError("The field action must be one of start, stop, delete.") from None
    items = act_on_services.chosen(visit.form.all("item"))
    if visit.form.get("all"):
        audience = await listing.admit(visit)
        async with visit.site.rates.turn(visit.user):
            matches = listing.build(visit.site, audience).matches[:MOST_ITEMS]
        items = tuple(Item(row.namespace, row.name, row.uid) for row in matches)
    if any(not is_name(name) for item in items for name in (item.namespace, item.name)):
        raise errors.BadRequestError("The field item must be NAMESPACE/NAME/UID, with names of Kubernetes.")
    return ActOnServices(action, await _reviewed(visit, action, items))


async def _reviewed(visit: Visit, action: Action, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items, those blocked that the user may not act on: asked by namespace, by name only where that is not enough."""
    reader, at_once = visit.site.reader, asyncio.Semaphore(_AT_ONCE)
    spaces = sorted({item.namespace for item in items})

    async def allows(namespace: str, name: str = "") -> bool:
        async with at_once:
            await visit.site.rates.solvent(visit.user)
            return await reader.allows(visit.user, INFERENCE_SERVICE, action.verb, namespace, name=name)

    answers = await asyncio.gather(*map(allows, spaces))
    whole = {namespace for namespace, is_allowed in zip(spaces, answers, strict=True) if is_allowed}
    single = [item for item in items if item.namespace not in whole]
    named = await asyncio.gather(*(allows(item.namespace, item.name) for item in single))
    refused = {item for item, is_allowed in zip(single, named, strict=True) if not is_allowed}
    return tuple(_blocked(item, action) if item in refused else item for item in items)


def _blocked(item: Item, action: Action) -> Item:
    reason = text(
        "You do not have permission to {verb} {resource} in {namespace}.",
        verb=action.verb,
        resource=INFERENCE_SERVICE.full_name,
        namespace=item.namespace,
    )
    return replace(item, outcome=Outcome.BLOCKED, reason=reason)


async def _act(visit: Visit, action: Action, item: Item) -> Item:
    writer, target = visit.site.writer, (INFERENCE_SERVICE, item.namespace, item.name)
    try:
        if action is Action.DELETE:
            await writer.delete(visit.user, *target, uid=item.uid)
        else:
            stop = "true" if action is Action.STOP else None
            await writer.patch(visit.user, *target, {"metadata": {"annotations": {STOP: stop}}}, uid=item.uid)
    except errors.NotFoundError:
        if action is Action.DELETE:
            return replace(item, outcome=Outcome.DONE)  # gone between two clicks: what was wanted is so
        return replace(item, outcome=Outcome.FAILED, reason=text("The service no longer exists."))
    except errors.ModelswebError as error:
        return replace(item, outcome=Outcome.FAILED, reason=explain(error)[1], detail=error.message)
    return replace(item, outcome=Outcome.DONE)


def _page(visit: Visit, status: int, model: ActOnServices) -> Response:
    html = visit.site.renderer.page(visit, _TEMPLATE, model=model, query=visit.request.url.query)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
