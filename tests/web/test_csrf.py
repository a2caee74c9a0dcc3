"""Writes that do not come from our own pages are refused."""

from tests.running import NAMESPACE, App

CREATE = f"/n/{NAMESPACE}/create"


async def test_a_write_without_a_token_is_refused(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(CREATE, {"yaml": "x"}, token=False)
    assert answer.status == 403
    assert "APP_SECURE_COOKIES" in answer.text


async def test_a_write_with_a_wrong_token_is_refused(app: App) -> None:
    async with app.alice as alice:
        await alice.get("/services")
        answer = await alice.post(CREATE, {"yaml": "x", "csrf_token": "guessed"}, token=False)
    assert answer.status == 403
    assert "not the one in the cookie" in answer.text


async def test_a_write_from_another_site_is_refused(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(CREATE, {"yaml": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403


async def test_the_header_is_as_good_as_the_field(app: App) -> None:
    async with app.alice as alice:
        await alice.get("/services")
        token = alice._cookie("XSRF-TOKEN")
        answer = await alice.post(CREATE, {"yaml": "- 1"}, token=False, headers={"X-XSRF-TOKEN": token})
    assert answer.status == 422


async def test_the_cookie_is_bound_to_the_prefix(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.get("/services")
    assert "Path=/models; SameSite=strict" in answer.headers["set-cookie"]
