"""Which storage container downloads from an address."""

from typing import Any

import pytest

from modelsweb.objects.obj import Obj
from modelsweb.topology.storage_container import Miss, fitting, tried


def _container(name: str, *formats: dict[str, str], disabled: bool = False, **spec: Any) -> Obj:
    top = {"disabled": True} if disabled else {}
    return Obj({"metadata": {"name": name}, **top, "spec": {"supportedUriFormats": list(formats), **spec}})


HUB = _container("b-hub", {"prefix": "hf://"}, {"regex": "https?://hub[.]example[.]com/(.+)"})
ANY = _container("c-any", {"regex": "https?://(.+)/(.+)"}, {"prefix": "hf://"})
OFF = _container("a-off", {"prefix": "hf://"}, disabled=True)
JOB = _container("a-job", {"prefix": "hf://"}, workloadType="localModelDownloadJob")


def _named(uri: str, **asked: Any) -> dict[str, Miss | None]:
    return {one.container.name: one.miss for one in tried((ANY, OFF, HUB, JOB), uri, **asked)}


def test_the_first_by_name_that_fits_and_does_the_work_is_taken() -> None:
    assert _named("hf://a/b") == {
        "a-job": Miss.OTHER_WORK,
        "a-off": Miss.DISABLED,
        "b-hub": None,
        "c-any": Miss.LATER,
    }
    assert _named("hf://a/b", work="localModelDownloadJob")["a-job"] is None
    assert _named("https://files.example.com/m")["c-any"] is None
    assert set(_named("s3://a/b").values()) == {Miss.OTHER_WORK, Miss.DISABLED, Miss.NO_FORMAT}


@pytest.mark.parametrize(
    ("uri", "fits"),
    [
        ("hf://x", "hf://"),
        ("https://hub.example.com/x", "https?://hub[.]example[.]com/(.+)"),
        ("see https://hub.example.com/x", "https?://hub[.]example[.]com/(.+)"),  # a pattern fits anywhere
        ("", ""),
        ("HF://x", ""),
    ],
)
def test_prefixes_begin_an_address_and_patterns_are_found_in_it(uri: str, fits: str) -> None:
    assert fitting(HUB, uri) == fits


def test_a_pattern_that_is_none_fits_nothing() -> None:
    assert fitting(_container("x", {"regex": "("}, {"regex": "(?=a)"}), "a") == ""
    assert tried((Obj({"metadata": {"name": "empty"}}),), "hf://x")[0].miss is Miss.NO_FORMAT
