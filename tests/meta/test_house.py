"""The house keeps its own rules."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from modelsweb import kinds
from modelsweb.viewmodels.components import service_table
from modelsweb.web.rendering import Renderer

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "modelsweb"
TEMPLATES = SOURCE / "web" / "templates"
STYLES = SOURCE / "web" / "static" / "dist" / "assets"


def _text_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split()]


@pytest.mark.parametrize("name", Renderer().templates())
def test_every_template_compiles(name: str) -> None:
    assert Renderer()._environment.get_template(name)


def test_every_screen_has_a_title_and_a_heading() -> None:
    for path in (TEMPLATES / "pages").glob("*.html"):
        text = path.read_text()
        assert re.search(r"block (tab_)?title", text), path
        assert "<h1" in text or "_frame.html" in text, path


def test_every_class_of_ours_in_the_templates_is_styled() -> None:
    styles = "".join(path.read_text() for path in STYLES.glob("*.css"))
    known = set(re.findall(r"\.(mw-[a-z-]+)", styles))
    used = set()
    for path in TEMPLATES.rglob("*.html"):
        text = re.sub(r"{{.*?}}|{%.*?%}", " ", path.read_text())
        for names in re.findall(r'class="([^"]*)"', text):
            used |= {name for name in names.split() if re.fullmatch(r"mw-[a-z-]+[a-z]", name)}
    assert sorted(used - known) == []


def test_every_column_keeps_its_style_when_the_front_end_is_built() -> None:
    """Their classes are put together from a column's key, which the build cannot see in a template."""
    named = re.compile(r"\.(mw-c-[a-z-]+)")
    written = "".join(path.read_text() for path in (SOURCE / "web/static/css").glob("*.css"))
    built = "".join(path.read_text() for path in STYLES.glob("*.css"))
    assert sorted(set(named.findall(written)) - set(named.findall(built))) == []


def test_no_template_has_inline_style_or_script() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert not re.search(r"<script(?![^>]*src=)", text), path
        assert not re.search(r"\son[a-z]+=", text), path


def test_every_form_that_writes_carries_the_token() -> None:
    for path in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.DOTALL):
            assert 'name="csrf_token"' in form, path


def test_nothing_but_the_wiring_knows_of_the_demo() -> None:
    allowed = {SOURCE / "cli.py", SOURCE / "wiring.py"}
    for path in SOURCE.rglob("*.py"):
        if "demo" not in path.relative_to(SOURCE).parts and path not in allowed:
            assert not re.search(r"\bif .*demo", path.read_text()), path


def test_the_reference_pages_are_up_to_date() -> None:
    """Settings, routes, kinds and rules."""
    command = [sys.executable, "tools/reference.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_catalogue_is_complete() -> None:
    command = [sys.executable, "tools/catalogue.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_no_file_names_a_place_that_only_one_machine_has() -> None:
    for path in _text_files():
        if (
            path.suffix in {".png", ".mo", ".woff2", ".gz"}
            or not path.exists()
            or path == Path(__file__).resolve()
        ):
            continue
        text = path.read_text(errors="replace")
        assert "/work/" + "main" not in text, path
        assert "/root/" not in text, path


def test_addresses_are_written_in_one_place() -> None:
    """Templates and handlers name pages; ``web/urls.py`` says where these are."""
    literal = re.compile(r"""["'](?:/n/|/all/|/cluster/|/services|/namespaces|/create|/healthz|/api)""")
    web = TEMPLATES.parent
    for file in (*web.rglob("*.html"), *web.rglob("*.py")):
        if file.name == "urls.py":
            continue
        found = [line for line in file.read_text().splitlines() if literal.search(line)]
        assert not found, (file, found)


def test_the_page_on_the_lists_url_names_all_that_it_can_ask() -> None:
    page = (ROOT / "docs" / "reference" / "list-query.md").read_text()
    lines = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("|")}

    def named(row: str) -> set[str]:
        return set(re.findall(r"[a-z]+", lines[row].split("|")[2]))

    columns = {one.key for one in service_table.SERVICES.columns if not one.key.startswith("label")}
    assert columns <= named("`cols`")
    assert set(service_table.SEARCH_KEYS) <= named("`q`")
    facets = {one.key for one in service_table.SERVICES.facets}
    assert facets <= set(re.findall(r"`([a-z]+)`", "".join(lines)))


def test_the_rooms_below_the_web_know_no_root_kind() -> None:
    """What every cluster has (Event, Namespace, Pod) they may name; what users come for is handed to them."""
    roots = "|".join(name for name, kind in vars(kinds).items() if kind in kinds.ROOTS)
    for room in ("kube", "prometheus", "store", "gateway"):
        for file in (SOURCE / room).rglob("*.py"):
            assert not re.search(rf"\b(?:{roots})\b", file.read_text()), file


MAX_POSITIONAL = 2
TRIPLES = {
    "Cluster.get": "kind, namespace and name are one key",
    "Conditions.set": "type, status and reason are one condition",
    "Urls.object": "templates name an object by plural, namespace and name",
    "Translator.plural": "gettext's own order",
}


def test_functions_take_keywords_from_the_third_parameter_on() -> None:
    """Those that others call by position (ASGI, uvicorn, ``logging``) and those that take whatever they are given apart."""
    for file in SOURCE.rglob("*.py"):
        tree = ast.parse(file.read_text())
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        owners = {id(method): owner for owner in classes for method in owner.body}
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            owner = owners.get(id(node))
            name = f"{owner.name}.{node.name}" if owner is not None else node.name
            given = [
                one.arg for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in {"self", "cls"}
            ]
            is_fixed = node.args.vararg is not None or {"receive", "send"} <= set(given) or name in TRIPLES
            is_fixed |= node.name.startswith("__") and node.name != "__init__"
            assert is_fixed or len(given) <= MAX_POSITIONAL, (file, name)


def test_larger_dataclasses_take_keywords_only() -> None:
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            made = [ast.unparse(one) for one in getattr(node, "decorator_list", ())]
            if isinstance(node, ast.ClassDef) and any(one.startswith("dataclass") for one in made):
                fields = sum(isinstance(one, ast.AnnAssign) for one in node.body)
                assert fields <= 3 or any("kw_only=True" in one for one in made), (file, node.name)
