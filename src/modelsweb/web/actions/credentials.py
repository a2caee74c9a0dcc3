"""Adding credentials for the storage of a model: a Secret, and the account that services run as."""

from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.kinds import SECRET
from modelsweb.manifests.credentials import PARTS, Part, Storage
from modelsweb.operations.credentials import CredentialsRequest, add_credentials
from modelsweb.operations.facts import account_facts
from modelsweb.viewmodels import credentials
from modelsweb.viewmodels.credentials import Credentials
from modelsweb.web.errors import form_status
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/credentials.html"
_LONGEST_ADDRESS = 2_048
_STORAGES = {storage.value: storage for storage in PARTS}


async def form(context: RequestContext) -> Response:
    """What is asked for, by the address of the model."""
    query = context.request.query_params
    uri = query.get("uri", "")[:_LONGEST_ADDRESS]
    may_create = await context.site.authorization.allows(
        context.user, SECRET, verb="create", namespace=context.namespace
    )
    known = await account_facts(context.site.operations, context.user, namespace=context.namespace)
    page = credentials.opened(
        context.namespace,
        uri=uri,
        storage=_STORAGES.get(query.get("storage", "")),
        account=query.get("account", ""),
        facts=known,
        may_create=may_create,
    )
    return _page(context, page)


async def submit(context: RequestContext) -> Response:
    """Makes the Secret and puts it onto the account. What is secret is sent back to nobody."""
    storage = _STORAGES.get(context.form.get("storage"))
    if storage is None:
        raise errors.BadRequestError("The field storage must name a kind of storage.")
    request = CredentialsRequest(
        namespace=context.namespace,
        storage=storage,
        secret=context.form.get("secret").strip(),
        account=context.form.get("account").strip(),
        given=_given(context, storage),
    )
    outcome = await add_credentials(context.site.operations, context.user, request=request)
    known = await account_facts(context.site.operations, context.user, namespace=context.namespace)
    page = Credentials(
        namespace=context.namespace, storage=storage, secret=request.secret, account=request.account
    )
    return _page(context, credentials.answered(page, outcome, given=request.given, facts=known))


def _given(context: RequestContext, storage: Storage) -> dict[Part, str]:
    return {part: value for part in PARTS[storage] if (value := context.form.get(part.value).strip())}


def _page(context: RequestContext, model: Credentials) -> Response:
    html = context.site.renderer.page(
        context,
        _TEMPLATE,
        model=model,
        access_request=context.access_request(SECRET, verb="create"),
    )
    return HTMLResponse(html, form_status(is_refused=model.is_refused), {"Cache-Control": "no-store"})
