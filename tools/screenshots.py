"""Takes the pictures in ``docs/images``: list, details, logs and create, in both themes and both languages.

Starts the demo on free ports and drives Debian's Chromium. ``python -m tools.screenshots [FOLDER]``.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.processes import demo_process

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "services": "/services",
    "faults": "/services?faults=1",
    "service": "/n/team-risk/services/fraud",
    "resources": "/n/team-risk/services/credit-score/resources",
    "pods": "/n/team-risk/services/fraud/pods",
    "logs": "/n/team-risk/services/credit-score/logs?c=kserve-container&c=queue-proxy",
    "fault-log": "/n/team-risk/services/fraud/logs?c=storage-initializer&prev=1&at=fault",
    "events": "/n/team-risk/services/fraud/events",
    "resource": "/n/team-risk/services/credit-score/resources/revisions.serving.knative.dev/credit-score-predictor-00001",
    "yaml": "/n/team-risk/services/credit-score/yaml",
    "ready": "/n/team-risk/services/credit-score",
    "create": "/n/team-risk/create",
    "delete": "/n/team-risk/services/fraud/delete",
    "empty": "/n/default/services",
    "not-found": "/n/team-risk/services/nobody",
}
PUBLISHED = ("services", "service", "logs", "create")


def shoot(page: Page, address: str, folder: Path, name: str, suffix: str) -> None:
    """One picture of a page."""
    page.goto(address + PAGES[name])
    page.wait_for_load_state("load")
    page.wait_for_timeout(1500 if "log" in name else 400)
    page.screenshot(path=folder / f"{name}-{suffix}.png", full_page=True)


def main() -> None:
    """All pictures: the published ones, or with a folder named every page, wide and narrow too."""
    everything = len(sys.argv) > 1
    folder = Path(sys.argv[1]) if everything else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    widths = (1280, 1024, 390) if everything else (1280,)
    with (
        tempfile.TemporaryDirectory() as place,
        demo_process(Path(place) / "kubeconfig") as (address, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in ("en", "zh-Hans"):
            for theme in ("light", "dark"):
                for width in widths:
                    context = browser.new_context(
                        viewport={"width": width, "height": 800}, device_scale_factor=1
                    )
                    for cookie, value in (("modelsweb-language", language), ("modelsweb-theme", theme)):
                        context.add_cookies([{"name": cookie, "value": value, "url": address}])
                    page = context.new_page()
                    for name in PAGES if everything else PUBLISHED:
                        suffix = f"{language.partition('-')[0]}-{theme}" + (f"-{width}" if everything else "")
                        shoot(page, address, folder, name, suffix)
                    context.close()
        browser.close()


if __name__ == "__main__":
    main()
