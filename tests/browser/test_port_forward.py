"""The manual's recipe for a look without a gateway: a port-forward to the app's Service."""

import os

from playwright.sync_api import Browser, expect

from tests.browser.processes import forwarded, guarded_process
from tests.browser.test_journey import live_and_die


def test_the_manual_s_recipe_works(demo: str, browser: Browser) -> None:
    """Word for word, at the port that the recipe names; nobody signs in, and cookies pass plain http."""
    settings = {"APP_PREFIX": "/", "APP_DISABLE_AUTH": "True", "APP_SECURE_COOKIES": "False"}
    with guarded_process(os.environ["DEMO_KUBECONFIG"], settings=settings) as app, forwarded(app) as address:
        page = browser.new_page(locale="en-US")
        page.goto(f"{address}/n/team-vision/create")
        expect(page.locator("#insecure")).to_be_hidden()
        live_and_die(page, f"{address}/n/team-vision", "by-port-forward")
        page.close()
