"""Signing in and out over real sockets: the page, the call, the choice of a window, devices."""

import time
from http.cookies import SimpleCookie

import httpx
import pytest

from onewindow.access.guard import COOKIE, safe_next
from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens
from onewindow.access.watch import refresh
from tests.api.test_bad_input import problem
from tests.hall_app import Api, done


def password(api: Api, name: str) -> str:
    """The password of a first account."""
    return dict(api.opened.first_accounts)[name]


async def sign_in(api: Api, name: str, **more: str) -> httpx.Response:
    """`POST /api/sign-in` with the right password."""
    return await api.client.post("/api/sign-in", json={"name": name, "password": password(api, name), **more})


async def enter(api: Api, **fields: str) -> httpx.Response:
    """The sign-in page's form, sent."""
    return await api.client.post("/sign-in", data=fields)


async def test_a_guide_signs_in_by_the_page_and_works(api: Api) -> None:
    page = await api.client.get("/sign-in?next=/guide%3Fq=x")
    assert page.status_code == 200
    assert 'name="next" value="/guide?q=x"' in page.text
    response = await enter(api, name="guide", password=password(api, "guide"), next="/guide?q=x")
    assert (response.status_code, response.headers["location"]) == (303, "/guide?q=x")
    cookie = SimpleCookie(response.headers["set-cookie"])[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    issued = await api.client.post("/api/tickets", json={"matter": "BIZ-001"})
    assert issued.status_code == 201


async def test_a_wrong_password_shows_the_form_again(api: Api) -> None:
    response = await enter(api, name="guide", password="not-this-one", next="/guide")
    assert response.status_code == 401
    assert "账号或密码不对" in response.text
    assert 'value="guide"' in response.text and "not-this-one" not in response.text
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("field", ["name", "password"])
async def test_missing_fields_are_a_wrong_password(api: Api, field: str) -> None:
    response = await enter(api, **{field: "guide"})
    assert response.status_code == 401


@pytest.mark.parametrize(
    ("wanted", "on"),
    [
        ("/guide?q=x", "/guide?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("guide", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_nobody_is_sent_to_another_site(wanted: str | None, on: str) -> None:
    assert safe_next(wanted) == on


async def test_a_page_of_another_site_is_not_next(api: Api) -> None:
    response = await enter(api, name="guide", password=password(api, "guide"), next="//evil.example")
    assert response.headers["location"] == "/guide"


async def test_a_clerk_chooses_the_window(api: Api) -> None:
    response = await enter(api, name="clerk", password=password(api, "clerk"))
    assert response.headers["location"] == "/sign-in/window"
    refused = await api.client.post("/api/windows/17/open", json={})
    problem(refused, 403, "window_of_another")
    page = await api.client.get("/sign-in/window")
    assert page.status_code == 200 and 'value="17"' in page.text
    before = api.client.cookies[COOKIE]
    chosen = await api.client.post("/sign-in/window", data={"window": "17"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/windows")
    assert done(await api.client.post("/api/windows/17/open", json={}))["window"]["clerk"] == "clerk"
    problem(await api.client.post("/api/windows/18/open", json={}), 403, "window_of_another")
    problem(await api.post("/api/windows/17/help", {}, before), 401, "token_revoked")
    again = await api.client.post("/sign-in/window", data={"window": "99"})
    assert again.status_code == 404


async def test_the_call_takes_the_window_along(api: Api) -> None:
    reply = done(await sign_in(api, "clerk", window="7"))
    assert reply == {"name": "clerk", "role": "clerk", "window": "07", "home": "/windows"}
    problem(await sign_in(api, "clerk", window="99"), 404, "unknown_window")
    assert done(await sign_in(api, "supervisor"))["home"] == "/supervisor"


async def test_an_account_may_be_tied_to_a_window(api: Api) -> None:
    from onewindow.access.accounts import Accounts

    secret = await Accounts(api.opened.store).create("li", Role.CLERK, window="07")
    asked = {"name": "li", "password": secret}
    assert done(await api.client.post("/api/sign-in", json=asked))["window"] == "07"
    other = await api.client.post("/api/sign-in", json={**asked, "window": "08"})
    problem(other, 403, "window_of_another")


async def test_signing_out_ends_the_session(api: Api) -> None:
    done(await sign_in(api, "guide"))
    token = api.client.cookies[COOKIE]
    assert (await api.client.post("/api/sign-out")).status_code == 204
    assert COOKIE not in api.client.cookies
    problem(await api.post("/api/tickets", {"matter": "BIZ-001"}, token), 401, "token_revoked")
    problem(await api.client.post("/api/sign-out"), 401, "sign_in_needed")
    assert token_id(api, token) in await api.opened.store.revoked(0)


async def test_the_watch_calls_no_session_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is read, as every few seconds, while a sign-out is on its way to it."""
    done(await sign_in(api, "guide"))
    token = api.client.cookies[COOKIE]
    store, tokens = api.opened.store, api.opened.tokens
    revoke = store.revoke

    async def slow(name: str, until: int) -> None:
        await refresh(store, tokens)
        await revoke(name, until)

    monkeypatch.setattr(store, "revoke", slow)
    assert (await api.client.post("/api/sign-out")).status_code == 204
    problem(await api.post("/api/tickets", {"matter": "BIZ-001"}, token), 401, "token_revoked")


async def test_a_token_stays_revoked_to_its_end(api: Api) -> None:
    token = api.opened.tokens.make(Role.GUIDE, "wang", hours=1000)
    headers = {"Authorization": f"Bearer {token}"}
    assert (await api.client.post("/api/sign-out", headers=headers)).status_code == 204
    nearly = int(time.time()) + 999 * 3600
    assert token_id(api, token) in await api.opened.store.revoked(nearly)


def token_id(api: Api, token: str) -> str:
    """The id of a token of this store."""
    return Tokens(api.opened.store.secret)._verify(token)[1].token


async def test_another_origin_does_not_act_by_the_cookie(api: Api) -> None:
    done(await sign_in(api, "guide"))
    foreign = await api.client.post(
        "/api/tickets", json={"matter": "BIZ-001"}, headers={"Origin": "http://127.0.0.1:9"}
    )
    problem(foreign, 401, "sign_in_needed")
    base = str(api.client.base_url).rstrip("/")
    own = await api.client.post("/api/tickets", json={"matter": "BIZ-001"}, headers={"Origin": base})
    assert own.status_code == 201


@pytest.mark.parametrize("origin", [b"null", b"http://[", b"http://[::1", b"//", b"\xff"])
async def test_an_origin_that_is_none_is_not_ours(api: Api, origin: bytes) -> None:
    done(await sign_in(api, "guide"))
    foreign = await api.client.post("/api/tickets", json={"matter": "BIZ-001"}, headers={b"Origin": origin})
    problem(foreign, 401, "sign_in_needed")


async def test_a_page_leads_to_the_sign_in_and_back(api: Api) -> None:
    response = await api.client.get("/windows/17?x=1", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in?next=/windows/17%3Fx%3D1")


async def test_a_devices_link_signs_the_device_in_and_no_person(api: Api) -> None:
    kiosk = api.token(Role.KIOSK)
    response = await api.client.get(f"/sign-in/device?token={kiosk}&next=/kiosk")
    assert (response.status_code, response.headers["location"]) == (303, "/kiosk")
    assert api.client.cookies[COOKIE] == kiosk
    guide = await api.client.get(f"/sign-in/device?token={api.token(Role.GUIDE)}")
    problem(guide, 401, "token_invalid")
    problem(await api.client.get("/sign-in/device?token=x"), 401, "token_invalid")


async def test_bad_bodies_of_the_sign_in(api: Api) -> None:
    problem(await api.client.post("/api/sign-in", json={"name": "guide"}), 422, "bad_body")
    problem(await api.client.post("/api/sign-in", content=b"{"), 415, "wrong_content_type")
    problem(await api.client.post("/sign-in", json={}), 415, "wrong_content_type")
    many = "&".join(f"f{n}=x" for n in range(30))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    problem(await api.client.post("/sign-in", content=many, headers=form), 422, "bad_body")
