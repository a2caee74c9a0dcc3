"""Which serving runtime KServe would choose, asked and answered: for the page and for programs."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb.gateway.reader import ListGrant
from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE, SERVING_RUNTIME
from modelsweb.objects.freshness import worst
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.viewmodels import runtimes
from modelsweb.viewmodels.runtimes import RuntimeQuestion, Runtimes
from modelsweb.web import objects
from modelsweb.web.channel import Changes
from modelsweb.web.site import RequestContext, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who sees the same answer. A grant is None for what they may not list."""

    namespace: str
    question: RuntimeQuestion
    own: ListGrant
    of_cluster: ListGrant | None
    services: ListGrant | None

    @property
    def grants(self) -> tuple[ListGrant, ...]:
        """Those that they have."""
        return tuple(one for one in (self.own, self.of_cluster, self.services) if one is not None)


async def admit(context: RequestContext) -> Audience:
    """What the user may see of what the address asks. Raises as ``admit_question`` does."""
    return await admit_question(context, runtimes.parse(context.request.query_params.multi_items()))


async def admit_question(context: RequestContext, question: RuntimeQuestion) -> Audience:
    """What the user may see of it. Raises AccessDeniedError for who may not list the namespace's runtimes."""
    namespace = context.namespace
    return Audience(
        namespace=namespace,
        question=question,
        own=await context.site.reader.authorize_list(context.user, SERVING_RUNTIME, namespaces=(namespace,)),
        of_cluster=await objects.list_grant(context, CLUSTER_SERVING_RUNTIME),
        services=await objects.list_grant(context, INFERENCE_SERVICE, namespace=namespace),
    )


def build(site: Site, audience: Audience) -> Runtimes:
    """The answer."""

    found = {grant.kind: site.reader.roots(grant) for grant in audience.grants}

    def whole(kind: Kind) -> tuple[Obj, ...] | None:
        return found[kind].objects if kind in found else None

    return runtimes.build(
        audience.question,
        namespace=audience.namespace,
        own=whole(SERVING_RUNTIME),
        of_cluster=whole(CLUSTER_SERVING_RUNTIME),
        services=whole(INFERENCE_SERVICE),
        unread=frozenset(kind for kind, one in found.items() if one.objects is None),
        health=worst(one.health for one in found.values()),
    )


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when runtimes or services changed."""
    return site.reader.root_changes(*audience.grants)
