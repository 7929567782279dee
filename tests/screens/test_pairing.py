"""Pairing over real sockets: what a code gives, to whom, how often, and for how long."""

import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from onewindow.access.guard import COOKIE
from onewindow.access.principal import Role
from onewindow.access.store_sqlite import FILE
from onewindow.screens.calls import CLAIM
from onewindow.screens.pairing import MOST_PER_ADDRESS, TRIES
from tests.api.test_bad_input import problem
from tests.hall_app import Api, done, running
from tests.screens.tv import HALL, Tv, paired, tv

ROOT = "/api/supervisor/screens"


async def confirm(api: Api, code: str, role: Role | str | None = Role.SUPERVISOR, **settings: Any) -> httpx.Response:
    return await api.post(ROOT, {"code": code, "settings": HALL | settings}, role)


async def test_a_code_becomes_a_screen_that_outlives_the_server(tmp_path: Path) -> None:
    async with running(tmp_path) as api, tv(api) as screen:
        code = await screen.show()
        assert len(code) == 6 and code.isdecimal()
        assert not done(await screen.claim())["paired"]
        found = done(await api.get(f"{ROOT}/codes/{code}", Role.SUPERVISOR))
        assert (found["about"], found["address"]) == ("1920×1080", "127.0.0.1")
        made = done(await confirm(api, code, kind="zone", zone="business", zh=" 商事  登记屏 "))["screen"]
        assert made["settings"]["zh"] == "商事 登记屏"
        collected = done(await screen.claim())
        assert collected["paired"] and collected["page"] == "/screens/zones/business"
        first = await screen.client.get("/screen")
        assert (first.status_code, first.headers["location"]) == (303, "/screens/zones/business")
        assert "Max-Age=34560000" in first.headers["set-cookie"] and "HttpOnly" in first.headers["set-cookie"]
        token = screen.token
    async with running(tmp_path) as again:
        answer = await again.client.get("/screen", headers={"Cookie": f"{COOKIE}={token}"})
        assert answer.headers["location"] == "/screens/zones/business"
        page = await again.client.get("/screens/zones/business", headers={"Cookie": f"{COOKIE}={token}"})
        assert "js/screen-link.js" in page.text and f'data-screen="{made["id"]}"' in page.text
        again.client.cookies.clear()
        assert "js/screen-link.js" not in (await again.client.get("/screens/zones/business")).text


async def test_a_code_gives_nothing_to_a_browser_that_does_not_show_it(api: Api) -> None:
    async with tv(api) as screen, tv(api) as thief:
        code = await screen.show()
        done(await confirm(api, code))
        problem(await thief.claim(), 410, "code_ended")
        thief.client.cookies.set(CLAIM, f"{code}.", path="/api/screens")
        problem(await thief.claim(), 410, "code_ended")
        thief.client.cookies.set(CLAIM, f"{code}.{'A' * 24}", path="/api/screens")
        problem(await thief.claim(), 410, "code_ended")
        await thief.show()
        assert not done(await thief.claim())["paired"]
        assert done(await screen.claim())["paired"]


async def test_a_lost_answer_is_asked_for_again_and_a_used_code_is_nobody_elses(api: Api) -> None:
    async with tv(api) as screen:
        code = await screen.show()
        held = str(screen.client.cookies[CLAIM])
        first, second = done(await confirm(api, code)), done(await confirm(api, code, zh="另一个名字"))
        assert first == second, "the same supervisor's click, sent twice, is one screen"
        other = api.opened.tokens.make(Role.SUPERVISOR, "zhao", hours=1)
        problem(await confirm(api, code, other), 409, "code_used")
        problem(await api.get(f"{ROOT}/codes/{code}", Role.SUPERVISOR), 409, "code_used")
        done(await screen.claim())
        token = screen.token
        screen.client.cookies.clear()
        screen.client.cookies.set(CLAIM, held, path="/api/screens")
        done(await screen.claim())
        assert screen.token == token, "its own browser gets the same token again"
        assert len(done(await api.get(ROOT, Role.SUPERVISOR))["screens"]) == 1


async def test_a_code_ends_and_the_next_one_replaces_it(api: Api, tmp_path: Path) -> None:
    async with tv(api) as screen:
        old = await screen.show()
        new = await screen.show()
        problem(await confirm(api, old), 404, "unknown_code")
        with sqlite3.connect(tmp_path / FILE) as store:
            store.execute("UPDATE codes SET until = 1")
        store.close()
        problem(await screen.claim(), 410, "code_ended")
        problem(await confirm(api, new), 404, "unknown_code")


async def test_a_code_that_was_confirmed_ends_too(api: Api, tmp_path: Path) -> None:
    async with tv(api) as screen:
        done(await confirm(api, await screen.show()))
        with sqlite3.connect(tmp_path / FILE) as store:
            store.execute("UPDATE codes SET until = 1")
        store.close()
        problem(await screen.claim(), 410, "code_ended")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "000000 ", "\x00"])
async def test_what_is_no_code_is_unknown(api: Api, code: str) -> None:
    problem(await confirm(api, code), 404, "unknown_code")


async def test_guessing_is_slowed_down(api: Api) -> None:
    async with tv(api) as screen:
        code = await screen.show()
        wrong = "000000" if code != "000000" else "000001"
        for _ in range(int(TRIES.burst) - 1):
            problem(await confirm(api, wrong), 404, "unknown_code")
        done(await api.get(f"{ROOT}/codes/{code}", Role.SUPERVISOR))
        for _ in range(int(TRIES.burst)):
            problem(await confirm(api, wrong), 404, "unknown_code")
        slowed = await confirm(api, code)
        problem(slowed, 429, "too_many_codes")
        assert int(slowed.headers["retry-after"]) >= 1
        other = api.opened.tokens.make(Role.SUPERVISOR, "zhao", hours=1)
        assert (await confirm(api, code, other)).status_code == 201, "nobody else is kept from his work"


async def test_an_address_cannot_fill_the_store_with_codes(api: Api) -> None:
    base = str(api.client.base_url).rstrip("/")
    for _ in range(MOST_PER_ADDRESS):
        one = Tv(base)
        await one.show()
        await one.client.aclose()
    async with tv(api) as late:
        problem(await late.client.post("/api/screens/codes", json={}), 429, "too_many_codes")


@pytest.mark.parametrize("role", [None, Role.GUIDE, Role.CLERK, Role.KIOSK, Role.SCREEN, Role.SPEAKER])
async def test_nobody_but_a_supervisor_pairs_looks_or_orders(api: Api, role: Role | None) -> None:
    status = 401 if role is None else 403
    async with tv(api) as screen, tv(api) as other:
        name = (await paired(api, screen))["id"]
        code = await other.show()
        assert (await confirm(api, code, role)).status_code == status
        for path in (ROOT, f"{ROOT}/codes/{code}", f"{ROOT}/{name}/picture"):
            assert (await api.get(path, role)).status_code == status
        for path in (name, f"{name}/identify", f"{name}/reload", f"{name}/unpair"):
            assert (await api.post(f"{ROOT}/{path}", HALL, role)).status_code == status
        assert (await other.claim()).json()["paired"] is False


async def test_a_screen_cannot_change_itself_and_has_its_kinds_role_only(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen))["id"]
        assert (await screen.client.post(f"{ROOT}/{name}", json=HALL)).status_code == 403
        issue = {"matter": "BIZ-001", "channel": "kiosk"}
        assert (await screen.client.post("/api/tickets", json=issue)).status_code == 403
        done(await api.post(f"{ROOT}/{name}", HALL | {"kind": "kiosk"}, Role.SUPERVISOR))
        assert (await screen.client.post("/api/tickets", json=issue)).status_code == 201, "the same token, at once"
        done(await api.post(f"{ROOT}/{name}", HALL, Role.SUPERVISOR))
        assert (await screen.client.post("/api/tickets", json=issue)).status_code == 403


async def test_an_unpaired_screen_is_refused_at_once_and_shows_a_code(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen, kind="rating", window="17"))["id"]
        assert (await screen.client.get("/windows/17/device")).status_code == 200
        done(await api.post(f"{ROOT}/{name}/unpair", {}, Role.SUPERVISOR))
        problem(await screen.client.get("/api/windows/17/device"), 401, "token_revoked")
        first = await screen.client.get("/screen")
        assert first.status_code == 200 and 'class="code ' in first.text
        assert COOKIE not in screen.client.cookies
        problem(await api.post(f"{ROOT}/{name}/unpair", {}, Role.SUPERVISOR), 404, "unknown_screen")


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"zh": " "}, "$.zh"),
        ({"zh": "长" * 25}, "$.zh"),
        ({"volume": 101}, "$.volume"),
        ({"kind": "zone"}, "$.zone"),
        ({"kind": "zone", "zone": "nowhere"}, "$.zone"),
        ({"kind": "window", "window": "99"}, "$.window"),
        ({"device": "tv-business"}, "$.device"),
        ({"device": "nothing"}, "$.device"),
    ],
)
async def test_settings_that_the_hall_cannot_have(api: Api, wanted: dict[str, Any], path: str) -> None:
    async with tv(api) as screen:
        refused = await confirm(api, await screen.show(), **wanted)
        problem(refused, 422, "bad_settings")
        assert refused.json()["path"] == path
        assert not done(await screen.claim())["paired"], "the code is still good"


async def test_two_screens_are_not_one_device(api: Api) -> None:
    async with tv(api) as one, tv(api) as two:
        await paired(api, one, device="tv-hall")
        refused = await confirm(api, await two.show(), device="tv-hall")
        problem(refused, 422, "bad_settings")
        assert "总屏" in refused.json()["detail"]
