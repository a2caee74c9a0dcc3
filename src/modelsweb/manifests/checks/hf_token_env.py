"""HF_TOKEN in env never reaches the downloader, which is answered 401. The token belongs in a Secret on the service account."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    addresses = list(storage_addresses(document))
    for part, component in doc.components(document):
        downloads = any(path[:2] == part and uri.startswith("hf://") for path, uri in addresses)
        if not downloads or component.get("serviceAccountName"):
            continue  # the account may bring the token, and env is for the server
        for path, container in doc.containers(document):
            for number, name, _ in doc.environment(container):
                if path[:2] == part and name in {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}:
                    yield Hit((*path, "env", number))


CHECK = Check(
    id="hf-token-env",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "HF_TOKEN in env never reaches the downloader, which is answered 401. The token belongs in a Secret on the service account."
    ),
    source="https://github.com/kserve/kserve/issues/6260",
    look=_look,
)
