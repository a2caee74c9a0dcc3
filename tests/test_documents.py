"""The documents say what is so: metrics, settings and links that they name are there."""

import re
from pathlib import Path

import pytest

from modelsweb.web import instrumentation

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def test_every_metric_of_the_app_is_documented() -> None:
    names = set(re.findall(r'"(modelsweb_\w+)"', Path(instrumentation.__file__).read_text()))
    told = set(re.findall(r"`(modelsweb_\w+)`", (ROOT / "docs/operations.md").read_text()))
    assert names
    assert {name.removesuffix("_total") for name in told} == names


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(one.relative_to(ROOT)) for one in DOCUMENTS])
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(((?!https?:)[^)#\s]+)(?:#[^)]*)?\)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(one.relative_to(ROOT)) for one in DOCUMENTS])
def test_make_targets_that_are_named_are_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", document.read_text())) <= targets
