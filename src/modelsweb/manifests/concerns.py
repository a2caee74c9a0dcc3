"""What the checks find in the documents of a text, each at its line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from modelsweb.manifests.check import Change, Check, Facts, Hit, Level
from modelsweb.manifests.checks import CHECKS
from modelsweb.manifests.document import Document
from modelsweb.manifests.plan import as_new
from modelsweb.manifests.service_document import with_mode
from modelsweb.objects.obj import Obj
from modelsweb.text import Text

_IGNORE = re.compile(r"#\s{0,10}modelsweb:\s{0,10}ignore=([\w,-]{1,400})")
_MAX = 200
_HERE = "here"
_MAX_HITS = 20
"""So many of one check in one document are told; what is looked up for each may be dear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing that a check found in one document of a text. ``number`` counts the documents from 1."""

    check: Check
    hit: Hit
    number: int
    line: int

    @property
    def id(self) -> str:
        """The check."""
        return self.check.id

    @property
    def level(self) -> Level:
        """How bad it is."""
        return self.check.level

    @property
    def text(self) -> Text:
        """What is wrong, for people."""
        return Text(self.check.sentence.message, dict(self.hit.values))

    @property
    def fix(self) -> tuple[Change, ...]:
        """The edits that mend it; none where only its author can."""
        return self.hit.fix


def will_not_work(found: Iterable[Concern]) -> bool:
    """Something of it will be refused, or be accepted and not work: nobody should send it unasked."""
    return any(one.level <= Level.BROKEN for one in found)


def concerns(source: str, documents: Iterable[Document], *, facts: Facts) -> tuple[Concern, ...]:
    """All that is found, the worst first, less what a comment of the text silences
    (``# modelsweb: ignore=some-check,another``)."""
    silenced = {name for found in _IGNORE.findall(source) for name in found.split(",")}
    given = [
        (number, replace(document, value=_sent(document.value)))
        for number, document in enumerate(documents, start=1)
    ]
    objects = tuple(Obj(document.value) for _, document in given if isinstance(document.value, dict))
    known = replace(facts, documents=objects, runtimes=_runtimes(facts, objects))
    found = [
        concern
        for number, document in given
        if isinstance(document.value, dict)
        for seen in (with_mode(Obj(document.value), known),)
        for check in CHECKS
        if check.id not in silenced and document.value.get("kind") in check.kinds
        for concern in _of(check, document, seen=seen, facts=known, number=number)
    ]
    return tuple(sorted(found, key=lambda one: (one.level, one.number, one.line)))[:_MAX]


def _sent(value: Any) -> Any:
    """What of a document would be sent: what the cluster wrote into it is left out."""
    return as_new(value)[0] if isinstance(value, dict) and isinstance(value.get("metadata"), dict) else value


def _runtimes(facts: Facts, objects: Iterable[Obj]) -> tuple[Obj, ...] | None:
    """Those of the cluster, and those that the text describes, which take the place of the namespace's own."""
    if facts.runtimes is None:
        return None
    own = [one for one in objects if one.kind == "ServingRuntime"]
    names = {one.name for one in own}
    here = tuple(
        Obj({**one.raw, "metadata": {**one.mapping("metadata"), "namespace": facts.namespace or _HERE}})
        for one in own
    )
    return (*here, *(one for one in facts.runtimes if not (one.namespace and one.name in names)))


def _of(check: Check, document: Document, *, seen: Obj, facts: Facts, number: int) -> list[Concern]:
    try:
        hits = list(islice(check.look(seen, facts), _MAX_HITS))
    except (AttributeError, TypeError, ValueError):
        # A list where a word belongs, a word where a list belongs: the server names that, and no check can read on.
        return []
    return [Concern(check=check, hit=hit, number=number, line=_line(document, hit)) for hit in hits]


def _line(document: Document, hit: Hit) -> int:
    place = document.position(hit.field)
    return place.line if place is not None else document.line
