"""Another front end of the same API, from its built files."""

from pathlib import Path

import pytest
from tests.running import running_app

from modelsweb.config import AuthConfig, Config, ConfigError, WebConfig
from modelsweb.web.api.upstream.front_end import based, entries

INDEX = (
    '<!doctype html><html><head><meta charset="utf-8"><base href="/"><title>Other</title></head>'
    '<body><script src="static/main.js"></script></body></html>'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a build leaves."""
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "main.js").write_text("document.title = 'other';")
    return tmp_path


def _config(folder: Path) -> Config:
    return Config(
        web=WebConfig(secure_cookies=False, port=0, ui_folder=str(folder)), auth=AuthConfig(cache_seconds=0.0)
    )


async def test_its_pages_begin_with_its_index_and_ours_stay(folder: Path) -> None:
    async with running_app(_config(folder)) as app, app.person("alice@example.com") as alice:
        for path in ("/", "/new", "/details/team-risk/iris", "/edit-graph/team-risk/g", "/inference-graphs"):
            page = await alice.get(path, follow=False)
            assert (page.status, "<title>Other</title>" in page.text) == (200, True), path
            assert '<base href="/models/">' in page.text
            assert '<meta charset="utf-8">' in page.text  # one line, of which nothing else may go
            assert "style-src 'self' 'unsafe-inline'" in page.headers["Content-Security-Policy"]
            assert page.headers["Cache-Control"].startswith("no-cache, no-store")
        assert alice._cookie("XSRF-TOKEN")
        script = await alice.get("/static/main.js")
        assert (script.text, script.headers["Cache-Control"]) == ("document.title = 'other';", "no-cache")
        for path in ("/static/../index.html", "/static/no-such.js", "/dashboard_lib.bundle.js"):
            assert (await alice.get(path)).status == 404, path
        ours = await alice.get("/n/team-risk/services")
        assert "modelsweb" in ours.text
        assert "unsafe-inline" not in ours.headers["Content-Security-Policy"]
        assert (await alice.get("/api/config")).status == 200
        (folder / "index.html").write_text(INDEX.replace("Other", "Newer"))
        assert "Newer" in (await alice.get("/")).text
        async with app.person(None) as nobody:
            assert (await nobody.get("/")).status == 401


async def test_without_a_folder_our_own_pages_are_there() -> None:
    config = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=0.0))
    async with running_app(config) as app, app.person("alice@example.com") as alice:
        moved = await alice.get("/details/team-risk/iris", follow=False)
        assert moved.status in {301, 302, 307, 308}


def test_a_folder_without_an_index_is_refused_by_the_name_of_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="MODELSWEB_WEB_UI_FOLDER"):
        entries(str(tmp_path))
    assert entries("") == ()


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ('<head><base href="/a/"><b></head>', '<head><base href="/x/"><b></head>'),
        ("<head lang=en><b></head>", '<head lang=en><base href="/x/"><b></head>'),
        ('<HEAD><BASE HREF="/">', '<HEAD><base href="/x/">'),
        ("text", "text"),
    ],
)
def test_the_base_is_ours_and_nothing_else_changes(text: str, becomes: str) -> None:
    assert based(text, "/x/") == becomes
