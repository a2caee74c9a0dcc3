"""What the cluster has for a service, beside the fields in which it is asked for."""

from modelsweb.manifests.capacity import most_of, offers, quota_lines, usable
from modelsweb.manifests.check import Facts
from modelsweb.objects.quantity import written
from modelsweb.text import Text, text

_MAX_DEVICES = 4
_COUNTED = ("cpu", "memory", "pods")


def offered(facts: Facts) -> Text:
    """The devices that nodes offer."""
    if facts.nodes is None:
        return text("What the nodes offer was not checked: they cannot be listed here.")
    devices = offers(facts.nodes)
    if not devices:
        return text("No node of this cluster offers GPUs.")
    words = []
    for one in devices[:_MAX_DEVICES]:
        models = f" ({', '.join(one.products)})" if one.products else ""
        words.append(f"{one.total} × {one.device}{models}")
    most = max(one.largest for one in devices)
    if facts.devices_used is None:
        return text("The nodes offer {devices}; at most {n} on one.", devices=", ".join(words), n=most)
    free = sum(max(0, one.total - facts.devices_used.get(one.device, 0)) for one in devices)
    return text(
        "The nodes offer {devices}; at most {n} on one, {free} free now.",
        devices=", ".join(words),
        n=most,
        free=free,
    )


def limits(facts: Facts) -> tuple[Text, ...]:
    """The largest node, and what quotas of the namespace leave."""
    notes = []
    if facts.nodes:
        nodes = usable(facts.nodes)
        notes.append(
            text(
                "Largest node: {cpu} CPU, {memory} memory.",
                cpu=written(most_of(nodes, "cpu")),
                memory=written(most_of(nodes, "memory"), is_bytes=True),
            )
        )
    for line in quota_lines(facts.quotas or ()):
        kind = line.resource.rpartition(".")[2]
        if kind in _COUNTED or "/" in kind:
            is_bytes = kind == "memory"
            notes.append(
                text(
                    "Quota {quota}: {left} of {hard} {resource} left.",
                    quota=line.quota,
                    left=written(line.left, is_bytes=is_bytes),
                    hard=written(line.hard, is_bytes=is_bytes),
                    resource=line.resource,
                )
            )
    return tuple(notes)
