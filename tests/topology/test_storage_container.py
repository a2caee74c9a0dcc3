"""Which storage container downloads from an address."""

from typing import Any

import pytest
import re2

from modelsweb.objects.obj import Obj
from modelsweb.topology.storage_container import Miss, fitting, tried


def _container(name: str, *formats: dict[str, str], disabled: bool = False, **spec: Any) -> Obj:
    top = {"disabled": True} if disabled else {}
    return Obj({"metadata": {"name": name}, **top, "spec": {"supportedUriFormats": list(formats), **spec}})


HUB = _container("b-hub", {"prefix": "hf://"}, {"regex": "https?://hub[.]example[.]com/(.+)"})
ANY = _container("c-any", {"regex": "https?://(.+)/(.+)"})
OFF = _container("a-off", {"prefix": "hf://"}, disabled=True)
JOB = _container("a-job", {"prefix": "hf://"}, workloadType="localModelDownloadJob")


def _named(uri: str, **asked: Any) -> dict[str, Miss | None]:
    return {one.container.name: one.miss for one in tried((ANY, OFF, HUB, JOB), uri, **asked)}


def test_one_that_fits_and_does_the_work_is_taken() -> None:
    assert _named("hf://a/b") == {
        "a-job": Miss.OTHER_WORK,
        "a-off": Miss.DISABLED,
        "b-hub": None,
        "c-any": Miss.NO_FORMAT,
    }
    assert _named("hf://a/b", work="localModelDownloadJob")["a-job"] is None
    both = _named("https://hub.example.com/m")
    assert (both["b-hub"], both["c-any"]) == (None, None)
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


def test_of_an_entry_with_both_the_prefix_counts() -> None:
    both = _container("x", {"prefix": "gs://", "regex": "https://(.+)"})
    assert fitting(both, "https://a") == ""
    assert fitting(both, "gs://a") == "gs://"


def test_a_pattern_that_is_none_is_told_where_kserve_comes_to_it() -> None:
    broken = _container("x", {"prefix": "hf://"}, {"regex": "("})
    assert tried((broken,), "hf://a")[0].miss is None
    assert tried((broken,), "s3://a")[0].miss is Miss.BROKEN
    with pytest.raises(re2.error):
        fitting(broken, "s3://a")
    assert tried((Obj({"metadata": {"name": "empty"}}),), "hf://x")[0].miss is Miss.NO_FORMAT
