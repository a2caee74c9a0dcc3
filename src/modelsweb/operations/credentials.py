"""Adding credentials: a Secret for a kind of storage, on a ServiceAccount that services run as."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelsweb import errors
from modelsweb.errors import Code, Problem
from modelsweb.gateway.access import User
from modelsweb.gateway.writer import FieldChange
from modelsweb.kinds import SECRET, SERVICE_ACCOUNT
from modelsweb.manifests.credentials import Part, Storage, mistakes, new_account, secret, secrets_field
from modelsweb.objects.kind import Kind, is_name
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import CredentialsOutcome, Outcome, State
from modelsweb.operations.problems import is_refused_to_the_app, problem_of

_MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsRequest:
    """What is entered for a Secret (``given``), its name, and the account that gets it. Nothing entered: the Secret is there
    already, and the account gets it."""

    namespace: str
    storage: Storage
    secret: str
    account: str
    given: Mapping[Part, str] = field(default_factory=dict, hash=False, repr=False)

    @property
    def is_new(self) -> bool:
        """A Secret is made."""
        return any(self.given.values())


async def add_credentials(gateway: Gateway, user: User, *, request: CredentialsRequest) -> CredentialsOutcome:
    """Tries both, then makes the Secret and puts it onto the account, beside those that it has. Nothing is made while anything
    speaks against it."""
    wrong = mistakes(request.storage, request.given) if request.is_new else {}
    given = {"secret": request.secret, "account": request.account}
    names = {name: problem for name, value in given.items() if (problem := _name_mistake(value)) is not None}
    if not request.is_new and "secret" not in names:
        known = await gateway.inventory.secrets(user, namespace=request.namespace)
        if known is not None and request.secret not in known:
            names["secret"] = Problem(code=Code.NO_SUCH_SECRET, values={"name": request.secret})
    if wrong or names:
        return CredentialsOutcome(mistakes=wrong, names=names)
    for dry_run in (True, False):
        steps = await _done(gateway, user, request=request, dry_run=dry_run)
        if any(step.state is State.FAILED for step in steps):
            break
    gateway.inventory.forget(request.namespace)
    return CredentialsOutcome(steps=tuple(steps), is_tried_only=dry_run)


def _name_mistake(name: str) -> Problem | None:
    if not name:
        return Problem(code=Code.VALUE_MISSING)
    return None if is_name(name) and len(name) <= _MAX_NAME else Problem(code=Code.NOT_AN_OBJECT_NAME)


async def _done(gateway: Gateway, user: User, *, request: CredentialsRequest, dry_run: bool) -> list[Outcome]:
    """Secret and account, in this order; the account is left where the Secret failed."""
    steps = []
    if request.is_new:
        manifest = secret(request.secret, request.storage, given=request.given)
        try:
            await gateway.writer.create(
                user, SECRET, namespace=request.namespace, manifest=manifest, dry_run=dry_run
            )
            steps.append(_outcome(request, SECRET, state=State.DONE))
        except errors.ModelswebError as error:
            steps.append(_outcome(request, SECRET, state=State.FAILED, problem=_problem(error, request)))
            if not dry_run:
                return [*steps, _outcome(request, SERVICE_ACCOUNT, state=State.SKIPPED)]
    try:
        is_changed = await _attached(gateway, user, request=request, dry_run=dry_run)
        state = State.DONE if is_changed else State.UNCHANGED
        steps.append(_outcome(request, SERVICE_ACCOUNT, state=state))
    except errors.ModelswebError as error:
        steps.append(_outcome(request, SERVICE_ACCOUNT, state=State.FAILED, problem=problem_of(error)))
    return steps


async def _attached(gateway: Gateway, user: User, *, request: CredentialsRequest, dry_run: bool) -> bool:
    """The account lists the Secret, beside what it lists; whether that had to be written. Raises what the writer raises."""
    list_name = secrets_field(request.storage)
    try:
        live: Obj | None = await gateway.writer.existing(
            user, SERVICE_ACCOUNT, namespace=request.namespace, name=request.account
        )
    except errors.NotFoundError:
        live = None
    if live is None:
        manifest = new_account(request.account, request.secret, storage=request.storage)
        await gateway.writer.create(
            user, SERVICE_ACCOUNT, namespace=request.namespace, manifest=manifest, dry_run=dry_run
        )
        return True
    before = live.raw.get(list_name)
    listed = [dict(one) for one in live.items(list_name)]
    if any(one.get("name") == request.secret for one in listed):
        return False
    change = FieldChange(path=(list_name,), old=before, new=[*listed, {"name": request.secret}])
    await gateway.writer.edit(
        user,
        SERVICE_ACCOUNT,
        namespace=request.namespace,
        name=request.account,
        changes=(change,),
        uid=live.uid,
        dry_run=dry_run,
    )
    return True


def _outcome(
    request: CredentialsRequest, kind: Kind, *, state: State, problem: Problem | None = None
) -> Outcome:
    name = request.secret if kind is SECRET else request.account
    return Outcome(
        ref=ObjectRef(kind.full_name, request.namespace, name),
        state=state,
        problems=(problem,) if problem is not None else (),
    )


def _problem(error: errors.ModelswebError, request: CredentialsRequest) -> Problem:
    if is_refused_to_the_app(error):
        return Problem(code=Code.APP_MAY_NOT_CREATE_SECRETS)
    if isinstance(error, errors.AlreadyExistsError):
        return Problem(code=Code.SECRET_IS_THERE, values={"name": request.secret})
    return problem_of(error)
