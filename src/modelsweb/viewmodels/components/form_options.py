"""The values of which a field of a form is chosen, or that are offered for it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from modelsweb.kinds import KNATIVE_SERVICE, SCALED_OBJECT
from modelsweb.manifests import llm_form_fields
from modelsweb.manifests.capacity import takes_image_volumes, usable
from modelsweb.manifests.check import Facts
from modelsweb.manifests.credentials import STORAGE_SECRET
from modelsweb.manifests.form_field import Field
from modelsweb.manifests.graph_form_fields import ROUTERS
from modelsweb.manifests.service_form_fields import LOGGER_MODES, TRACED
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.predictor import mode
from modelsweb.topology.runtime_selection import PROTOCOLS, Reason, select
from modelsweb.topology.serving_runtime import formats_of
from modelsweb.topology.wanted_runtime import formats, wanted
from modelsweb.viewmodels.components.form_help import is_service

_REASONS: Mapping[Reason, Text] = {
    Reason.DISABLED: text("disabled"),
    Reason.MULTI_MODEL: text("for several models in one server"),
    Reason.WORKERS: text("needs worker nodes, or takes none"),
    Reason.FORMAT: text("another format"),
    Reason.VERSION: text("another version of the format"),
    Reason.PROTOCOL: text("another protocol"),
    Reason.NOT_SELECTED: text("only if it is chosen here"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice; ``words`` are shown instead of it, ``note`` beside it."""

    value: str
    words: Text | None = None
    note: Text | None = None


class _Asked(NamedTuple):
    """The document, what is known of the cluster, and what the field holds."""

    service: Obj
    facts: Facts
    value: str


def options(field: Field, service: Obj, *, facts: Facts, value: str) -> tuple[Option, ...]:
    """Those of a field, whose value is among them; none for a field that is typed."""
    made = _OPTIONS.get(field)
    return tuple(made(_Asked(service, facts, value))) if made is not None else ()


def _known(first: Text, *words: str) -> "_Made":
    """Some words, and first the empty one."""

    def made(asked: _Asked) -> Iterator[Option]:
        yield Option("", first)
        yield from _words(words, asked.value)

    return made


def _modes(asked: _Asked) -> Iterator[Option]:
    has_knative = asked.facts.has(KNATIVE_SERVICE) is not False
    default = asked.facts.default_mode
    yield Option(
        "",
        text("Default of the cluster ({mode})", mode=default) if default else text("Default of the cluster"),
    )
    yield from _words(("Standard", "Knative") if has_knative else ("Standard",), asked.value)


def _autoscalers(asked: _Asked) -> Iterator[Option]:
    has_keda = asked.facts.has(SCALED_OBJECT) is not False
    if not is_service(asked.service):
        yield Option("", text("None: a fixed number"))
        yield Option("hpa", text("By load, carried out by HPA"))
        if has_keda or asked.value == "keda":
            yield Option("keda", text("By load, carried out by KEDA"))
        return
    yield Option("", text("Default of the cluster"))
    yield from _words(("hpa", *(("keda",) if has_keda else ()), "external", "none"), asked.value)


def _metrics(asked: _Asked) -> Iterator[Option]:
    of_mode = {"Standard": ("cpu", "memory"), "Knative": ("concurrency", "rps")}
    yield Option("", text("Default of the mode"))
    yield from _words(of_mode.get(mode(asked.service), ("cpu", "memory", "concurrency", "rps")), asked.value)


def _unless_said(first: Text, *words: str) -> "_Made":
    """Some words; the empty one only where nothing is said yet."""

    def made(asked: _Asked) -> Iterator[Option]:
        if not asked.value:
            yield Option("", first)
        yield from _words(words, asked.value)

    return made


def _switch(on: str) -> "_Made":
    def made(asked: _Asked) -> Iterator[Option]:
        yield Option("", text("Off"))
        yield Option(on, text("On"))

    return made


def _routers(asked: _Asked) -> Iterator[Option]:
    route, scheduler = llm_form_fields.ROUTERS
    yield Option("", text("Only inside the cluster"))
    yield Option(route, text("A route of the gateway"))
    yield Option(scheduler, text("A route of the gateway, with the scheduler"))


def _sizes(asked: _Asked) -> Iterator[Option]:
    known = {f"{cpu}/{memory}": (name, cpu, memory) for name, cpu, memory in asked.facts.sizes}
    yield Option("", text("Own values"))
    for value, (name, cpu, memory) in known.items():
        yield Option(value, text("{name}: {cpu} CPU, {memory}", name=name, cpu=cpu, memory=memory))
    if asked.value and asked.value not in known:
        yield Option(asked.value, text("Own values: {cpu} CPU, {memory}", **_pair(asked.value)))


def _pair(value: str) -> dict[str, str]:
    cpu, _, memory = value.partition("/")
    return {"cpu": cpu, "memory": memory}


def _words(known: tuple[str, ...], value: str) -> Iterator[Option]:
    """The values that are known, and the one that is there, whatever it is."""
    for one in known if value in {"", *known} else (*known, value):
        yield Option(one)


def _addresses(asked: _Asked) -> Iterator[Option]:
    return _image_modes(asked) if asked.value.startswith("oci") else _claims(asked)


def _image_modes(asked: _Asked) -> Iterator[Option]:
    """How the image of a model gets into the pod."""
    scheme, separator, rest = asked.value.partition("://")
    if not separator or scheme not in {"oci", "oci+native", "oci+fetch"}:
        return
    nodes = usable(asked.facts.nodes or ())
    yield Option(f"oci://{rest}", note=text("As KServe is set up, mostly a sidecar (modelcar)"))
    yield Option(
        f"oci+native://{rest}",
        note=text(
            "Mounted by the node, {n} of {total} can",
            n=sum(takes_image_volumes(node) is True for node in nodes),
            total=len(nodes),
        )
        if nodes
        else text("Mounted by the node, from Kubernetes 1.31"),
    )
    yield Option(f"oci+fetch://{rest}", note=text("Downloaded before the server starts"))


def _claims(asked: _Asked) -> Iterator[Option]:
    for claim in sorted(asked.facts.claims or (), key=lambda claim: claim.name):
        size = claim.string("status", "capacity", "storage") or claim.string(
            "spec", "resources", "requests", "storage"
        )
        modes = claim.mapping("spec").get("accessModes")
        access = ", ".join(map(str, modes)) if isinstance(modes, list) else "?"
        is_bound = claim.string("status", "phase") == "Bound"
        note = (
            text("{size}, {access}", size=size or "?", access=access)
            if is_bound
            else text("{size}, {access}, not bound yet", size=size or "?", access=access)
        )
        yield Option(f"pvc://{claim.name}/", note=note)


def _connections(asked: _Asked) -> Iterator[Option]:
    for key in sorted((asked.facts.secrets or {}).get(STORAGE_SECRET) or ()):
        yield Option(key)


def _accounts(asked: _Asked) -> Iterator[Option]:
    for account in sorted(asked.facts.accounts or (), key=lambda account: account.name):
        names = [str(one["name"]) for one in account.items("secrets") if one.get("name")]
        yield Option(account.name, note=text("Secrets: {names}", names=", ".join(names)) if names else None)


def _formats(asked: _Asked) -> Iterator[Option]:
    counts = Counter(
        str(one.get("name")) for runtime in asked.facts.runtimes or () for one in formats_of(runtime)
    )
    for name in sorted(formats(asked.facts.runtimes or ())):
        yield Option(name, note=text("Runtimes: {n}", n=counts[name]))


def _runtimes(asked: _Asked) -> Iterator[Option]:
    """What can be named, and what cannot, with the first reason; a namespace's own hides one of the cluster of that name."""
    if not is_service(asked.service):
        for name in sorted({one.name for one in asked.facts.runtimes or ()}):
            yield Option(name)
        return
    yield Option("", text("Automatic"))
    model, runtimes = wanted(asked.service), asked.facts.runtimes
    reasons: dict[str, Reason | None] = {}
    if model is not None and runtimes is not None:
        unasked = select(runtimes, replace(model, runtime=""))
        for runtime in sorted(runtimes, key=lambda one: not one.namespace):
            named = select((runtime,), replace(model, runtime=runtime.name)).reason(runtime)
            is_taken = unasked.reason(runtime) is None
            reasons.setdefault(runtime.name, named or (None if is_taken else Reason.NOT_SELECTED))
    for name, reason in sorted(reasons.items(), key=lambda one: (_rank(one[1]), one[0])):
        yield Option(name, note=_REASONS[reason] if reason is not None else None)
    if asked.value and asked.value not in reasons:
        yield Option(asked.value)


def _rank(reason: Reason | None) -> int:
    return {None: 0, Reason.NOT_SELECTED: 1}.get(reason, 2)


_Made = Callable[[_Asked], Iterator[Option]]
_OPTIONS: Mapping[Field, _Made] = {
    Field.URI: _addresses,
    Field.SIZE: _sizes,
    Field.ACCOUNT: _accounts,
    Field.STORAGE_KEY: _connections,
    Field.FORMAT: _formats,
    Field.RUNTIME: _runtimes,
    Field.PROTOCOL: _known(text("Automatic"), *PROTOCOLS),
    Field.MODE: _modes,
    Field.AUTOSCALER: _autoscalers,
    Field.METRIC: _metrics,
    Field.LOGGER_MODE: _unless_said(text("Nothing"), *LOGGER_MODES),
    Field.TRACING: _switch(TRACED),
    Field.EXPERT: _switch("on"),
    Field.WORKER: _switch("on"),
    Field.ROUTER: _routers,
    Field.GRAPH_ROUTER: _unless_said(text("Choose"), *ROUTERS),
}
