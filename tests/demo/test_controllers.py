"""The simulated controllers: what one object does to the others."""

from tests.contract.cluster import contract
from tests.sample_objects import service
from tests.waiting import until

from modelsweb.kinds import INFERENCE_SERVICE


async def test_a_service_that_no_controller_can_handle_leaves_the_others_alone() -> None:
    odd = service("odd")
    odd["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] = "Serverless"
    odd["spec"] = {"predictor": {"containers": [{"name": "kserve-container"}]}}
    async with contract("demo") as cluster:
        await cluster.client.create(INFERENCE_SERVICE, odd, namespace=cluster.namespace)
        await cluster.client.create(INFERENCE_SERVICE, service("iris"), namespace=cluster.namespace)

        async def is_ready() -> bool:
            found = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
            conditions = (found.get("status") or {}).get("conditions") or ()
            return any((one["type"], one["status"]) == ("Ready", "True") for one in conditions)

        await until(is_ready)
