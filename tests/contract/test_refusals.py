"""What an API server objects to, read back to the fields: each of them is found, until it takes the object."""

from typing import Any

import pytest

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.manifests import refusal
from modelsweb.manifests.refusal import Objection
from tests.contract.cluster import Cluster

WRONG: dict[str, Any] = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "wrong", "annotations": {"a.b/on": False, "a.b/n": 10, "a.b/text": "10"}},
    "spec": {
        "predictor": {
            "minReplicas": "two",
            "podSpec": {"serviceAccountName": "x"},
            "containers": [
                {"name": "kserve-container", "image": "x", "env": [{"name": "A", "value": "1"}]},
                {
                    "name": "other",
                    "image": "x",
                    "env": [{"name": "B", "value": 8080}, {"name": "C", "value": True}],
                },
            ],
        }
    },
}
EXPECTED = {
    "metadata.annotations.a.b/on": Objection.WANTS_TEXT,
    "metadata.annotations.a.b/n": Objection.WANTS_TEXT,
    "spec.predictor.podSpec": Objection.UNKNOWN,
    "spec.predictor.containers[1].env[0].value": Objection.WANTS_TEXT,
    "spec.predictor.containers[1].env[1].value": Objection.WANTS_TEXT,
    "spec.predictor.minReplicas": Objection.WRONG_TYPE,
}


async def test_every_field_that_is_objected_to_is_found(cluster: Cluster) -> None:
    rest = WRONG
    found: dict[str, Objection] = {}
    for _ in range(5):
        try:
            await cluster.client.create(
                INFERENCE_SERVICE, rest, namespace=cluster.namespace, dry_run=True, strict=True
            )
        except errors.ModelswebError as error:
            named = refusal.complaints(error.message, error.causes, manifest=rest)
            found |= {one.field: one.objection for one in named}
            rest = refusal.without(rest, named)
        else:
            break
    assert found == EXPECTED


DENIED = 'admission webhook "inferenceservice.kserve-webhook-server.defaulter" denied the request: json: cannot unmarshal'
OF_CONTAINERS = (
    f"{DENIED} number into Go struct field EnvVar.spec.predictor.containers.env.value of type string"
)
EMBEDDED = "PredictorSpec.spec.predictor.ComponentExtensionSpec.minReplicas"


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        (
            OF_CONTAINERS,
            ["spec.predictor.containers[1].env[0].value", "spec.predictor.containers[1].env[1].value"],
        ),
        (
            f"json: cannot unmarshal string into Go struct field {EMBEDDED} of type int32",
            ["spec.predictor.minReplicas"],
        ),
        ('strict decoding error: unknown field "spec.predictor.podSpec"', ["spec.predictor.podSpec"]),
        ('strict decoding error: unknown field "spec.elsewhere"', []),
        ("MinReplicas cannot be greater than MaxReplicas.", []),
    ],
)
def test_what_webhooks_say_is_read_too(message: str, fields: list[str]) -> None:
    """The words are those of data/recordings/webhook-denials."""
    assert [one.field for one in refusal.complaints(message, (), manifest=WRONG)] == fields


@pytest.mark.parametrize(
    "message",
    [
        "cannot unmarshal object into Go struct field X.Y of type z",
        "cannot unmarshal object into Go struct field X.metadata of type int",
        "cannot unmarshal string into Go struct field ObjectMeta.name of type int",
        'unknown field "metadata"',
        'unknown field "kind"',
    ],
)
def test_what_a_message_quotes_of_the_user_takes_nothing_of_the_object_away(message: str) -> None:
    assert refusal.complaints(message, (), manifest=WRONG) == []


def test_so_many_are_named_and_no_more() -> None:
    env = [{"name": f"A{number}", "value": number} for number in range(6_000)]
    many = {"spec": {"predictor": {"containers": [{"env": env}]}}}
    found = refusal.complaints(OF_CONTAINERS, (), manifest=many)
    assert len(found) == 50
    assert refusal.without(many, found)["spec"]["predictor"]["containers"][0]["env"][49]["value"] == "49"
