"""Paths of kinds."""

import pytest

from modelsweb.errors import NotFoundError
from modelsweb.kinds import INFERENCE_SERVICE


def test_a_name_is_one_segment() -> None:
    path = INFERENCE_SERVICE.path("team-risk", "a?b#c")
    assert path == "/apis/serving.kserve.io/v1beta1/namespaces/team-risk/inferenceservices/a%3Fb%23c"


@pytest.mark.parametrize("name", [".", "..", "a/b", "..%2Fother"])
def test_a_name_never_leads_elsewhere(name: str) -> None:
    with pytest.raises(NotFoundError):
        INFERENCE_SERVICE.path("team-risk", name)
    with pytest.raises(NotFoundError):
        INFERENCE_SERVICE.path(name)
