"""RBAC: denials and reviews, the same from both clusters."""

import pytest

from modelsweb import errors
from modelsweb.errors import Attributes
from modelsweb.kinds import INFERENCE_SERVICE, NAMESPACE
from tests.contract.cluster import Cluster, impersonating, let_read
from tests.sample_objects import service


async def test_a_denial_names_user_verb_resource_and_namespace(cluster: Cluster) -> None:
    async with impersonating(cluster, "ana@example.com") as ana:
        with pytest.raises(errors.ForbiddenError) as caught:
            await ana.list_all(INFERENCE_SERVICE, namespace=cluster.namespace)
    assert caught.value.message == (
        'inferenceservices.serving.kserve.io is forbidden: User "ana@example.com" cannot list resource '
        f'"inferenceservices" in API group "serving.kserve.io" in the namespace "{cluster.namespace}"'
    )


async def test_a_denial_in_the_whole_cluster_says_so(cluster: Cluster) -> None:
    async with impersonating(cluster, "ana@example.com") as ana:
        with pytest.raises(errors.ForbiddenError, match="at the cluster scope"):
            await ana.list_all(NAMESPACE)


async def test_a_denied_log_names_the_subresource(cluster: Cluster) -> None:
    async with impersonating(cluster, "ana@example.com") as ana:
        with pytest.raises(errors.ForbiddenError, match='cannot get resource "pods/log"'):
            async with ana.log(namespace=cluster.namespace, pod="x"):
                pass


async def test_a_role_lets_its_user_do_just_that(cluster: Cluster) -> None:
    await let_read(cluster, "bob@example.com", INFERENCE_SERVICE)
    async with impersonating(cluster, "bob@example.com") as bob:
        items, _ = await bob.list_all(INFERENCE_SERVICE, namespace=cluster.namespace)
        assert items == []
        with pytest.raises(errors.ForbiddenError, match="cannot create"):
            await bob.create(INFERENCE_SERVICE, service("no"), namespace=cluster.namespace)


@pytest.mark.parametrize(
    ("verb", "allowed"), [("list", True), ("get", True), ("create", False), ("delete", False)]
)
async def test_a_review_answers_as_the_server_would(cluster: Cluster, verb: str, allowed: bool) -> None:
    await let_read(cluster, "bob@example.com", INFERENCE_SERVICE)
    asked = Attributes(
        verb=verb, group="serving.kserve.io", resource="inferenceservices", namespace=cluster.namespace
    )
    assert await cluster.client.review("bob@example.com", (), attributes=asked) is allowed
    elsewhere = Attributes(
        verb=verb, group="serving.kserve.io", resource="inferenceservices", namespace="elsewhere"
    )
    assert await cluster.client.review("bob@example.com", (), attributes=elsewhere) is False


async def test_an_administrator_may_do_everything(cluster: Cluster) -> None:
    assert await cluster.client.self_review(Attributes(verb="delete", group="", resource="nodes"))
