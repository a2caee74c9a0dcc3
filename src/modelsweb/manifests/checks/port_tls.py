"""With TLS the server listens on 8443, and nothing here names that port: the service never becomes ready. Set the container port and the probes to 8443."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.service_document import containers, environment
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_PORT = 8443
_ARGUMENTS = ("--ssl_certfile", "--ssl_keyfile")
_VARIABLES = {"KSERVE_TLS_CERT_FILE", "KSERVE_TLS_KEY_FILE"}


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, container in containers(document):
        arguments = [str(one) for one in container.get("args") or ()]
        in_arguments = any(one.startswith(_ARGUMENTS) for one in arguments)
        in_variables = any(name in _VARIABLES for _, name, _ in environment(container))
        ports = [one.get("containerPort") for one in container.get("ports") or () if isinstance(one, dict)]
        if (in_arguments or in_variables) and _PORT not in ports:
            yield Hit((*path, "args" if in_arguments else "env"))


CHECK = Check(
    id="port-tls",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "With TLS the server listens on 8443, and nothing here names that port: the service never becomes ready. Set the container port and the probes to 8443."
    ),
    source="https://github.com/kserve/kserve/pull/6045",
    look=_look,
)
