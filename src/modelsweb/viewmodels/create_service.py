"""The create page: the text that was pasted, what is wrong with it, and what became of each document."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from modelsweb.kinds import INFERENCE_SERVICE, KINDS
from modelsweb.objects import manifest
from modelsweb.objects.kind import Kind
from modelsweb.text import Text, text

_WRITTEN = (
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "managedFields",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
EXAMPLE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: sklearn-iris
spec:
  predictor:
    model:
      modelFormat:
        name: sklearn
      storageUri: gs://kfserving-examples/models/sklearn/1.0/model
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must be mended. ``field`` and ``line`` are empty or None where they do not apply."""

    text: Text
    field: str = ""
    line: int | None = None
    column: int | None = None
    detail: str = ""
    """What the cluster said, verbatim."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A document that may be sent."""

    number: int
    line: int
    kind: Kind
    name: str
    manifest: Mapping[str, Any]
    moved_from: str
    """The namespace that the document named, where it was another one than it goes to."""
    left_out: tuple[str, ...] = ()
    """What the document held and only a cluster writes: it is not sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document: ``created``, ``failed`` or ``skipped`` because an earlier one failed."""

    number: int
    line: int
    kind: str
    resource: str
    name: str
    state: str
    uid: str = ""
    moved_from: str = ""
    left_out: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_unavailable: bool = False
    """Nobody objected: the cluster did not answer."""


@dataclass(frozen=True, slots=True)
class CreateService:
    """The page."""

    namespace: str
    source: str
    problems: tuple[Problem, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    may_create: bool = True

    @property
    def has_failed(self) -> bool:
        """Something has to be mended."""
        return bool(self.problems) or any(outcome.state == "failed" for outcome in self.outcomes)

    @property
    def is_unavailable(self) -> bool:
        """Nothing has to be mended: the cluster did not answer."""
        return any(outcome.is_unavailable for outcome in self.outcomes)

    @property
    def is_answer(self) -> bool:
        """It tells what became of a text that was sent."""
        return bool(self.problems or self.outcomes)

    @property
    def new_service(self) -> Outcome | None:
        """The one service that was created, where a report has nothing else to say."""
        if len(self.outcomes) != 1:
            return None
        [one] = self.outcomes
        is_plain = one.state == "created" and not one.moved_from and not one.left_out
        return one if is_plain and one.resource == INFERENCE_SERVICE.full_name else None

    @property
    def created(self) -> tuple[Outcome, ...]:
        """What was created."""
        return tuple(outcome for outcome in self.outcomes if outcome.state == "created")


def plan(source: str, namespace: str) -> tuple[tuple[Planned, ...], tuple[Problem, ...]]:
    """What to send, in order, or all that is wrong; nothing is sent while anything is wrong."""
    try:
        documents = [one for found in manifest.parse(source) for one in manifest.expanded(found)]
    except manifest.ManifestError as error:
        return (), (Problem(error.text, line=error.line, column=error.column),)
    if len(documents) > manifest.MOST_DOCUMENTS:
        most = manifest.MOST_DOCUMENTS
        return (), (
            Problem(text("The text contains more than {most} documents. Submit them in batches.", most=most)),
        )
    if not documents:
        return (), (Problem(text("There is nothing to create: paste at least one YAML document.")),)
    planned, problems = [], []
    for number, document in enumerate(documents, start=1):
        problem = _check(document)
        if problem is not None:
            problems.append(problem)
            continue
        value, left_out = _as_new(document.value)
        metadata = {**value["metadata"], "namespace": namespace}
        given = value["metadata"].get("namespace")
        planned.append(
            Planned(
                number=number,
                line=document.line,
                kind=_find(document.value["apiVersion"], document.value["kind"]),
                name=metadata.get("name") or f"{metadata.get('generateName')}…",
                manifest={**value, "metadata": metadata},
                moved_from=str(given) if given not in (None, "", namespace) else "",
                left_out=left_out,
            )
        )
    return (tuple(planned), ()) if not problems else ((), tuple(problems))


def _as_new(value: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """An object without what the cluster wrote into it, and the names of that."""
    metadata = dict(value["metadata"])
    left_out = [f"metadata.{name}" for name in _WRITTEN if metadata.pop(name, None) is not None]
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and manifest.LAST_APPLIED in annotations:
        metadata["annotations"] = {
            key: one for key, one in annotations.items() if key != manifest.LAST_APPLIED
        }
        left_out.append(f"metadata.annotations[{manifest.LAST_APPLIED}]")
    whole = {key: one for key, one in value.items() if key != "status"} | {"metadata": metadata}
    return whole, (*left_out, *(("status",) if "status" in value else ()))


def _check(document: manifest.Document) -> Problem | None:
    value, line = document.value, document.line
    if not isinstance(value, dict):
        return Problem(text("A document must be a mapping of fields, such as kind and metadata."), line=line)
    for key in ("apiVersion", "kind"):
        if not isinstance(value.get(key), str) or not value[key]:
            return Problem(text("{field} is missing.", field=key), field=key, line=line)
    if _lookup(value["apiVersion"], value["kind"]) is None:
        return _not_taken(value["apiVersion"], value["kind"], line)
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return Problem(
            text("{field} must be a mapping with at least a name.", field="metadata"),
            field="metadata",
            line=line,
        )
    name, prefix = metadata.get("name"), metadata.get("generateName")
    if name is None and isinstance(prefix, str) and prefix:
        return None
    if name is None or name == "":
        return Problem(text("{field} is missing.", field="metadata.name"), field="metadata.name", line=line)
    if not isinstance(name, str):
        reason = text("{field} must be text; write it in quotes.", field="metadata.name")
        return Problem(reason, field="metadata.name", line=line)
    return None


def _not_taken(api_version: str, kind: str, line: int) -> Problem:
    given = f"{api_version} {kind}"
    versions = [known.api_version for known in KINDS if known.kind == kind and known.creatable]
    if versions:
        reason = text(
            "{given} cannot be created: the apiVersion of {kind} must be {wanted}.",
            given=given,
            kind=kind,
            wanted=versions[0],
        )
        return Problem(reason, field="apiVersion", line=line)
    kinds = ", ".join(dict.fromkeys(known.kind for known in KINDS if known.creatable))
    reason = text("{given} cannot be created here. This page supports {kinds}.", given=given, kinds=kinds)
    return Problem(reason, field="kind", line=line)


def _lookup(api_version: str, kind: str) -> Kind | None:
    known = (one.at(api_version) for one in KINDS if one.creatable and one.kind == kind)
    return next((one for one in known if one is not None), None)


def _find(api_version: str, kind: str) -> Kind:
    found = _lookup(api_version, kind)
    assert found is not None
    return found


def waiting(planned: Planned, state: str, problems: tuple[Problem, ...] = ()) -> Outcome:
    """The outcome for a planned document."""
    return Outcome(
        number=planned.number,
        line=planned.line,
        kind=planned.kind.kind,
        resource=planned.kind.full_name,
        name=planned.name,
        state=state,
        moved_from=planned.moved_from,
        left_out=planned.left_out,
        problems=problems,
    )


def located(outcome: Outcome, source: str) -> Outcome:
    """The outcome with the lines of the fields that its problems name, as far as they can be found in the text."""
    sought = {one.field for one in outcome.problems if one.field and one.line is None}
    if not sought:
        return outcome
    lines = manifest.lines_of(source, outcome.line, sought)
    problems = (
        replace(one, line=lines.get(one.field)) if one.line is None else one for one in outcome.problems
    )
    return replace(outcome, problems=tuple(problems))
