"""The editor of a page, as a user has it in front of them."""

from playwright.sync_api import Locator, Page


def editor(page: Page) -> Locator:
    """What is typed into."""
    return page.locator("#yaml-editor .cm-content")


def write(page: Page, text: str) -> None:
    """Puts another text in the place of the one that is there."""
    editor(page).fill(text)


def written(page: Page) -> str:
    """The text as the form sends it."""
    editor(page).wait_for()
    return page.locator("#yaml-source").input_value()
