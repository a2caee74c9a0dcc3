"""How a service opens the storage of its model, as a way of steps: Secret, account, service."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from modelsweb.kinds import PERSISTENT_VOLUME_CLAIM
from modelsweb.manifests.check import Facts
from modelsweb.manifests.claim import claim_known, claim_of
from modelsweb.manifests.credentials import PARTS, Chain, Known, SecretLink, Storage, chain
from modelsweb.manifests.storage import storage_addresses, without_user
from modelsweb.objects.kind import is_name
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text

NEEDS: Mapping[Storage, Text] = {
    Storage.S3: text("S3: the service account needs a Secret with keys, a role, or an anonymous bucket."),
    Storage.GCS: text(
        "Google Cloud Storage: the service account needs a Secret with a JSON key, or Workload Identity."
    ),
    Storage.HUGGING_FACE: text(
        "Hugging Face: gated and private models need a Secret with HF_TOKEN on the service account."
    ),
    Storage.AZURE: text(
        "Azure: the service account needs a Secret with a service principal, SAS token or key."
    ),
    Storage.VOLUME: text("Volume: the claim must exist in this namespace."),
    Storage.OCI: text("OCI image: a private registry needs an image pull Secret on the service account."),
    Storage.WEB: text("Web address: no credentials, or a Secret with https-host and headers."),
}
_KNOWN: Mapping[Known, Text] = {
    Known.THERE: text("verified"),
    Known.NEW: text("created with this text"),
    Known.MISSING: text("missing"),
    Known.NOT_CHECKED: text("not checked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One object of the way, how sure it is that it is there, and what that is called."""

    kind: str
    name: str
    known: Known
    words: Text

    @property
    def is_bad(self) -> bool:
        """The way ends here."""
        return self.known is Known.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The steps in their order, what is to be said of all, and the query of the page where credentials are added; empty where
    nothing can be added."""

    steps: tuple[Step, ...]
    note: Text | None = None
    query: str = ""
    new_claim: str = ""
    """The claim that can be added to the text; empty where there is nothing to add."""


def way(service: Obj, facts: Facts) -> Way | None:
    """How the predictor opens its storage; None where there is nothing to open."""
    links = chain(service, facts)
    if links is None:
        return None
    if links.storage is Storage.VOLUME:
        return _volume(service, facts)
    secrets = tuple(_secret(one) for one in links.secrets or ())
    account = Step(
        kind="ServiceAccount",
        name=links.account,
        known=links.account_known,
        words=_KNOWN[links.account_known],
    )
    uri = next((uri for _, uri in storage_addresses(service)), "")
    return Way(
        steps=secrets if links.is_direct else (*secrets, account),
        note=_note(links),
        query=urlencode({"uri": without_user(uri).partition("?")[0], "account": links.account})
        if links.storage in PARTS
        else "",
    )


def _volume(service: Obj, facts: Facts) -> Way | None:
    name = claim_of(service)
    if not is_name(name):
        return None
    known = claim_known(name, facts)
    step = Step(kind=PERSISTENT_VOLUME_CLAIM.kind, name=name, known=known, words=_KNOWN[known])
    return Way(steps=(step,), new_claim=name if known is Known.MISSING else "")


def _secret(link: SecretLink) -> Step:
    words = _KNOWN[link.known]
    if link.fits is False:
        words = text("has no keys for this storage")
    return Step(kind="Secret", name=link.name, known=link.known, words=words)


def _note(found: Chain) -> Text | None:
    if found.has_role:
        return text("The account has a role of its own in the cloud.")
    if found.secrets is None:
        return None
    if not any(one.fits is not False for one in found.secrets):
        return text("Without credentials, the model must be public.")
    return None
