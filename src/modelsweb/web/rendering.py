"""Templates, translation, and the few places where text becomes HTML.

Sentences are translated whole; the values in them are quoted from the cluster, so they are escaped and, in HTML, set
as code that no browser translates. This is the only module that may mark text as safe.
"""

import gettext
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import jinja2
import jinja2.nodes
from markupsafe import Markup, escape

from modelsweb import __version__
from modelsweb.diagnosis.verdict import Status
from modelsweb.text import Text
from modelsweb.viewmodels.components.words import STATE_WORDS, STATUS_WORDS
from modelsweb.web.site import Language, RequestContext, Site

_INDENT = re.compile(r"\n[ \t]+")
_MAX_SENTENCES = 4_096
_LOCALES = {Language.CHINESE: "zh_Hans"}


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is drawn: PatternFly's modifier, our icon, and whether it is filled, outlined or quiet in a table."""

    modifier: str
    icon: str
    weight: str


LOOKS = {
    Status.FAILED: StatusLook("pf-m-danger", "failed", "filled"),
    Status.DEGRADED: StatusLook("pf-m-warning", "degraded", "filled"),
    Status.QUEUED: StatusLook("pf-m-info", "queued", "outline"),
    Status.STARTING: StatusLook("pf-m-blue", "starting", "outline"),
    Status.UPDATING: StatusLook("pf-m-blue", "updating", "outline"),
    Status.STOPPING: StatusLook("", "stopped", "outline"),
    Status.DELETING: StatusLook("", "deleting", "outline"),
    Status.UNKNOWN: StatusLook("", "unknown", "outline"),
    Status.SCALED_TO_ZERO: StatusLook("", "zero", "quiet"),
    Status.STOPPED: StatusLook("", "stopped", "quiet"),
    Status.READY: StatusLook("pf-m-success", "ready", "quiet"),
}


class Translator:
    """The catalogue in one language."""

    def __init__(self, language: Language) -> None:
        self._catalogue: gettext.NullTranslations = gettext.NullTranslations()
        if name := _LOCALES.get(language):
            place = resources.files("modelsweb.web").joinpath("locale", name, "LC_MESSAGES", "modelsweb.mo")
            with place.open("rb") as file:
                self._catalogue = gettext.GNUTranslations(file)
        # A page asks for some hundred of the same few.
        self._escaped = lru_cache(_MAX_SENTENCES)(lambda message: escape(self._catalogue.gettext(message)))

    def html(self, message: str, /, **values: Any) -> Markup:
        """The translated sentence; values are escaped, those that are markup already are not."""
        return self._escaped(message).format(**values)

    def plural(self, one: str, many: str, number: int, /, **values: Any) -> Markup:
        """Like ``html``, with the form that fits the number, which is called ``n`` in the sentence."""
        return escape(self._catalogue.ngettext(one, many, number)).format(n=number, **values)

    def say(self, sentence: Text | None) -> Markup:
        """A sentence from a view model, its values set as code."""
        if sentence is None:
            return Markup("")
        return self.html(
            sentence.message, **{name: _quoted(name, value) for name, value in sentence.values.items()}
        )

    def plain(self, sentence: Text | None) -> str:
        """A sentence without markup, for titles, labels and JSON."""
        if sentence is None:
            return ""
        return self._catalogue.gettext(sentence.message).format(**sentence.values)


def _quoted(name: str, value: str | int) -> Markup | int:
    if isinstance(value, int):
        return value
    if name == "message":  # what a program said: a page may set it apart from our own words
        return Markup('<code class="mw-said" translate="no" lang="">{}</code>').format(value)
    return Markup('<code translate="no" lang="">{}</code>').format(value)


@cache
def translator(language: Language) -> Translator:
    """The translator of a language, loaded once."""
    return Translator(language)


class _Loader(jinja2.PackageLoader):
    """Templates without their indentation, which each page and each row of a list would carry to each viewer."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        source, path, is_current = super().get_source(environment, template)
        return _INDENT.sub("\n ", source), path, is_current  # a space that is meant may be all of it


@cache
def _environment() -> jinja2.Environment:
    """All templates, compiled: at the start, and not by whoever opens the first page. Apps of one process share them."""
    environment = jinja2.Environment(
        loader=_Loader("modelsweb.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else each include of each page looks at its file
    )
    environment.globals |= {
        "assets": _assets(),
        "looks": LOOKS,
        "status_words": STATUS_WORDS,
        "state_words": STATE_WORDS,
        "version": __version__,
        "Language": Language,
    }
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)
    return environment


class Renderer:
    """Renders whole pages and their fragments."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], jinja2.Template] = {}
        self._environment = _environment()

    def page(self, context: RequestContext, template: str, **values: Any) -> str:
        """A whole page. ``fragment(name)`` in it gives a block that ``state`` holds already rendered."""
        names = {**self._context(context.site, context.language, values=values), "context": context}
        if (state := values.get("state")) is not None:
            names["fragment"] = lambda name: Markup(state.fragments[name])  # noqa: S704 - rendered by us
            names["live_rows"] = Markup("\n".join(state.rows.values()))  # noqa: S704 - rendered by us
        return self._environment.get_template(template).render(names)

    def fragments(
        self, site: Site, language: Language, *, template: str, names: tuple[str, ...], **values: Any
    ) -> dict[str, str]:
        """Blocks of a page's template, by name; the same for all who read the language."""
        values = self._context(site, language, values=values)
        found = {}
        for name in names:
            owner = self._owner(template, name)
            found[name] = _compact("".join(owner.blocks[name](owner.new_context(values))).strip())
        return found

    def _owner(self, template: str, block: str) -> jinja2.Template:
        """The template, or the nearest one that it extends, which has the block."""
        if (known := self._owners.get((template, block))) is not None:
            return known
        loaded = self._environment.get_template(template)
        if block in loaded.blocks:
            self._owners[template, block] = loaded
            return loaded
        assert self._environment.loader is not None
        source, _, _ = self._environment.loader.get_source(self._environment, template)
        parents = self._environment.parse(source).find_all(jinja2.nodes.Extends)
        parent = next((node.template.as_const() for node in parents), None)
        if parent is None:
            raise KeyError(f"no block {block!r} in {template}")
        owner = self._owners[template, block] = self._owner(parent, block)
        return owner

    @staticmethod
    def _context(site: Site, language: Language, *, values: dict[str, Any]) -> dict[str, Any]:
        words = translator(language)
        return {
            **values,
            "urls": site.urls,
            "t": words.html,
            "tn": words.plural,
            "say": words.say,
            "plain": words.plain,
        }

    def templates(self) -> list[str]:
        """The names of all templates."""
        return self._environment.list_templates(extensions=["html"])


def _compact(html: str) -> str:
    """Without the line breaks between tags: a quarter of a table's nodes. Where a space is meant it stands on the line.

    What users wrote stands between tags too, so this takes no more time than the text is long, whatever it holds.
    """
    lines = html.split("\n")
    kept = [lines[0]]
    gap = 0
    for line in lines[1:]:
        if not line.strip():
            gap += 1
            continue
        if line.lstrip().startswith("<") and kept[-1].rstrip().endswith(">"):
            kept[-1] = kept[-1].rstrip()
            kept.append(line.lstrip())
        else:
            kept.append("\n" * (gap + 1) + line)
        gap = 0
    return "".join(kept)


def _assets() -> dict[str, str]:
    """The built files by the name of their source, from Vite's manifest: entries, their styles, chunks and fonts."""
    manifest = resources.files("modelsweb.web").joinpath("static", "dist", "manifest.json")
    entries = json.loads(manifest.read_text())
    assets: dict[str, str] = {}
    for source, entry in entries.items():
        if source.endswith((".woff2", ".ts")) and not entry.get("isEntry"):
            assets[source.rpartition("/")[2]] = entry["file"]
        if entry.get("isEntry"):
            assets[f"{entry['name']}.js"] = entry["file"]
            for index, style in enumerate(entry.get("css") or ()):
                assets[f"{entry['name']}.css" if index == 0 else f"{entry['name']}-{index}.css"] = style
    return assets
