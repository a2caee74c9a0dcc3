"""Adding credentials: what is asked for, what is wrong with it, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from modelsweb.kinds import SECRET
from modelsweb.manifests.check import Facts
from modelsweb.manifests.credentials import (
    DEFAULT_ACCOUNT,
    MAX_PART,
    PARTS,
    SECRET_PARTS,
    Mistake,
    Part,
    Storage,
    secrets_field,
    storage_of,
)
from modelsweb.manifests.storage import name_of
from modelsweb.operations.outcome import CredentialsOutcome, State
from modelsweb.text import Text, text
from modelsweb.viewmodels.components import kubectl
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row
from modelsweb.viewmodels.components.sentences import sentence

_MAX_OFFERED = 200
STORAGES: Mapping[Storage, Text] = {
    Storage.S3: text("S3"),
    Storage.GCS: text("Google Cloud Storage"),
    Storage.AZURE: text("Azure storage"),
    Storage.HUGGING_FACE: text("Hugging Face"),
    Storage.WEB: text("Web address"),
    Storage.OCI: text("OCI registry"),
}
"""What credentials can be added for, in the order in which it is offered."""


class Control(StrEnum):
    """How a part is entered; ``SECRET`` is shown to nobody."""

    LINE = "line"
    SECRET = "secret"  # noqa: S105 - a name
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class _Words:
    label: Text
    help: Text | None = None


_WORDS: Mapping[Part, _Words] = {
    Part.ACCESS_KEY: _Words(text("Access key ID")),
    Part.SECRET_KEY: _Words(text("Secret access key")),
    Part.ENDPOINT: _Words(text("Endpoint"), text("For S3 that is not Amazon's, for example minio.storage:9000. Begin with http:// if it has no TLS.")),
    Part.REGION: _Words(text("Region"), text("For example eu-central-1.")),
    Part.GCS_JSON: _Words(text("JSON key file"), text("The whole file that Google Cloud gives for a service account.")),
    Part.CLIENT_ID: _Words(text("Client ID"), text("Fill in a service principal, or a SAS token, or an account key.")),
    Part.CLIENT_SECRET: _Words(text("Client secret")),
    Part.TENANT_ID: _Words(text("Tenant ID")),
    Part.SUBSCRIPTION_ID: _Words(text("Subscription ID")),
    Part.SAS_TOKEN: _Words(text("SAS token")),
    Part.STORAGE_KEY: _Words(text("Account key")),
    Part.HF_TOKEN: _Words(text("Access token"), text("The token is stored in a Secret and never shown again.")),
    Part.HOST: _Words(text("Host"), text("For example models.example.com.")),
    Part.HEADERS: _Words(text("Headers"), text('As JSON, for example {{"Authorization": "Bearer …"}}.')),
    Part.REGISTRY: _Words(text("Registry"), text("For example registry.example.com.")),
    Part.REGISTRY_USER: _Words(text("User name")),
    Part.REGISTRY_PASSWORD: _Words(text("Password or token")),
}  # fmt: skip
_MISTAKES: Mapping[Mistake, Text] = {
    Mistake.MISSING: text("Required."),
    Mistake.NOT_ONE_LINE: text("Spaces and line breaks are not allowed here."),
    Mistake.TOO_LONG: text("Too long; use at most {max} characters.", max=MAX_PART),
    Mistake.NOT_A_KEY_FILE: text("Not a key file: it must be JSON with client_email and private_key."),
    Mistake.NOT_HEADERS: text("Write a JSON object whose values are texts."),
    Mistake.NOT_A_HOST: text("The host only, without https:// and without a path."),
    Mistake.ONE_OF_THREE: text("Fill in exactly one: a service principal, a SAS token or an account key."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part of a Secret; ``value`` is empty for what is shown to nobody."""

    part: Part
    label: Text
    control: Control
    help: Text | None = None
    value: str = ""
    problem: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """What became of one object."""

    kind: str
    name: str
    state: State
    problems: tuple[ProblemRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The page. ``uri`` is the address of a model, if that is known; ``secrets`` and ``accounts`` are what is there to choose from, None where that is not known."""

    namespace: str
    storage: Storage
    secret: str
    account: str
    uri: str = ""
    rows: tuple[PartRow, ...] = ()
    secrets: tuple[str, ...] | None = None
    accounts: tuple[str, ...] | None = None
    secret_problem: Text | None = None
    account_problem: Text | None = None
    steps: tuple[StepRow, ...] = ()
    is_done: bool = False
    is_tried_only: bool = False
    may_create: bool = True

    @property
    def storages(self) -> Mapping[Storage, Text]:
        """What credentials can be added for."""
        return STORAGES

    @property
    def is_refused(self) -> bool:
        """The user has to do something."""
        return not self.is_done and bool(
            self.secret_problem or self.account_problem or self.steps or any(row.problem for row in self.rows)
        )

    @property
    def commands(self) -> str:
        """The kubectl lines that do the same, with variables of the shell for what is secret."""
        return "\n".join(
            (
                kubectl.secret(self.namespace, self.secret or "NAME", storage=self.storage),
                kubectl.attach(
                    self.namespace,
                    self.account or DEFAULT_ACCOUNT,
                    secret=self.secret or "NAME",
                    field=secrets_field(self.storage),
                ),
            )
        )


def opened(
    namespace: str, *, uri: str, storage: Storage | None, account: str, facts: Facts, may_create: bool
) -> Credentials:
    """The page for the address of a model, or for a kind of storage; an account that is there gets the Secret, unless it is
    everybody's."""
    asked = storage or storage_of(uri)
    storage = asked if asked is not None and asked in PARTS else Storage.S3
    stem = name_of(uri) if "://" in uri else "model"
    page = Credentials(
        namespace=namespace,
        storage=storage,
        uri=uri,
        secret=f"{stem}-{storage.value}",
        account=account if account and account != DEFAULT_ACCOUNT else f"{stem}-models",
        may_create=may_create,
    )
    return _offering(page, facts, given={})


def answered(
    page: Credentials, outcome: CredentialsOutcome, *, given: Mapping[Part, str], facts: Facts
) -> Credentials:
    """The page after a submit of what was ``given``."""
    rows = tuple(
        replace(row, problem=_MISTAKES[outcome.mistakes[row.part]]) if row.part in outcome.mistakes else row
        for row in _rows(page.storage, given)
    )
    names = {name: sentence(problem) for name, problem in outcome.names.items()}
    steps = tuple(
        StepRow(
            kind="Secret" if step.ref.kind == SECRET.full_name else "ServiceAccount",
            name=step.ref.name,
            state=step.state,
            problems=tuple(map(problem_row, step.problems)),
        )
        for step in outcome.steps
    )
    return replace(
        _offering(page, facts, given=given),
        rows=rows,
        secret_problem=names.get("secret"),
        account_problem=names.get("account"),
        steps=steps,
        is_done=outcome.is_done,
        is_tried_only=outcome.is_tried_only,
    )


def _offering(page: Credentials, facts: Facts, *, given: Mapping[Part, str]) -> Credentials:
    return replace(
        page,
        rows=_rows(page.storage, given),
        secrets=None if facts.secrets is None else tuple(sorted(facts.secrets))[:_MAX_OFFERED],
        accounts=None
        if facts.accounts is None
        else tuple(sorted(one.name for one in facts.accounts))[:_MAX_OFFERED],
    )


def _rows(storage: Storage, given: Mapping[Part, str]) -> tuple[PartRow, ...]:
    return tuple(
        PartRow(
            part=part,
            label=_WORDS[part].label,
            help=_WORDS[part].help,
            control=_control(part),
            value="" if part in SECRET_PARTS else given.get(part, ""),
        )
        for part in PARTS[storage]
    )


def _control(part: Part) -> Control:
    if part in {Part.GCS_JSON, Part.HEADERS}:
        return Control.LINES
    return Control.SECRET if part in SECRET_PARTS else Control.LINE
