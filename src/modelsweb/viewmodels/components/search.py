"""The search of a list: words, ``/regex/``, ``key:value``, each negated by a leading ``!``; all must match.

Nothing that is typed raises, and a term that cannot be used is left out and reported, never taken to match nothing.
Regular expressions run on RE2, whose time grows with the text only: a bad pattern cannot hold up the app.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import re2

from modelsweb.text import Text, text

Fields = Mapping[str, Callable[["Row"], str]]
Row = object

_TERM = re.compile(r'!?/(?:\\.|[^/\\])*/|(?:[^\s"]|"[^"]*"?)+')
_KEY = re.compile(r"[a-z][a-z0-9./-]*")
_MAX_TERMS = 20
_MAX_LENGTH = 500
_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20


@dataclass(frozen=True, slots=True)
class Search:
    """A parsed search: what must match, and what is wrong with it."""

    matchers: tuple[Callable[[str, Callable[[str], str | None]], bool], ...]
    problems: tuple[Text, ...]

    def matches(self, haystack: str, field: Callable[[str], str | None]) -> bool:
        """Whether a row fits: ``haystack`` is its folded text, ``field`` gives the folded value of a key."""
        return all(matcher(haystack, field) for matcher in self.matchers)


def fold(value: str) -> str:
    """As it is compared: full-width forms made narrow, without case."""
    return unicodedata.normalize("NFKC", value).casefold()


@lru_cache(maxsize=256)
def parsed(query: str, keys: frozenset[str]) -> Search:
    """Like ``parse``; what many look for is parsed once."""
    return parse(query, keys)


def parse(query: str, keys: frozenset[str]) -> Search:
    """The search for what was typed; ``keys`` are those that ``key:value`` may name."""
    query = unicodedata.normalize("NFKC", query)
    problems: list[Text] = []
    if len(query) > _MAX_LENGTH:
        problems.append(
            text("Only the first {maximum} characters of the search are used.", maximum=_MAX_LENGTH)
        )
        query = query[:_MAX_LENGTH]
    matchers = []
    for term in _TERM.findall(query)[:_MAX_TERMS]:
        wanted = not (term.startswith("!") and len(term) > 1)
        plain = term if wanted else term[1:]
        found = _matcher(plain, keys, problems=problems)
        if found is not None:
            matchers.append(_negated(found, wanted))
    return Search(tuple(matchers), tuple(problems))


_Matcher = Callable[[str, Callable[[str], str | None]], bool]


def _negated(matcher: _Matcher, wanted: bool) -> _Matcher:
    return matcher if wanted else lambda haystack, field: not matcher(haystack, field)


def _matcher(term: str, keys: frozenset[str], *, problems: list[Text]) -> _Matcher | None:
    if len(term) > 1 and term.startswith("/") and term.endswith("/"):
        return _regex(term[1:-1], problems)
    key, colon, value = term.partition(":")
    if colon and key.casefold() in keys:
        wanted, name = fold(value.strip('"')), key.casefold()
        return lambda _, field: wanted in (field(name) or "")
    needle = fold(term.replace('"', ""))
    if colon and _KEY.fullmatch(key) and not value.startswith("//"):
        problems.append(
            text(
                "{key} is not a search key, so {term} is searched for as text or a label. Keys: {keys}",
                key=key,
                term=term,
                keys=", ".join(sorted(keys)),
            )
        )
        label = fold(f"{key}={value}".replace('"', ""))
        return lambda haystack, _: needle in haystack or label in haystack
    return (lambda haystack, _: needle in haystack) if needle else None


def _regex(pattern: str, problems: list[Text]) -> _Matcher | None:
    if not pattern:
        return None
    try:
        compiled = re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        problems.append(
            text(
                "{pattern} is not a valid regular expression and was ignored: {message}",
                pattern=f"/{pattern}/",
                message=said.decode() if isinstance(said, bytes) else str(said),
            )
        )
        return None
    return lambda haystack, _: compiled.search(haystack) is not None
