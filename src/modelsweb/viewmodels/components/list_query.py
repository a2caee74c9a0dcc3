"""What of a list is wanted, as it stands in the URL; ``docs/reference/list-query.md`` is the vocabulary.

Kubeflow's dashboard adds stale parameters to the address of the page in its frame, so of each key the first occurrence
counts, several values stand in one key with commas between them, and a filter that was set is cleared by an empty
value, never by leaving its key out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from urllib.parse import quote

from modelsweb.diagnosis.verdict import Status
from modelsweb.viewmodels.components.service_row import FACETS

MAX_ITEMS = 1_000
"""So many services are acted on at once."""
LOAD = "load"
"""Requests and errors, where there is a Prometheus."""
DEFAULT_COLUMNS = ("format", "mode", "replicas", "gpu", LOAD, "traffic", "uri", "age")
COLUMNS = (
    "namespace",
    "format",
    "mode",
    "protocol",
    "replicas",
    "gpu",
    LOAD,
    "traffic",
    "version",
    "owner",
    "uri",
    "url",
    "changed",
    "age",
)
LABEL = "label:"
SORTS = ("status", "why", "name", "namespace", "replicas", "gpu", "changed", "age")
PER_PAGE = (20, 50, 100, 200)
DEFAULT_PER_PAGE = 50
ALIASES = {"fmt": "format", "nsf": "namespace"}
"""What keys were called before: links that were saved still work."""
_MAX_VALUES = 50
_MAX_COLUMNS = 20
_MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """One view of a list. ``columns`` is empty for the usual ones; ``page`` counts from 1; ``given`` are the keys
    that stood in the URL, which ``encode`` must not drop.
    """

    q: str = ""
    status: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    namespace: tuple[str, ...] = ()
    gpu: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    faults: bool = False
    sort: str = "status"
    is_descending: bool = False
    columns: tuple[str, ...] = ()
    page: int = 1
    per: int = DEFAULT_PER_PAGE
    given: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_filtered(self) -> bool:
        """Some filter may hide rows."""
        return bool(self.q or self.faults or any(getattr(self, facet) for facet in FACETS))

    def changed(self, **changes: object) -> "ListQuery":
        """With other values; on the first page unless another is said."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

    def toggled(self, facet: str, value: str) -> "ListQuery":
        """With a value of a facet put in, or out where it is in; on the first page."""
        now: tuple[str, ...] = getattr(self, facet)
        then = tuple(item for item in now if item != value) if value in now else (*now, value)
        return replace(self, **{facet: then, "page": 1})  # type: ignore[arg-type]

    def sorted_by(self, key: str) -> "ListQuery":
        """Sorted by a column; the other way round where it is sorted by that already."""
        return replace(self, sort=key, is_descending=self.sort == key and not self.is_descending, page=1)

    def grouped(self) -> "ListQuery":
        """With rows of one cause together, or no longer."""
        return self.changed(sort="status" if self.sort == "why" else "why", is_descending=False)

    def without_filters(self) -> "ListQuery":
        """All rows, in the same order and columns."""
        return ListQuery(
            sort=self.sort,
            is_descending=self.is_descending,
            columns=self.columns,
            per=self.per,
            given=self.given,
        )

    def with_column(self, column: str, default: tuple[str, ...]) -> "ListQuery":
        """With a column shown, or hidden where it is shown."""
        shown = self.columns or default
        then = tuple(item for item in shown if item != column) if column in shown else (*shown, column)
        order = {name: index for index, name in enumerate(COLUMNS)}
        then = tuple(sorted(then, key=lambda name: order.get(name, len(order))))
        return replace(self, columns=() if then == default else then or ("none",))

    def encode(self) -> str:
        """The canonical query string, without a question mark."""
        return "&".join(
            f"{key}={value if key in FACETS or key == 'cols' else quote(value, safe='')}"
            for key, value in self.pairs().items()
        )

    def pairs(self) -> dict[str, str]:
        """Key and value of everything that differs from the usual, and of what was given."""
        pairs = {
            "q": self.q,
            **{facet: _joined(getattr(self, facet)) for facet in FACETS},
            "faults": "1" if self.faults else "",
            "sort": "" if (self.sort, self.is_descending) == ("status", False) else self._sort(),
            "cols": _joined(self.columns),
            "page": str(self.page) if self.page > 1 else "",
            "per": str(self.per) if self.per != DEFAULT_PER_PAGE else "",
        }
        return {key: value for key, value in pairs.items() if value or key in self.given}

    def _sort(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.sort}"


def parse(pairs: Iterable[tuple[str, str]]) -> ListQuery:
    """The query in a URL's parameters. What makes no sense is passed over: a copied link never fails."""
    found: dict[str, str] = {}
    for key, value in pairs:
        found.setdefault(ALIASES.get(key, key), value[:_MAX_LENGTH])
    sort = found.get("sort", "")
    query = ListQuery(
        q=found.get("q", "").strip(),
        faults=found.get("faults", "") in {"1", "true"},
        page=_number(found.get("page", ""), 1, maximum=100_000),
        columns=_columns(found.get("cols", "")),
        given=tuple(key for key in found if key in _KEYS),
        **{facet: _values(found.get(facet, "")) for facet in FACETS},  # type: ignore[arg-type]
    )
    if sort.removeprefix("-") in SORTS:
        query = replace(query, sort=sort.removeprefix("-"), is_descending=sort.startswith("-"))
    per = _number(found.get("per", ""), DEFAULT_PER_PAGE, maximum=PER_PAGE[-1])
    known = {status.value for status in Status}
    return replace(
        query,
        per=per if per in PER_PAGE else DEFAULT_PER_PAGE,
        status=tuple(value for value in query.status if value in known),
    )


_KEYS = ({item.name for item in fields(ListQuery)} - {"is_descending", "columns", "given"}) | {"cols"}


def _values(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, value.split(","))))[:_MAX_VALUES]


def _columns(value: str) -> tuple[str, ...]:
    if value == "none":
        return ("none",)
    found = (
        name
        for name in _values(value)
        if name in COLUMNS or (name.startswith(LABEL) and len(name) > len(LABEL))
    )
    return tuple(found)[:_MAX_COLUMNS]


def _joined(values: tuple[str, ...]) -> str:
    return ",".join(quote(value, safe=":=/") for value in values)


def _number(value: str, default: int, *, maximum: int) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(maximum)):
        return default
    return min(max(int(value), 1), maximum)
