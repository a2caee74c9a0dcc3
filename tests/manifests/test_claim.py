"""A text that makes the volume claim of a model."""

import pytest
import yaml

from modelsweb.errors import Code
from modelsweb.manifests.check import Facts
from modelsweb.manifests.claim import NewClaim, claim_known, claim_of, with_claim
from modelsweb.manifests.credentials import Known
from modelsweb.manifests.form_field import BadValueError
from modelsweb.objects.obj import Obj

SERVICE = "kind: InferenceService\nspec:\n  predictor:\n    model: {storageUri: pvc://models/a/b}\n"
CLAIM = Obj({"kind": "PersistentVolumeClaim", "metadata": {"name": "models"}})


@pytest.mark.parametrize("before", ["", "---\n", "\n--- # first\n"])
def test_a_claim_comes_before_what_uses_it(before: str) -> None:
    wanted = NewClaim(size="20Gi", access_mode="ReadOnlyMany", storage_class="fast")
    done = with_claim(before + SERVICE, "models", claim=wanted)
    assert done.endswith(SERVICE)
    claim, service = yaml.safe_load_all(done)
    assert claim == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "models"},
        "spec": {
            "accessModes": ["ReadOnlyMany"],
            "storageClassName": "fast",
            "resources": {"requests": {"storage": "20Gi"}},
        },
    }
    assert claim_of(Obj(service)) == "models"


def test_the_default_class_is_left_out() -> None:
    assert "storageClassName" not in with_claim(SERVICE, "models", claim=NewClaim(size="1Ti"))


@pytest.mark.parametrize(
    ("name", "claim", "code"),
    [
        ("models", NewClaim(), Code.VALUE_MISSING),
        ("models", NewClaim(size="20GB"), Code.NOT_A_QUANTITY),
        ("models", NewClaim(size="1Gi", access_mode="Any"), Code.VALUE_MISSING),
        ("models", NewClaim(size="1Gi", storage_class="a b"), Code.NOT_ONE_WORD),
        ("../x", NewClaim(size="1Gi"), Code.NOT_A_NAME),
    ],
)
def test_what_makes_no_claim_is_refused(name: str, claim: NewClaim, code: Code) -> None:
    with pytest.raises(BadValueError) as caught:
        with_claim(SERVICE, name, claim=claim)
    assert caught.value.problem.code is code


def test_how_sure_it_is() -> None:
    assert claim_known("models", Facts()) is Known.NOT_CHECKED
    assert claim_known("models", Facts(claims=())) is Known.MISSING
    assert claim_known("models", Facts(claims=(CLAIM,))) is Known.THERE
    assert claim_known("models", Facts(claims=(), documents=(CLAIM,))) is Known.NEW
