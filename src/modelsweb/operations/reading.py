"""Reading what users write: the plan of a text, and what our own checks find in it."""

from typing import Any

from modelsweb.errors import Code, Problem
from modelsweb.gateway.access import User
from modelsweb.manifests.concerns import Concern, concerns
from modelsweb.manifests.document import Document, ManifestError, parse
from modelsweb.manifests.plan import Plan, plan
from modelsweb.objects.obj import Obj
from modelsweb.operations.facts import facts
from modelsweb.operations.gateway import Gateway


def too_large(source: str, max_bytes: int) -> Problem | None:
    """Why a text is not read at all, if so."""
    if len(source.encode()) <= max_bytes:
        return None
    return Problem(code=Code.TEXT_TOO_LARGE, values={"max": max_bytes})


async def read(gateway: Gateway, user: User, *, source: str, namespace: str, max_bytes: int) -> Plan:
    """The plan of a text, or what is wrong with it; one that is too large is not looked at."""
    if (problem := too_large(source, max_bytes)) is not None:
        return Plan(problems=(problem,))
    return await gateway.rate_limit.aside(user, plan, source, namespace)


def own_object(source: str) -> dict[str, Any]:
    """The one object of a text of our own. Raises ManifestError for what no page of ours holds."""
    documents: list[Document] = list(parse(source))
    value = documents[0].value if len(documents) == 1 else None
    if not isinstance(value, dict) or not isinstance(value.get("metadata"), dict):
        raise ManifestError(Code.NOT_AN_OBJECT, line=1)
    return value


async def checked(
    gateway: Gateway, user: User, *, source: str, namespace: str, planned: Plan, live: Obj | None = None
) -> tuple[Concern, ...]:
    """What the checks find in the documents of a text, with what the user may know of the cluster; ``live`` is the object that
    the text is to change."""
    kinds = {one.kind.kind for one in planned.documents}
    known = await facts(gateway, user, namespace=namespace, kinds=kinds, live=live)
    documents = [one.document for one in sorted(planned.documents, key=lambda one: one.number)]
    return await gateway.rate_limit.aside(user, concerns, source, documents, facts=known)
