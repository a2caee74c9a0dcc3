"""Extracts the messages from source and templates, and compiles the translations.

``python tools/catalogue.py`` writes the template (.pot), brings the translations (.po) up to date with it and compiles
them (.mo). ``--check`` changes nothing and fails where one of them is behind, or where a message is not translated.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from modelsweb.web.api.v1 import reference

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "modelsweb"
LOCALE = SOURCE / "web" / "locale"
TEMPLATE = LOCALE / "modelsweb.pot"
METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"text": None, "t": None, "tn": (1, 2)}
OPTIONS = {"web/templates/**.html": {"trimmed": "true"}}


def extracted() -> Catalog:
    """All messages, in the order of their places."""
    catalogue = Catalog(project="modelsweb", charset="utf-8", fuzzy=False)
    catalogue.header_comment = "# Messages of modelsweb. Written by tools/catalogue.py."
    for name, _line, message, comments, _context in extract_from_dir(SOURCE, METHODS, OPTIONS, KEYWORDS):
        if message and name != "text.py":
            catalogue.add(message, locations=[(name, 0)], auto_comments=comments)
    for message in reference.messages():
        catalogue.add(message, locations=[("web/api/v1/schemas.py", 0)])
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file, without dates, so that it changes only with the messages."""
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalogue,
        width=110,
        omit_header=False,
        include_lineno=False,
        sort_output=True,
        ignore_obsolete=True,
    )
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(
        line for line in lines if not line.startswith((b'"POT-Creation', b'"PO-Revision', b'"Generated-By'))
    )


_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def updated(path: Path, template: Catalog) -> Catalog:
    """A translation with the messages of the template."""
    locale = path.parent.parent.name
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def main(check: bool) -> int:
    """Writes or checks; returns the exit code."""
    template = extracted()
    files = {TEMPLATE: written(template)}
    problems = []
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/modelsweb.po")):
        catalogue = updated(path, template)
        missing = [message.id for message in catalogue if message.id and not _is_translated(message)]
        problems += [f"{path.parent.parent.name}: not translated: {message!r}" for message in missing]
        files[path] = written(catalogue)
        files[path.with_suffix(".mo")] = compiled(
            read_po(io.BytesIO(files[path]), locale=path.parent.parent.name)
        )
    for path, content in files.items():
        if check and (not path.exists() or path.read_bytes() != content):
            problems.append(f"{path.relative_to(ROOT)} is behind: run `make catalogue`")
        elif not check:
            path.write_bytes(content)
    print("\n".join(problems) if problems else f"{len(template)} messages, all translated")
    return 1 if problems else 0


def _is_translated(message: object) -> bool:
    string = getattr(message, "string", "")
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
