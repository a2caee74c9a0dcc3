"""What stands beside a field of a form: its label where that depends on the document, and what is known of its value."""

from collections.abc import Mapping

from modelsweb.kinds import INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.manifests.check import Facts
from modelsweb.manifests.credentials import chain
from modelsweb.manifests.form_field import Field, LockedError, device
from modelsweb.manifests.llm_form_fields import main
from modelsweb.manifests.service_document import LONGEST_CHILD, Path, longest_child
from modelsweb.manifests.service_form_fields import is_custom, server
from modelsweb.manifests.storage import guessed_format
from modelsweb.objects.obj import Obj, dig
from modelsweb.objects.quantity import quantity
from modelsweb.text import Text, text
from modelsweb.topology.runtime_selection import DEFAULT_PROTOCOL, select
from modelsweb.topology.wanted_runtime import meant, wanted
from modelsweb.viewmodels.components.form_words import WORDS
from modelsweb.viewmodels.components.storage_access import NEEDS

_MAX_NAMED = 30
_OF_SCALING: Mapping[Field, Text | None] = {
    Field.AUTOSCALER: text("Takes the place of a fixed number of replicas."),
    Field.MIN_REPLICAS: None,
    Field.MAX_REPLICAS: None,
}


def is_service(document: Obj) -> bool:
    """It is an InferenceService."""
    return document.kind == INFERENCE_SERVICE.kind


def label(field: Field, service: Obj, *, values: Mapping[Field, str]) -> Text:
    """What it is called."""
    if field is Field.IMAGE and is_custom(service):
        return text("Image")
    if field is Field.GPU and field in values:
        asked = device(service, _server(service))
        if not asked.startswith("nvidia.com/gpu"):
            return text("Accelerators ({device})", device=asked)
    return WORDS[field].label


def _server(document: Obj) -> Path:
    return server(document) if is_service(document) else main(document)


def help_of(field: Field, service: Obj, *, facts: Facts) -> Text | None:
    """What to know of it; None where its label says all."""
    if field is Field.URI:
        found = chain(service, facts)
        return NEEDS[found.storage] if found is not None else WORDS[field].help
    if not is_service(service):
        return _help_elsewhere(field, service, facts=facts)
    if field is Field.NAME:
        added = len(longest_child(service, facts.namespace)) - len(service.name)
        return text("{n} of {max} characters.", n=len(service.name), max=LONGEST_CHILD - added)
    if field is Field.FORMAT:
        return _of_format(service)
    if field is Field.RUNTIME:
        return _of_runtime(service, facts)
    if field is Field.IMAGE and is_custom(service):
        return None
    return WORDS[field].help


def _help_elsewhere(field: Field, document: Obj, *, facts: Facts) -> Text | None:
    """For LLM services and graphs."""
    if field in _OF_SCALING and document.kind == LLM_INFERENCE_SERVICE.kind:
        return _OF_SCALING[field]
    if field is Field.RUNTIME:
        return text("Empty means vLLM. KServe silently runs vLLM for a name it does not know.")
    if field is Field.GPU:
        return _total(document)
    if field is Field.GRAPH_STEPS and facts.services:
        names = ", ".join(sorted(one.name for one in facts.services)[:_MAX_NAMED])
        return text(
            "A service or node:NAME on each line; in a splitter with =weight, in a switch with =condition. Before it a name of the step with a colon, after it hard or soft, $request or $response. Services here: {names}.",
            names=names,
        )
    return WORDS[field].help


def _total(document: Obj) -> Text | None:
    """The devices of all pods, where each stands on one node; more cannot be told from here."""
    try:
        container = _server(document)
        each = quantity(dig(document.raw, *container, "resources", "limits", device(document, container)))
    except LockedError:
        return None
    replicas = document.integer("spec", "replicas")
    if each is None or document.mapping("spec").get("worker") is not None:
        return None
    return text("{n} in total for all replicas.", n=int(each * (1 if replicas is None else replicas)))


def _of_format(service: Obj) -> Text | None:
    given = service.string("spec", "predictor", "model", "modelFormat", "name")
    uri = service.string("spec", "predictor", "model", "storageUri")
    if not given and uri:
        return text("The address does not tell the format. Choose it.")
    if given and uri and guessed_format(uri) == given:
        return text("Fits the address.")
    return None


def _of_runtime(service: Obj, facts: Facts) -> Text | None:
    """Which runtime KServe takes, or what to change so that one fits."""
    asked = wanted(service)
    if asked is None:
        return None
    if facts.runtimes is None:
        return text("You may not list serving runtimes here; which one KServe takes is not checked.")
    chosen = select(facts.runtimes, asked).chosen
    if chosen is not None:
        if asked.runtime:
            return None
        return text("KServe takes {runtime}.", runtime=chosen.name)
    if asked.runtime:
        return text("{runtime} does not fit this model.", runtime=asked.runtime)
    other = meant(facts.runtimes, asked)
    if other.protocol:
        return text(
            "With the default protocol {protocol} no runtime fits; {runtime} serves this format with {other}.",
            protocol=DEFAULT_PROTOCOL,
            other=other.protocol,
            runtime=other.runtime,
        )
    return text(
        "No runtime on this cluster serves {format} with protocol {protocol}.",
        format=f"{asked.format} {asked.version}".strip(),
        protocol=asked.protocol or DEFAULT_PROTOCOL,
    )
