"""The runtime that a service asks for, and what it may have meant where none fits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from modelsweb.objects.obj import Obj
from modelsweb.topology.runtime_selection import PROTOCOLS, Wanted, select
from modelsweb.topology.serving_runtime import formats_of, is_disabled, is_multi_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a document would have to say for a runtime to fit; empty where that does not help."""

    format: str = ""
    versions: tuple[str, ...] = ()
    protocol: str = ""
    runtime: str = ""


def wanted(service: Obj) -> Wanted | None:
    """What the predictor of a document asks for; None where it needs no runtime, or says no format."""
    model = Obj(service.mapping("spec", "predictor", "model"))
    if not (name := model.string("modelFormat", "name")):
        return None
    version = model.mapping("modelFormat").get("version")
    return Wanted(
        format=name,
        version=version if isinstance(version, str) else "",
        protocol=model.string("protocolVersion"),
        runtime=model.string("runtime"),
        has_workers=service.mapping("spec", "predictor").get("workerSpec") is not None,
    )


def named_by(runtimes: Iterable[Obj], asked: Wanted) -> Obj | None:
    """The runtime of the name that is asked for: the namespace's own before that of the cluster."""
    named = [one for one in runtimes if one.name == asked.runtime]
    return min(named, key=lambda one: not one.namespace, default=None)


def formats(runtimes: Iterable[Obj]) -> frozenset[str]:
    """The formats for which KServe chooses a runtime by itself."""
    return frozenset(
        str(one["name"])
        for runtime in runtimes
        if not is_disabled(runtime) and not is_multi_model(runtime)
        for one in formats_of(runtime)
        if one.get("name") and one.get("autoSelect") is True
    )


def meant(runtimes: tuple[Obj, ...], asked: Wanted) -> Meant:
    """The smallest change of a document with which a runtime fits: of letters, of the version, of the protocol."""
    for name in sorted(formats(runtimes)):
        if name != asked.format and name.lower() == asked.format.lower():
            return Meant(format=name)
    unversioned = replace(asked, version="")
    if asked.version and select(runtimes, unversioned).chosen is not None:
        fitting = (
            version
            for version in sorted(_versions(runtimes, asked.format))
            if select(runtimes, replace(asked, version=version)).chosen is not None
        )
        return Meant(versions=tuple(fitting))
    if not asked.protocol:
        for protocol in PROTOCOLS:
            chosen = select(runtimes, replace(asked, protocol=protocol)).chosen
            if chosen is not None:
                return Meant(protocol=protocol, runtime=chosen.name)
    return Meant()


def _versions(runtimes: Iterable[Obj], name: str) -> set[str]:
    return {
        str(one.get("version"))
        for runtime in runtimes
        for one in formats_of(runtime)
        if one.get("name") == name and one.get("version")
    }
