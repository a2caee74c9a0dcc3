"""What belongs to an object: its events, its pods, all that it owns."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from modelsweb import errors
from modelsweb.kinds import CHILDREN, EVENT, POD
from modelsweb.objects.obj import Obj
from modelsweb.topology import pod as pods
from modelsweb.topology.health import health
from modelsweb.topology.pod import Container
from modelsweb.topology.service_snapshot import newest_first
from modelsweb.topology.tree import Node, tree
from modelsweb.viewmodels.components.judged import JudgedObject
from modelsweb.web.api.v1 import answers, selection
from modelsweb.web.api.v1.operation import Query
from modelsweb.web.api.v1.place import WITH_PODS, judged, kind_in, kind_of, told, unreadable
from modelsweb.web.api.v1.schemas import (
    ContainerInfo,
    EventList,
    MemberInfo,
    MemberList,
    PodInfo,
    PodList,
)
from modelsweb.web.api.v1.selection import Fields
from modelsweb.web.api.v1.verdicts import of_event
from modelsweb.web.site import RequestContext

_MAX_EVENTS = 500


class MemberQuery(Query, frozen=True, kw_only=True):
    """What of it is read."""

    fields: Fields = ""


class EventQuery(Query, frozen=True, kw_only=True):
    """Which events."""

    warnings: Annotated[bool, Meta(description="Warnings alone.")] = False


async def events(context: RequestContext, query: EventQuery) -> Response:
    """The events of an object and of what it owns. Raises AccessDeniedError, NotFoundError."""

    def listed(seen: JudgedObject) -> EventList:
        found = [one for one in seen.snapshot.all_events if one.is_warning or not query.warnings]
        return EventList(
            items=[of_event(one) for one in found[:_MAX_EVENTS]],
            left_out=max(0, len(found) - _MAX_EVENTS),
            unreadable=unreadable(seen),
        )

    return await told(context, kind_of(context), make=listed, all_events=True)


async def pods_of(context: RequestContext, query: Query) -> Response:
    """The pods of an object with their containers. Raises AccessDeniedError, NotFoundError."""
    return await told(context, kind_in(context, WITH_PODS), make=_pods)


def _pods(seen: JudgedObject) -> PodList:
    found = newest_first(seen.snapshot.children.get(POD, ()))
    return PodList(items=[_pod(one) for one in found], unreadable=unreadable(seen))


async def members(context: RequestContext, query: Query) -> Response:
    """All that an object owns, as far as the user may see it. Raises AccessDeniedError, NotFoundError."""
    return await told(context, kind_of(context), make=_members)


def _members(seen: JudgedObject) -> MemberList:
    return MemberList(items=list(_below(_tree(seen))), unreadable=unreadable(seen))


async def member(context: RequestContext, query: MemberQuery) -> Response:
    """One of them, whole. Raises AccessDeniedError for who may not list its kind, NotFoundError."""
    kept = selection.paths(query.fields)
    seen = await judged(context, kind_of(context))
    resource, name = (str(context.request.path_params[key]) for key in ("resource", "member"))
    kind = next((one for one in CHILDREN if one.full_name == resource and one is not EVENT), None)
    if kind is None:
        known = ", ".join(one.full_name for one in CHILDREN if one is not EVENT)
        raise errors.NotFoundError(f"Objects here own no {resource[:80]!r}; they own {known}.")
    await context.site.authorization.require(
        context.user, kind, verb="list", namespace=seen.seen.root.namespace
    )
    found = next((one for one in seen.snapshot.children.get(kind, ()) if one.name == name), None)
    if found is None:
        raise errors.NotFoundError(f"{context.name} owns no {resource} {name[:80]!r}.")
    async with context.site.rate_limit.turn(context.user):
        body = msgspec.json.encode(found.raw)
        return answers.of_part(context, selection.only(body, kept) if kept else body, health=seen.seen.health)


def _tree(seen: JudgedObject) -> Node:
    return tree(seen.seen.root, seen.seen.kind, children=seen.snapshot.children)


def _below(node: Node) -> Iterator[MemberInfo]:
    for child in node.children:
        yield MemberInfo(
            kind=child.kind.kind,
            api_version=child.kind.api_version,
            name=child.obj.name,
            uid=child.obj.uid,
            parent=node.obj.uid,
            state=child.health.word,
            mood=child.health.mood,
            message=child.health.message,
            created=child.obj.created,
        )
        yield from _below(child)


def _pod(pod: Obj) -> PodInfo:
    state = health(pod)
    return PodInfo(
        name=pod.name,
        component=pods.component(pod),
        version=pods.version(pod),
        state=state.word,
        message=state.message,
        node=pod.string("spec", "nodeName"),
        created=pod.created,
        main_container=pods.main_container(pod),
        containers=[_container(pod, one) for one in pods.all_containers(pod)],
    )


def _container(pod: Obj, one: Container) -> ContainerInfo:
    return ContainerInfo(
        name=one.name,
        is_init=one.is_init,
        ready=one.is_ready,
        running=one.is_running,
        waiting=one.waiting,
        exit_code=one.ended.exit_code if one.ended is not None else None,
        restarts=max(0, one.restarts),
        has_previous_log=one.has_previous,
        image=one.image or pods.image(pod, one.name),
    )
