"""The kubectl lines: they run as they stand in bash, whatever stands in a name or a value."""

import json
import shlex

import pytest

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.viewmodels.components import kubectl

NAME = "inferenceservices.serving.kserve.io"


def test_each_line_names_namespace_kind_and_object() -> None:
    assert kubectl.delete(INFERENCE_SERVICE, "team", name="one") == (
        f"kubectl -n team delete {NAME} one --cascade=foreground"
    )
    assert kubectl.stop(INFERENCE_SERVICE, "team", name="one", is_stopped=True) == (
        f"kubectl -n team annotate {NAME} one serving.kserve.io/stop=true --overwrite"
    )
    assert kubectl.stop(INFERENCE_SERVICE, "team", name="one", is_stopped=False) == (
        f"kubectl -n team annotate {NAME} one serving.kserve.io/stop-"
    )
    assert kubectl.create("team") == "kubectl -n team create -f FILE.yaml"


@pytest.mark.parametrize("value", ["x", "it's", "$(rm)", "`x`", "a\nb", None, ["a"], {"b": 1}, 3])
def test_a_value_is_text_for_the_shell(value: object) -> None:
    changes = [(("spec", "predictor", "a"), value), (("spec", "b"), 1)]
    words = shlex.split(kubectl.patch(INFERENCE_SERVICE, "team", name="one", changes=changes))
    assert words[:6] == ["kubectl", "-n", "team", "patch", NAME, "one"]
    assert json.loads(words[-1]) == {"spec": {"predictor": {"a": value}, "b": 1}}
