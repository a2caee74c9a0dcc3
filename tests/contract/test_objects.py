"""Create, read, change and delete: the same answers from both clusters."""

import pytest

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE, NAMESPACE, POD
from modelsweb.kube.client import PatchType, Propagation
from tests.contract.cluster import Cluster
from tests.sample_objects import CONFIG_MAP, config_map, pod, service
from tests.waiting import until


async def test_a_created_object_has_the_servers_metadata(cluster: Cluster) -> None:
    created = await cluster.client.create(INFERENCE_SERVICE, service("iris"), namespace=cluster.namespace)
    metadata = created["metadata"]
    assert metadata["namespace"] == cluster.namespace
    assert metadata["generation"] == 1
    assert {"uid", "resourceVersion", "creationTimestamp", "managedFields"} <= metadata.keys()


async def test_the_same_name_again_is_refused(cluster: Cluster) -> None:
    await cluster.client.create(CONFIG_MAP, config_map("twice"), namespace=cluster.namespace)
    with pytest.raises(errors.AlreadyExistsError, match='configmaps "twice" already exists'):
        await cluster.client.create(CONFIG_MAP, config_map("twice"), namespace=cluster.namespace)


async def test_a_version_cannot_be_given_to_what_is_new(cluster: Cluster) -> None:
    body = config_map("copied")
    body["metadata"]["resourceVersion"] = "4711"
    with pytest.raises(
        errors.ModelswebError, match="resourceVersion should not be set on objects to be created"
    ):
        await cluster.client.create(CONFIG_MAP, body, namespace=cluster.namespace)


async def test_generate_name_makes_a_name(cluster: Cluster) -> None:
    body = config_map("unused")
    body["metadata"] = {"generateName": "made-"}
    created = await cluster.client.create(CONFIG_MAP, body, namespace=cluster.namespace)
    assert created["metadata"]["name"].startswith("made-")
    assert len(created["metadata"]["name"]) == len("made-") + 5


async def test_a_missing_object_is_not_found(cluster: Cluster) -> None:
    with pytest.raises(
        errors.NotFoundError, match=r'inferenceservices\.serving\.kserve\.io "nobody" not found'
    ):
        await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="nobody")


async def test_a_namespace_that_is_not_there_is_named(cluster: Cluster) -> None:
    with pytest.raises(errors.NotFoundError, match='namespaces "nowhere" not found'):
        await cluster.client.create(CONFIG_MAP, config_map("lost"), namespace="nowhere")


async def test_a_bad_name_names_the_field(cluster: Cluster) -> None:
    with pytest.raises(errors.InvalidError) as caught:
        await cluster.client.create(CONFIG_MAP, config_map("Bad_Name"), namespace=cluster.namespace)
    assert [cause.field for cause in caught.value.causes] == ["metadata.name"]


async def test_an_unknown_field_is_refused_when_strict(cluster: Cluster) -> None:
    body = service("typo", minReplica=3)
    with pytest.raises(errors.BadRequestError, match=r'unknown field "spec\.predictor\.minReplica"'):
        await cluster.client.create(INFERENCE_SERVICE, body, namespace=cluster.namespace, strict=True)


async def test_an_unknown_field_is_dropped_when_not_strict(cluster: Cluster) -> None:
    body = service("typo", minReplica=3)
    created = await cluster.client.create(INFERENCE_SERVICE, body, namespace=cluster.namespace)
    assert "minReplica" not in created["spec"]["predictor"]


async def test_a_value_outside_the_schema_names_the_field(cluster: Cluster) -> None:
    body = service("metric", scaleMetric="gpu")
    with pytest.raises(errors.InvalidError) as caught:
        await cluster.client.create(INFERENCE_SERVICE, body, namespace=cluster.namespace)
    (cause,) = caught.value.causes
    assert cause.field == "spec.predictor.scaleMetric"
    assert 'Unsupported value: "gpu": supported values: "cpu", "memory"' in cause.message


async def test_a_container_without_an_image_names_the_field(cluster: Cluster) -> None:
    body = pod("imageless")
    del body["spec"]["containers"][0]["image"]
    with pytest.raises(errors.InvalidError) as caught:
        await cluster.client.create(POD, body, namespace=cluster.namespace)
    assert [cause.field for cause in caught.value.causes] == ["spec.containers[0].image"]
    assert "Required value" in caught.value.causes[0].message


async def test_dry_run_leaves_nothing_behind(cluster: Cluster) -> None:
    created = await cluster.client.create(
        CONFIG_MAP, config_map("trial"), namespace=cluster.namespace, dry_run=True
    )
    assert created["metadata"]["name"] == "trial"
    with pytest.raises(errors.NotFoundError):
        await cluster.client.get(CONFIG_MAP, namespace=cluster.namespace, name="trial")
    await cluster.client.create(CONFIG_MAP, config_map("kept"), namespace=cluster.namespace)
    for propagation in (None, Propagation.FOREGROUND):
        await cluster.client.delete(
            CONFIG_MAP, namespace=cluster.namespace, name="kept", propagation=propagation, dry_run=True
        )
        kept = await cluster.client.get(CONFIG_MAP, namespace=cluster.namespace, name="kept")
        assert "deletionTimestamp" not in kept["metadata"]


async def test_replacing_an_old_version_conflicts(cluster: Cluster) -> None:
    first = await cluster.client.create(CONFIG_MAP, config_map("shared"), namespace=cluster.namespace)
    changed = {**first, "data": {"key": "theirs"}}
    await cluster.client.replace(CONFIG_MAP, changed, namespace=cluster.namespace, name="shared")
    with pytest.raises(errors.ConflictError, match="the object has been modified"):
        await cluster.client.replace(CONFIG_MAP, first, namespace=cluster.namespace, name="shared")


async def test_writing_what_is_there_spends_no_version(cluster: Cluster) -> None:
    first = await cluster.client.create(CONFIG_MAP, config_map("same"), namespace=cluster.namespace)
    again = await cluster.client.patch(
        CONFIG_MAP, {"data": {"key": "value"}}, namespace=cluster.namespace, name="same"
    )
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_merge_patch_removes_with_null(cluster: Cluster) -> None:
    await cluster.client.create(CONFIG_MAP, config_map("merge"), namespace=cluster.namespace)
    change = {"data": {"key": None, "other": "1"}}
    patched = await cluster.client.patch(CONFIG_MAP, change, namespace=cluster.namespace, name="merge")
    assert patched["data"] == {"other": "1"}


async def test_a_merge_patch_with_another_uid_is_refused(cluster: Cluster) -> None:
    await cluster.client.create(CONFIG_MAP, config_map("mine"), namespace=cluster.namespace)
    change = {"metadata": {"uid": "11111111-1111-1111-1111-111111111111"}, "data": {"other": "1"}}
    with pytest.raises(errors.InvalidError) as refused:
        await cluster.client.patch(CONFIG_MAP, change, namespace=cluster.namespace, name="mine")
    assert [cause.field for cause in refused.value.causes] == ["metadata.uid"]
    body = {**config_map("mine"), "metadata": {"name": "mine", **change["metadata"]}}
    with pytest.raises(errors.ConflictError):
        await cluster.client.replace(CONFIG_MAP, body, namespace=cluster.namespace, name="mine")
    stored = await cluster.client.get(CONFIG_MAP, namespace=cluster.namespace, name="mine")
    assert stored["data"] == {"key": "value"}


async def test_a_json_patch_tests_and_replaces(cluster: Cluster) -> None:
    await cluster.client.create(CONFIG_MAP, config_map("json"), namespace=cluster.namespace)
    operations = [
        {"op": "test", "path": "/data/key", "value": "value"},
        {"op": "replace", "path": "/data/key", "value": "new"},
    ]
    patched = await cluster.client.patch(
        CONFIG_MAP, operations, namespace=cluster.namespace, name="json", patch_type=PatchType.JSON
    )
    assert patched["data"] == {"key": "new"}
    with pytest.raises(errors.InvalidError):
        await cluster.client.patch(
            CONFIG_MAP, operations, namespace=cluster.namespace, name="json", patch_type=PatchType.JSON
        )


async def test_apply_creates_then_changes_and_removes_its_own_fields(cluster: Cluster) -> None:
    async def apply(data: dict[str, str]) -> dict[str, str]:
        body = {**config_map("applied"), "data": data}
        applied = await cluster.client.patch(
            CONFIG_MAP,
            body,
            namespace=cluster.namespace,
            name="applied",
            patch_type=PatchType.APPLY,
            field_manager="one",
        )
        found: dict[str, str] = applied["data"]
        return found

    assert await apply({"a": "1", "b": "1"}) == {"a": "1", "b": "1"}
    assert await apply({"a": "2"}) == {"a": "2"}


async def test_apply_conflicts_with_another_managers_value(cluster: Cluster) -> None:
    async def apply(manager: str, value: str, *, force: bool = False) -> dict[str, str]:
        body = {**config_map("contested"), "data": {"key": value}}
        applied = await cluster.client.patch(
            CONFIG_MAP,
            body,
            namespace=cluster.namespace,
            name="contested",
            patch_type=PatchType.APPLY,
            field_manager=manager,
            force=force,
        )
        found: dict[str, str] = applied["data"]
        return found

    await apply("one", "1")
    with pytest.raises(errors.ConflictError, match="Apply failed with 1 conflict") as caught:
        await apply("two", "2")
    assert [(cause.field, cause.reason) for cause in caught.value.causes] == [
        (".data.key", "FieldManagerConflict")
    ]
    assert await apply("two", "2", force=True) == {"key": "2"}


async def test_status_is_written_through_its_subresource_only(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    body = {**service("status"), "status": {"url": "http://mine"}}
    created = await client.create(INFERENCE_SERVICE, body, namespace=namespace)
    assert (created.get("status") or {}).get("url") != "http://mine"
    change = {"status": {"url": "http://theirs"}, "spec": {"predictor": {"minReplicas": 7}}}
    patched = await client.patch(
        INFERENCE_SERVICE, change, namespace=namespace, name="status", subresource="status"
    )
    assert patched["status"]["url"] == "http://theirs"
    assert patched["spec"]["predictor"]["minReplicas"] == 1
    assert patched["metadata"]["generation"] == 1


async def test_generation_grows_with_the_spec(cluster: Cluster) -> None:
    await cluster.client.create(INFERENCE_SERVICE, service("grown"), namespace=cluster.namespace)
    change = {"spec": {"predictor": {"minReplicas": 2}}}
    patched = await cluster.client.patch(INFERENCE_SERVICE, change, namespace=cluster.namespace, name="grown")
    assert patched["metadata"]["generation"] == 2


async def test_a_finalizer_holds_a_deleted_object(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    await client.create(CONFIG_MAP, config_map("held", finalizers=["example.com/hold"]), namespace=namespace)
    held = await client.delete(CONFIG_MAP, namespace=namespace, name="held")
    assert held["metadata"]["deletionTimestamp"]
    await client.patch(CONFIG_MAP, {"metadata": {"finalizers": None}}, namespace=namespace, name="held")
    with pytest.raises(errors.NotFoundError):
        await client.get(CONFIG_MAP, namespace=namespace, name="held")


async def test_deleting_another_uid_conflicts(cluster: Cluster) -> None:
    await cluster.client.create(CONFIG_MAP, config_map("mine"), namespace=cluster.namespace)
    with pytest.raises(errors.ConflictError, match="the UID in the precondition"):
        await cluster.client.delete(CONFIG_MAP, namespace=cluster.namespace, name="mine", uid="another")


async def _owned_pair(cluster: Cluster) -> None:
    owner = await cluster.client.create(CONFIG_MAP, config_map("owner"), namespace=cluster.namespace)
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": "owner",
        "uid": owner["metadata"]["uid"],
        "blockOwnerDeletion": True,
    }
    owned = config_map("owned", ownerReferences=[reference], finalizers=["example.com/hold"])
    await cluster.client.create(CONFIG_MAP, owned, namespace=cluster.namespace)


async def _is_there(cluster: Cluster, name: str) -> bool:
    try:
        await cluster.client.get(CONFIG_MAP, namespace=cluster.namespace, name=name)
    except errors.NotFoundError:
        return False
    return True


async def _being_deleted(cluster: Cluster, name: str) -> bool:
    found = await cluster.client.get(CONFIG_MAP, namespace=cluster.namespace, name=name)
    return "deletionTimestamp" in found["metadata"]


async def _release(cluster: Cluster, name: str) -> None:
    change = {"metadata": {"finalizers": None}}
    await cluster.client.patch(CONFIG_MAP, change, namespace=cluster.namespace, name=name)


async def test_foreground_deletion_waits_for_the_dependants(cluster: Cluster) -> None:
    await _owned_pair(cluster)
    answer = await cluster.client.delete(
        CONFIG_MAP, namespace=cluster.namespace, name="owner", propagation=Propagation.FOREGROUND
    )
    assert answer["metadata"]["finalizers"] == ["foregroundDeletion"]
    await until(lambda: _being_deleted(cluster, "owned"))
    assert await _is_there(cluster, "owner")
    await _release(cluster, "owned")

    async def gone() -> bool:
        return not await _is_there(cluster, "owner")

    await until(gone)
    assert not await _is_there(cluster, "owned")


async def test_background_deletion_does_not_wait(cluster: Cluster) -> None:
    await _owned_pair(cluster)
    await cluster.client.delete(
        CONFIG_MAP, namespace=cluster.namespace, name="owner", propagation=Propagation.BACKGROUND
    )
    assert not await _is_there(cluster, "owner")
    await until(lambda: _being_deleted(cluster, "owned"))
    await _release(cluster, "owned")


async def test_orphaning_leaves_the_dependants(cluster: Cluster) -> None:
    await _owned_pair(cluster)
    await cluster.client.delete(
        CONFIG_MAP, namespace=cluster.namespace, name="owner", propagation=Propagation.ORPHAN
    )

    async def orphaned() -> bool:
        owned = await cluster.client.get(CONFIG_MAP, namespace=cluster.namespace, name="owned")
        return not owned["metadata"].get("ownerReferences")

    await until(orphaned)
    assert not await _being_deleted(cluster, "owned")
    await _release(cluster, "owned")


async def test_an_inference_service_becomes_ready_and_goes_with_all_it_owns(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    await client.create(INFERENCE_SERVICE, service("whole"), namespace=namespace)

    async def ready() -> bool:
        found = await client.get(INFERENCE_SERVICE, namespace=namespace, name="whole")
        conditions = {c["type"]: c["status"] for c in (found.get("status") or {}).get("conditions") or ()}
        return conditions.get("Ready") == "True"

    await until(ready)
    answer = await client.delete(
        INFERENCE_SERVICE, namespace=namespace, name="whole", propagation=Propagation.FOREGROUND
    )
    assert "foregroundDeletion" in answer["metadata"]["finalizers"]

    async def gone() -> bool:
        items, _ = await client.list_all(INFERENCE_SERVICE, namespace=namespace)
        return not items

    await until(gone)


async def test_namespaces_are_listed(cluster: Cluster) -> None:
    items, _ = await cluster.client.list_all(NAMESPACE)
    assert any(f'"{cluster.namespace}"'.encode() in bytes(item) for item in items)
