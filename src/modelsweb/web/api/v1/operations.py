"""All operations of this API."""

from collections.abc import Iterator
from typing import Any

from modelsweb.text import Text, text
from modelsweb.web import urls
from modelsweb.web.api.v1 import (
    actions,
    examples,
    figures,
    logs,
    members,
    overview,
    resources,
    runtimes,
    schemas,
    summaries,
    verdicts,
    watch,
    watch_log,
)
from modelsweb.web.api.v1.operation import (
    EVENTS,
    JSON,
    MERGE_PATCH,
    PLAIN,
    YAML,
    Answer,
    Body,
    Operation,
    Query,
)
from modelsweb.web.api.v1.place import CREATABLE, JUDGED, NAMESPACED, OF_CLUSTER, PLURAL, STOPPABLE, WITH_PODS

_ALL = tuple(PLURAL)
OBJECTS, STATE, ACTIONS, STREAMS, CLUSTER = "objects", "state", "actions", "watch", "cluster"
TAGS = {
    CLUSTER: text("What there is"),
    OBJECTS: text("Objects as the cluster has them"),
    STATE: text("Objects as pages see them"),
    ACTIONS: text("Actions"),
    STREAMS: text("Streams"),
}
_OBJECT = Answer(
    description=text("The object, without managedFields."),
    schema=schemas.KubernetesObject,
    example=examples.STORED,
    has_tag=True,
)
_WRITTEN = Answer(
    description=text("The object as the cluster stored it, or would store it."),
    schema=schemas.KubernetesObject,
    example=examples.STORED,
)
_LIST = Answer(
    description=text("Objects by namespace and name."),
    schema=schemas.ObjectList,
    example=examples.OBJECTS,
    has_tag=True,
)
_STREAM = Answer(
    description=text(
        "Messages of type SYNC (items), ADDED, MODIFIED, DELETED (object) and ERROR (problem); the id of the last one takes the stream up again."
    ),
    media=EVENTS,
    messages=(schemas.SyncMessage, schemas.ChangeMessage, schemas.ErrorMessage),
    example=examples.STREAM,
)
_ACTED = Answer(
    description=text("It was asked for; the verdict tells what comes of it."),
    schema=schemas.ActionResult,
    example=examples.ACTED,
)
_NEW = Body(
    media=(JSON,),
    description=text("The object; apiVersion, kind and namespace may be left out."),
    schema=dict[str, Any],
    example=examples.SERVICE,
)
_CHANGED = Body(
    media=(JSON,), description=text("The whole object."), schema=dict[str, Any], example=examples.STORED
)


def _tagged(description: Text, schema: Any, *, example: Any) -> Answer:
    return Answer(description=description, schema=schema, example=example, has_tag=True)


_EVENT_LIST = _tagged(
    text("Events of the object and of all that it owns, newest first."),
    schemas.EventList,
    example=examples.EVENTS,
)


def _operations() -> Iterator[Operation[Any]]:
    yield Operation(
        id="listKinds",
        path=urls.V1_KINDS,
        tag=CLUSTER,
        summary=text("List the kinds that the cluster has"),
        query=Query,
        answer=_tagged(text("The kinds."), schemas.KindList, example=examples.KINDS),
        handler=overview.kinds,
    )
    yield Operation(
        id="listNamespaces",
        path=urls.V1_NAMESPACES,
        tag=CLUSTER,
        summary=text("List your namespaces"),
        query=Query,
        answer=_tagged(
            text("The namespaces that you may choose from."),
            schemas.NamespaceList,
            example=examples.NAMESPACES,
        ),
        handler=overview.namespaces,
    )
    yield Operation(
        id="chooseRuntime",
        path=urls.V1_NAMESPACE + "/runtime-choice",
        tag=CLUSTER,
        summary=text("Ask which serving runtime KServe would choose"),
        query=runtimes.RuntimeQuery,
        answer=_tagged(
            text("The runtime, and why not the others."), schemas.RuntimeChoice, example=examples.CHOICE
        ),
        handler=runtimes.choice,
    )
    yield from _objects()
    yield from _state()
    yield from _actions()
    yield from _streams()


def _objects() -> Iterator[Operation[Any]]:
    yield Operation(
        id="listAllObjects",
        path=urls.V1_OF_ALL,
        tag=OBJECTS,
        summary=text("List objects of all namespaces"),
        query=resources.ListOfAll,
        answer=_LIST,
        kinds=_ALL,
        handler=resources.of_all,
    )
    yield Operation(
        id="listObjects",
        path=urls.V1_OBJECTS,
        tag=OBJECTS,
        summary=text("List objects of a namespace"),
        query=resources.ListOfNamespace,
        answer=_LIST,
        kinds=NAMESPACED,
        handler=resources.of_namespace,
    )
    for path, kinds, suffix in (
        (urls.V1_OBJECT, NAMESPACED, ""),
        (urls.V1_OBJECT_OF_CLUSTER, OF_CLUSTER, "OfCluster"),
    ):
        yield Operation(
            id=f"readObject{suffix}",
            path=path,
            tag=OBJECTS,
            summary=text("Read an object"),
            query=resources.ReadQuery,
            answer=_OBJECT,
            kinds=kinds,
            handler=resources.read,
        )
    yield Operation(
        id="createObject",
        method="POST",
        path=urls.V1_OBJECTS,
        tag=OBJECTS,
        summary=text("Create an object"),
        query=resources.WriteQuery,
        body=_NEW,
        answer=Answer(
            description=_WRITTEN.description, schema=_WRITTEN.schema, example=_WRITTEN.example, status=201
        ),
        kinds=CREATABLE,
        handler=resources.create,
    )
    yield Operation(
        id="replaceObject",
        method="PUT",
        path=urls.V1_OBJECT,
        tag=OBJECTS,
        summary=text("Replace an object"),
        description=text(
            "Send what you have read with its metadata.resourceVersion: where somebody else has changed it since, it is 409. PATCH sets fields whatever they were."
        ),
        query=resources.WriteQuery,
        body=_CHANGED,
        answer=_WRITTEN,
        kinds=CREATABLE,
        handler=resources.replace,
    )
    yield Operation(
        id="patchObject",
        method="PATCH",
        path=urls.V1_OBJECT,
        tag=OBJECTS,
        summary=text("Change fields of an object"),
        query=resources.DeleteQuery,
        body=Body(
            media=(MERGE_PATCH,),
            description=text("The fields with their new values; null removes one (RFC 7396)."),
            schema=dict[str, Any],
            example=examples.PATCH,
        ),
        answer=_WRITTEN,
        kinds=CREATABLE,
        handler=resources.patch,
    )
    yield Operation(
        id="deleteObject",
        method="DELETE",
        path=urls.V1_OBJECT,
        tag=OBJECTS,
        summary=text("Delete an object and all that it owns"),
        query=resources.DeleteQuery,
        answer=Answer(
            description=text("Deletion was asked for."),
            schema=schemas.Deletion,
            status=202,
            example=examples.DELETION,
        ),
        kinds=CREATABLE,
        handler=resources.delete,
    )


def _state() -> Iterator[Operation[Any]]:
    yield Operation(
        id="listSummaries",
        path=urls.V1_SUMMARIES,
        tag=STATE,
        summary=text("List objects with their status and its cause"),
        query=summaries.SummaryQuery,
        answer=_tagged(text("Rows by namespace and name."), schemas.SummaryList, example=examples.SUMMARIES),
        kinds=_ALL,
        handler=summaries.listed,
    )
    yield Operation(
        id="readVerdict",
        path=urls.V1_OBJECT + "/verdict",
        tag=STATE,
        summary=text("Read why an object is not ready, with the evidence"),
        query=Query,
        answer=_tagged(text("The verdict."), schemas.VerdictInfo, example=examples.VERDICT),
        kinds=tuple(one for one in JUDGED if one in NAMESPACED),
        handler=verdicts.read,
    )
    yield Operation(
        id="readVerdictOfCluster",
        path=urls.V1_OBJECT_OF_CLUSTER + "/verdict",
        tag=STATE,
        summary=text("Read why an object is not ready, with the evidence"),
        query=Query,
        answer=_tagged(text("The verdict."), schemas.VerdictInfo, example=examples.VERDICT),
        kinds=tuple(one for one in JUDGED if one in OF_CLUSTER),
        handler=verdicts.read,
    )
    for path, kinds, suffix in (
        (urls.V1_OBJECT, NAMESPACED, ""),
        (urls.V1_OBJECT_OF_CLUSTER, OF_CLUSTER, "OfCluster"),
    ):
        yield Operation(
            id=f"listEvents{suffix}",
            path=path + "/events",
            tag=STATE,
            summary=text("List events"),
            query=members.EventQuery,
            answer=_EVENT_LIST,
            kinds=kinds,
            handler=members.events,
        )
    yield Operation(
        id="listMembers",
        path=urls.V1_OBJECT + "/members",
        tag=STATE,
        summary=text("List all that an object owns"),
        query=Query,
        answer=_tagged(text("What it owns, parents first."), schemas.MemberList, example=examples.MEMBERS),
        kinds=NAMESPACED,
        handler=members.members,
    )
    yield Operation(
        id="readMember",
        path=urls.V1_MEMBER,
        tag=STATE,
        summary=text("Read an object that another one owns"),
        query=members.MemberQuery,
        answer=_OBJECT,
        kinds=NAMESPACED,
        handler=members.member,
    )
    yield Operation(
        id="listPods",
        path=urls.V1_OBJECT + "/pods",
        tag=STATE,
        summary=text("List pods and containers"),
        query=Query,
        answer=_tagged(text("The pods, newest first."), schemas.PodList, example=examples.PODS),
        kinds=WITH_PODS,
        handler=members.pods_of,
    )
    yield Operation(
        id="readLog",
        path=urls.V1_OBJECT + "/logs",
        tag=STATE,
        summary=text("Read the end of a container's log"),
        query=logs.LogQuery,
        answer=Answer(
            description=text("The lines as the container wrote them."),
            media=PLAIN,
            example=examples.LOG,
            headers=(logs.POD_HEADER, logs.CONTAINER_HEADER),
        ),
        kinds=WITH_PODS,
        handler=logs.read,
    )
    yield Operation(
        id="readFigures",
        path=urls.V1_OBJECT + "/figures",
        tag=STATE,
        summary=text("Read metrics"),
        query=figures.FigureQuery,
        answer=_tagged(text("The charts with their values."), schemas.Figures, example=examples.FIGURES),
        kinds=WITH_PODS,
        handler=figures.read,
    )


def _actions() -> Iterator[Operation[Any]]:
    yield Operation(
        id="createManifests",
        method="POST",
        path=urls.V1_NAMESPACE + "/manifests",
        tag=ACTIONS,
        summary=text("Check and create what a text of several documents describes"),
        description=text(
            "All documents are tried first, and nothing is sent while the cluster objects to one or a check says that it will not work. Sent again, what is there already as described is unchanged."
        ),
        query=actions.ManifestQuery,
        body=Body(
            media=(YAML, JSON),
            description=text("YAML documents; or one JSON object, or a list of some."),
            example=examples.MANIFESTS,
        ),
        answer=Answer(
            description=text("What became of each document; 200 for a trial."),
            schema=schemas.ManifestResult,
            status=201,
            trial_status=200,
            on_refusal=True,
            example=examples.CREATED,
        ),
        handler=actions.manifests,
    )
    for id_, verb, summary, kinds, handler in (
        ("stopObject", "stop", text("Stop an object"), STOPPABLE, actions.stopped),
        ("startObject", "start", text("Start an object that was stopped"), STOPPABLE, actions.started),
        ("restartObject", "restart", text("Restart an InferenceService"), STOPPABLE[:1], actions.restarted),
    ):
        yield Operation(
            id=id_,
            method="POST",
            path=f"{urls.V1_OBJECT}/{verb}",
            tag=ACTIONS,
            summary=summary,
            query=resources.DeleteQuery,
            answer=_ACTED,
            kinds=kinds,
            handler=handler,
        )


def _streams() -> Iterator[Operation[Any]]:
    yield Operation(
        id="watchAllObjects",
        path=urls.V1_WATCH + "/{plural}",
        tag=STREAMS,
        summary=text("Watch objects of all namespaces"),
        query=watch.WatchOfAll,
        answer=_STREAM,
        kinds=_ALL,
        handler=watch.of_all,
    )
    yield Operation(
        id="watchObjects",
        path=urls.V1_WATCH_OBJECTS,
        tag=STREAMS,
        summary=text("Watch objects of a namespace"),
        query=watch.WatchQuery,
        answer=_STREAM,
        kinds=NAMESPACED,
        handler=watch.of_namespace,
    )
    for path, kinds, suffix in (
        (urls.V1_WATCH_OBJECTS + "/{name}", NAMESPACED, ""),
        (urls.V1_WATCH_OF_CLUSTER, OF_CLUSTER, "OfCluster"),
    ):
        yield Operation(
            id=f"watchObject{suffix}",
            path=path,
            tag=STREAMS,
            summary=text("Watch an object"),
            query=watch.WatchQuery,
            answer=_STREAM,
            kinds=kinds,
            handler=watch.one,
        )
    yield Operation(
        id="watchVerdict",
        path=urls.V1_WATCH_OBJECTS + "/{name}/verdict",
        tag=STREAMS,
        summary=text("Watch the verdict on an object"),
        query=watch.VerdictWatch,
        answer=Answer(
            description=text("A message of type VERDICT whenever the verdict becomes another."),
            media=EVENTS,
            messages=(schemas.VerdictMessage, schemas.ErrorMessage),
            example=examples.VERDICTS,
        ),
        kinds=tuple(one for one in JUDGED if one in NAMESPACED),
        handler=watch.verdict,
    )
    yield Operation(
        id="watchLog",
        path=urls.V1_WATCH_OBJECTS + "/{name}/logs",
        tag=STREAMS,
        summary=text("Watch the log of a container"),
        query=watch_log.LogWatch,
        answer=Answer(
            description=text(
                "Messages of type LINES, of type GAP where lines are missing, and of type END once the container is over."
            ),
            media=EVENTS,
            messages=(schemas.LinesMessage, schemas.NoteMessage, schemas.ErrorMessage),
            example=examples.LINES,
        ),
        kinds=WITH_PODS,
        handler=watch_log.lines,
    )


OPERATIONS: tuple[Operation[Any], ...] = tuple(sorted(_operations(), key=lambda one: "{plural}" in one.path))
"""First those whose path no other could mean."""
