"""What users change, on the demo cluster and a real API server: tried, strict, and never over somebody else's change."""

from typing import Any

import pytest

from modelsweb import errors
from modelsweb.clock import SystemClock
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.writer import FieldChange, Writer
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import PatchType
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import dig
from tests.contract.cluster import Cluster
from tests.sample_objects import service
from tests.waiting import until

ALICE = User("alice", is_reviewed=False)


API = "rbac.authorization.k8s.io"
ROLE = Kind(group=API, version="v1", kind="Role", plural="roles")
BINDING = Kind(group=API, version="v1", kind="RoleBinding", plural="rolebindings")


def _of(cluster: Cluster) -> dict[str, Any]:
    return {"user": ALICE, "kind": INFERENCE_SERVICE, "namespace": cluster.namespace}


MINIMUM = ("spec", "predictor", "minReplicas")


def _writer(cluster: Cluster) -> Writer:
    return Writer(Access(cluster.client, SystemClock(), cache_seconds=0), cluster.client)


async def _stored(cluster: Cluster, name: str = "iris") -> dict[str, object]:
    return await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name=name)


async def _made(cluster: Cluster) -> str:
    created = await cluster.client.create(INFERENCE_SERVICE, service("iris"), namespace=cluster.namespace)
    return str(created["metadata"]["uid"])


async def test_a_dry_run_changes_nothing(cluster: Cluster) -> None:
    writer, where = _writer(cluster), _of(cluster)
    await writer.create(**where, manifest=service("iris"), dry_run=True)
    with pytest.raises(errors.NotFoundError):
        await _stored(cluster)
    uid = await _made(cluster)
    change = FieldChange(path=MINIMUM, old=1, new=2)
    tried = await writer.edit(**where, name="iris", changes=[change], uid=uid, dry_run=True)
    applied = await writer.apply(**where, manifest=service("iris", minReplicas=3), force=True, dry_run=True)
    merged = await writer.merge(
        **where, name="iris", changes={"spec": {"predictor": {"minReplicas": 4}}}, uid=uid, dry_run=True
    )
    await writer.delete(**where, name="iris", uid=uid, dry_run=True)
    assert [one.integer(*MINIMUM) for one in (tried, applied, merged)] == [2, 3, 4]
    stored = await _stored(cluster)
    assert (dig(stored, *MINIMUM), dig(stored, "metadata", "deletionTimestamp")) == (1, None)


async def test_an_edit_adds_replaces_and_removes(cluster: Cluster) -> None:
    uid = await _made(cluster)
    changes = [
        FieldChange(path=MINIMUM, old=1, new=2),
        FieldChange(path=("metadata", "labels", "example.com/tier"), old=None, new="x"),
        FieldChange(path=("metadata", "labels", "suite"), old="tests", new=None),
    ]
    await _writer(cluster).edit(
        ALICE, INFERENCE_SERVICE, namespace=cluster.namespace, name="iris", changes=changes, uid=uid
    )
    stored = await _stored(cluster)
    assert dig(stored, *MINIMUM) == 2
    assert dig(stored, "metadata", "labels") == {"example.com/tier": "x"}


@pytest.mark.parametrize(
    ("path", "old"),
    [(MINIMUM, 5), (("metadata", "labels", "suite"), None), (("metadata", "labels", "other"), "x")],
    ids=["of another value", "added meanwhile", "removed meanwhile"],
)
async def test_what_somebody_else_changed_is_not_overwritten(
    cluster: Cluster, path: tuple[str, ...], old: object
) -> None:
    uid = await _made(cluster)
    before = await _stored(cluster)
    changes = [FieldChange(path=path, old=old, new="y" if path is not MINIMUM else 3)]
    with pytest.raises(errors.ConflictError) as caught:
        await _writer(cluster).edit(
            ALICE, INFERENCE_SERVICE, namespace=cluster.namespace, name="iris", changes=changes, uid=uid
        )
    assert [cause.field for cause in caught.value.causes] == [".".join(path)]
    after = await _stored(cluster)
    assert dig(after, "spec") == dig(before, "spec")
    assert dig(after, "metadata", "labels") == dig(before, "metadata", "labels")


async def test_an_edit_goes_on_beside_a_controller_unless_no_change_is_wanted(cluster: Cluster) -> None:
    uid = await _made(cluster)
    seen = str(dig(await _stored(cluster), "metadata", "resourceVersion"))
    await cluster.client.patch(
        INFERENCE_SERVICE,
        {"metadata": {"annotations": {"example.com/controller": "was-here"}}},
        namespace=cluster.namespace,
        name="iris",
    )
    writer, change = _writer(cluster), [FieldChange(path=MINIMUM, old=1, new=2)]
    where = {**_of(cluster), "name": "iris"}
    with pytest.raises(errors.ConflictError):
        await writer.edit(**where, changes=change, uid=uid, resource_version=seen)
    await writer.edit(**where, changes=change, uid=uid)
    assert dig(await _stored(cluster), *MINIMUM) == 2


async def test_a_new_object_of_the_same_name_is_spared_by_every_write(cluster: Cluster) -> None:
    await _made(cluster)
    writer, where = _writer(cluster), {**_of(cluster), "name": "iris"}
    other = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(errors.ConflictError):
        await writer.edit(**where, changes=[FieldChange(path=MINIMUM, old=1, new=2)], uid=other)
    with pytest.raises(errors.ConflictError):
        await writer.merge(**where, changes={"spec": {"predictor": {"minReplicas": 2}}}, uid=other)
    with pytest.raises(errors.ConflictError):
        await writer.delete(**where, uid=other)
    assert dig(await _stored(cluster), *MINIMUM) == 1


async def test_an_apply_sets_its_fields_and_takes_back_those_it_no_longer_names(cluster: Cluster) -> None:
    writer, where = _writer(cluster), _of(cluster)
    first = service("iris", maxReplicas=5)
    await writer.apply(**where, manifest=first)
    await writer.apply(**where, manifest=service("iris"))
    stored = await _stored(cluster)
    assert dig(stored, "spec", "predictor", "maxReplicas") is None
    managers = {entry["manager"] for entry in dig(stored, "metadata", "managedFields")}
    assert "modelsweb" in managers


async def test_an_apply_names_the_fields_of_others_and_takes_them_over_when_told(cluster: Cluster) -> None:
    writer, where = _writer(cluster), _of(cluster)
    await cluster.client.patch(
        INFERENCE_SERVICE,
        service("iris"),
        namespace=cluster.namespace,
        name="iris",
        patch_type=PatchType.APPLY,
        field_manager="pipeline",
    )
    with pytest.raises(errors.ConflictError) as caught:
        await writer.apply(**where, manifest=service("iris", minReplicas=2))
    assert [cause.field for cause in caught.value.causes] == [".spec.predictor.minReplicas"]
    await writer.apply(**where, manifest=service("iris", minReplicas=2), force=True)
    assert dig(await _stored(cluster), *MINIMUM) == 2


async def test_unknown_fields_are_refused_by_every_write(cluster: Cluster) -> None:
    writer, where = _writer(cluster), _of(cluster)
    uid = await _made(cluster)
    wrong = service("other", minimumReplicas=1)
    path = ("spec", "predictor", "minimumReplicas")
    with pytest.raises(errors.BadRequestError, match="minimumReplicas"):
        await writer.create(**where, manifest=wrong)
    with pytest.raises(errors.ModelswebError, match="minimumReplicas"):
        await writer.apply(**where, manifest=wrong)
    with pytest.raises(errors.ModelswebError, match="minimumReplicas"):
        await writer.edit(**where, name="iris", changes=[FieldChange(path=path, old=None, new=1)], uid=uid)
    with pytest.raises(errors.ModelswebError, match="minimumReplicas"):
        await writer.merge(
            **where, name="iris", changes={"spec": {"predictor": {"minimumReplicas": 1}}}, uid=uid
        )
    assert dig(await _stored(cluster), *path) is None


async def test_every_write_needs_its_right(cluster: Cluster) -> None:
    writer = _writer(cluster)
    where = {**_of(cluster), "user": User("nobody@example.com")}
    uid = await _made(cluster)
    for dry_run in (False, True):
        for attempt in (
            writer.create(**where, manifest=service("other"), dry_run=dry_run),
            writer.apply(**where, manifest=service("iris"), dry_run=dry_run),
            writer.edit(**where, name="iris", changes=[], uid=uid, dry_run=dry_run),
            writer.merge(**where, name="iris", changes={}, uid=uid, dry_run=dry_run),
            writer.delete(**where, name="iris", dry_run=dry_run),
        ):
            with pytest.raises(errors.AccessDeniedError):
                await attempt


async def test_with_impersonation_the_user_writes_and_not_the_app(cluster: Cluster) -> None:
    """The app's account may do everything; the user may not, and the API server says so itself. Where they may, it knows them by
    name and groups."""
    access = Access(cluster.client, SystemClock(), cache_seconds=0)
    own = Writer(access, cluster.client, impersonates=True)
    nobody = User("nobody@example.com", ("nobodies", "others"))
    client = cluster.client.acting_as(nobody.name, nobody.groups)
    with pytest.raises(errors.ForbiddenError, match=r"nobody@example\.com"):
        await client.create(INFERENCE_SERVICE, service("not-his"), namespace=cluster.namespace)
    with pytest.raises(errors.AccessDeniedError):
        await own.create(nobody, INFERENCE_SERVICE, namespace=cluster.namespace, manifest=service("not-his"))
    rights = [{"apiGroups": [INFERENCE_SERVICE.group], "resources": ["*"], "verbs": ["create"]}]
    role = {"apiVersion": f"{API}/v1", "kind": "Role", "metadata": {"name": "makers"}, "rules": rights}
    await cluster.client.create(ROLE, role, namespace=cluster.namespace)
    binding = {
        "apiVersion": f"{API}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "makers"},
        "roleRef": {"apiGroup": API, "kind": "Role", "name": "makers"},
        "subjects": [{"apiGroup": API, "kind": "Group", "name": "others"}],
    }
    await cluster.client.create(BINDING, binding, namespace=cluster.namespace)
    # A real API server hears of a binding by its own watch.
    asked = attributes(INFERENCE_SERVICE, "create", namespace=cluster.namespace)
    await until(lambda: access.allows(nobody, asked))
    made = await own.create(nobody, INFERENCE_SERVICE, namespace=cluster.namespace, manifest=service("his"))
    assert made.name == "his"
    with pytest.raises(errors.ForbiddenError):
        await client.delete(INFERENCE_SERVICE, namespace=cluster.namespace, name="his")
