"""Where to go: the remembered namespace, the only one, or a choice."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.kinds import MODEL_SERVICES
from modelsweb.objects.kind import is_name
from modelsweb.web.middleware.cookies import cookie
from modelsweb.web.site import RequestContext

COOKIE = "modelsweb-namespace"
ALL = "*"
"""Stands for all namespaces; no namespace can be called so."""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """The names to choose from; None where listing is not allowed and one has to be typed."""

    names: tuple[str, ...] | None
    is_to_create: bool = False
    """A service is to be created in it; else its list is looked at."""
    carried: str = ""
    """The rest of the query, which goes along to the create page."""


async def _load(context: RequestContext) -> Namespaces:
    try:
        return Namespaces(await context.site.authorization.namespaces(context.user))
    except errors.ForbiddenError:
        return Namespaces(None)


async def start(context: RequestContext) -> Response:
    """The list that was looked at last, else that of the only namespace, else all that the user may see."""
    wanted = context.request.query_params.get("ns", "")  # Kubeflow's dashboard names it so
    if is_name(wanted):
        return RedirectResponse(context.urls.services(wanted), 303)
    remembered = cookie(context.request, COOKIE)
    found = await _load(context)
    if remembered == ALL:
        return RedirectResponse(context.urls.services(), 303)
    if is_name(remembered) and (found.names is None or remembered in found.names):
        return RedirectResponse(context.urls.services(remembered), 303)
    if found.names is not None and len(found.names) == 1:
        return RedirectResponse(context.urls.services(found.names[0]), 303)
    return RedirectResponse(context.urls.services(), 303)


async def choose(context: RequestContext) -> Response:
    """The choice; ``?namespace=`` goes there, to its list or with ``?to=create`` to its create page."""
    wanted = context.request.query_params.get("namespace", "").strip()
    is_to_create = context.request.query_params.get("to") == "create"
    if wanted:
        return _go(context, wanted, carried=_carried(context) if is_to_create else None)
    model = await _load(context)
    if is_to_create:
        model = Namespaces(await _open_to(context, model.names), is_to_create=True, carried=_carried(context))
    html = context.site.renderer.page(context, "pages/namespaces.html", model=model)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


async def _open_to(context: RequestContext, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Those of some namespaces in which the user may create a model service of some kind."""
    allowed = await asyncio.gather(
        *(
            context.site.authorization.where_allowed(context.user, kind, verb="create", namespaces=names)
            for kind in MODEL_SERVICES
        )
    )
    if names is None or None in allowed:
        return names
    return tuple(name for name in names if any(name in (found or ()) for found in allowed))


def _carried(context: RequestContext) -> str:
    """What a link to the create page says beside the namespace."""
    given = context.request.query_params.multi_items()
    return urlencode([(key, value) for key, value in given if key not in {"namespace", "ns", "to", "kind"}])


def _go(context: RequestContext, namespace: str, *, carried: str | None) -> Response:
    """To the list of a namespace; with ``carried`` to its create page."""
    if (namespace != ALL or carried is not None) and not is_name(namespace):
        raise errors.BadRequestError(
            f"{namespace!r} is no name of a namespace: lower-case letters, digits and '-'."
        )
    if carried is not None:
        return RedirectResponse(context.urls.create(namespace) + (f"?{carried}" if carried else ""), 303)
    plural = context.request.query_params.get("kind", "")
    place = "" if namespace == ALL else namespace
    if any(kind.plural == plural and kind.namespaced for kind in context.site.other_kinds):
        target = context.urls.objects(plural, place)
    else:
        target = context.urls.services(place)
    response = RedirectResponse(target, 303)
    web = context.site.config.web
    response.set_cookie(
        COOKIE, namespace, path=web.prefix or "/", secure=web.secure_cookies, samesite="lax", httponly=True
    )
    return response
