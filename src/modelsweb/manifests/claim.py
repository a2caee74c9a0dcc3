"""The volume claim that holds a model: whether it is there, and a text that makes it."""

from dataclasses import dataclass

from modelsweb.errors import Code
from modelsweb.kinds import PERSISTENT_VOLUME_CLAIM
from modelsweb.manifests.check import Facts
from modelsweb.manifests.credentials import Known
from modelsweb.manifests.document import scalar
from modelsweb.manifests.form_field import BadValueError, memory_text, word
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.kind import is_name
from modelsweb.objects.obj import Obj

ACCESS_MODES = ("ReadWriteMany", "ReadOnlyMany", "ReadWriteOnce")
_SCHEME = "pvc://"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """What is asked of a claim that is to be made. An empty class is the cluster's default."""

    size: str = ""
    access_mode: str = ACCESS_MODES[0]
    storage_class: str = ""


def claim_of(service: Obj) -> str:
    """The name of the claim that holds its model; empty where none does."""
    uris = (uri for _, uri in storage_addresses(service))
    return next((uri.removeprefix(_SCHEME).partition("/")[0] for uri in uris if uri.startswith(_SCHEME)), "")


def claim_known(name: str, facts: Facts) -> Known:
    """How sure it is that a claim is there."""
    if any(one.kind == PERSISTENT_VOLUME_CLAIM.kind and one.name == name for one in facts.documents):
        return Known.NEW
    if facts.claims is None:
        return Known.NOT_CHECKED
    return Known.THERE if any(one.name == name for one in facts.claims) else Known.MISSING


def with_claim(source: str, name: str, *, claim: NewClaim) -> str:
    """A text with a document before it that makes a claim. Raises BadValueError."""
    if not is_name(name):
        raise BadValueError(Code.NOT_A_NAME)
    if not claim.size:
        raise BadValueError(Code.VALUE_MISSING)
    if claim.access_mode not in ACCESS_MODES:
        raise BadValueError(Code.VALUE_MISSING)
    size = scalar(memory_text(claim.size))
    storage_class = (
        f"  storageClassName: {scalar(word(claim.storage_class))}\n" if claim.storage_class else ""
    )
    text = (
        f"apiVersion: v1\nkind: {PERSISTENT_VOLUME_CLAIM.kind}\nmetadata:\n  name: {scalar(name)}\nspec:\n"
        f"  accessModes:\n    - {claim.access_mode}\n{storage_class}"
        f"  resources:\n    requests:\n      storage: {size}\n"
    )
    rest = source.removeprefix("\ufeff")
    return text + (rest if rest.lstrip().startswith("---") else f"---\n{rest}")
