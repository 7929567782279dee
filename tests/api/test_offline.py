"""What a desk issued without the server, handed in over real sockets: forged, twice, from two tabs, too late."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from onewindow.access.principal import Role
from onewindow.access.rights import Rights
from onewindow.api import schemas
from onewindow.api.offline_calls import HandInReply, SeriesReply
from onewindow.queue.series_right import RIGHTS
from tests.api.test_bad_input import problem
from tests.api.test_desk import checked
from tests.hall_app import NINE, Api, Clock, done, running

DEVICE = "0123456789abcdef"
MATTER = "BIZ-001"


async def granted(api: Api, device: str = DEVICE, spent: int = 0) -> dict[str, Any]:
    reply = await api.guide("/api/desk/series", {"device": device, "spent": spent})
    checked(reply, SeriesReply)
    return dict(reply)


def slip(count: int, issued: int, **rest: Any) -> dict[str, Any]:
    return {"letter": "G", "count": count, "issued": issued, "matter": MATTER, **rest}


async def hand_in(api: Api, token: str, *slips: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await api.guide("/api/desk/offline", {"right": token, "slips": slips})
    checked(reply, HandInReply)
    return list(reply["slips"])


async def ticket(api: Api, number: str) -> dict[str, Any]:
    found = done(await api.get(f"/api/tickets/20261124-{number}", Role.GUIDE))["ticket"]
    checked(found, schemas.StaffTicket)
    return dict(found)


async def test_a_page_has_one_right_and_gets_another_when_it_is_spent(api: Api) -> None:
    first = await granted(api)
    right = first["right"]
    assert (right["no"], right["day"], right["before"], right["most"]) == (1, "2026-11-24", 9100, 99)
    assert right["granted_ms"] == NINE and right["until_ms"] > NINE and right["letters"]["Q"] == "Q"
    head = await api.head()
    assert await granted(api) == first
    assert await api.head() == head, "asking again is no commit"
    assert (await granted(api, spent=1))["right"]["no"] == 2
    assert (await granted(api, "f" * 32))["right"]["no"] == 3
    journal = (await api.get("/api/journal", Role.SUPERVISOR)).text
    assert DEVICE in journal and first["token"] not in journal
    for n in range(RIGHTS - 3):
        await granted(api, f"{n:032x}")
    problem(await api.post("/api/desk/series", {"device": "e" * 16}, Role.GUIDE), 409, "no_series_left")


async def test_slips_become_tickets_in_the_order_of_issue(api: Api) -> None:
    token = (await granted(api))["token"]
    api.clock.on(600)
    online = (await api.issue(matter=MATTER))["ticket"]
    early, late = slip(1, NINE + 60_000), slip(2, NINE + 120_000, same="G9101")
    told = await hand_in(api, token, late, early)
    assert [(one["number"], one["outcome"]) for one in told] == [("G9102", "taken"), ("G9101", "taken")]
    first, second = await ticket(api, "G9101"), await ticket(api, "G9102")
    assert first["issued_hhmm"] == "09:01" and first["ahead"] == 0
    assert second["visit"] == first["visit"], "the earlier slip is taken in first, so the later one joins it"
    await api.clerk("17", "open")
    called = [(await api.clerk("17", "call-next"))["ticket"]]
    for _ in range(2):
        await api.clerk("17", "start")
        called.append((await api.clerk("17", "call-next", {"finish": True}))["ticket"])
    assert [one["number"] for one in called] == ["G9101", "G9102", online["number"]]
    assert all(one["why"] for one in called)


async def test_the_same_slips_twice_and_from_two_tabs_count_once(api: Api) -> None:
    token = (await granted(api))["token"]
    slips = [slip(n, NINE + n) for n in range(1, 8)]
    both = await asyncio.gather(hand_in(api, token, *slips), hand_in(api, token, *reversed(slips)))
    assert both[0] == both[1][::-1] and {one["outcome"] for one in both[0]} == {"taken"}
    head = await api.head()
    assert await hand_in(api, token, *slips) == both[0]
    assert await api.head() == head
    day = done(await api.get("/api/day", Role.SUPERVISOR))["day"]
    assert day["issued"] == 7


async def test_a_right_that_is_not_ours_opens_nothing(api: Api) -> None:
    token = (await granted(api))["token"]
    other = Rights(b"another secret, as long as ours..", "anqiu").sign("2026-11-24", 1, DEVICE)
    secret, hall = api.opened.store.secret, api.opened.runtime.hall.settings.code
    elsewhere = Rights(secret, "elsewhere").sign("2026-11-24", 1, DEVICE)
    for forged in (other, elsewhere, token[:-2] + "xx", "", "x" * 513):
        response = await api.post("/api/desk/offline", {"right": forged, "slips": [slip(1, NINE)]}, Role.GUIDE)
        assert response.status_code in (403, 422), response.text
    never = Rights(secret, hall).sign("2026-11-24", 7, DEVICE)
    assert [one["code"] for one in await hand_in(api, never, slip(1, NINE))] == ["unknown_right"]
    assert done(await api.get("/api/day", Role.SUPERVISOR))["day"]["issued"] == 0


async def test_a_slip_lies_in_its_own_desks_series_and_nowhere_else(api: Api) -> None:
    mine, other = (await granted(api))["token"], (await granted(api, "f" * 32))["token"]
    await hand_in(api, mine, slip(3, NINE))
    assert [one["number"] for one in await hand_in(api, other, slip(3, NINE))] == ["G9203"]
    told = await hand_in(api, mine, slip(100, NINE), slip(3, NINE + 1), slip(4, NINE, letter="?"))
    assert [one["code"] for one in told] == ["not_of_the_right", "number_taken", "not_of_the_right"]
    assert all(one["zh"] and one["en"] for one in told)


async def test_what_is_refused_is_told_and_the_others_are_taken_in(api: Api) -> None:
    token = (await granted(api))["token"]
    told = await hand_in(
        api, token, slip(1, NINE, matter="GONE-1"), slip(2, NINE + 1), slip(3, NINE + 2, group="G"), slip(4, NINE)
    )
    assert [one["code"] for one in told] == ["unknown_matter", None, "nothing_asked", None]
    await api.guide("/api/desk/offline", {"right": token, "slips": [slip(1, NINE)]})
    assert (await ticket(api, "G9101"))["number"] == "G9101"


async def test_a_clock_that_is_wrong_counts_within_what_can_be(api: Api) -> None:
    token = (await granted(api))["token"]
    api.clock.on(60)
    await hand_in(api, token, slip(1, 0), slip(2, NINE + 10**9))
    assert (await ticket(api, "G9101"))["issued_hhmm"] == "09:00"
    assert (await ticket(api, "G9102"))["issued_hhmm"] == "09:01"


async def test_another_days_right_is_told_so(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path, clock=clock) as api:
        token = (await granted(api))["token"]
    clock.on(86_400)
    async with running(tmp_path, clock=clock) as api:
        response = await api.post("/api/desk/offline", {"right": token, "slips": [slip(1, NINE)]}, Role.GUIDE)
        problem(response, 409, "right_of_another_day")


async def test_a_command_without_an_answer_is_withdrawn_or_was_obeyed(api: Api) -> None:
    wanted = {"matter": MATTER}
    await api.post("/api/tickets", wanted, Role.GUIDE, key="obeyed")
    problem(await api.post("/api/desk/withdraw", {}, Role.GUIDE, key="obeyed"), 422, "key_reused")
    for _ in range(2):
        done(await api.post("/api/desk/withdraw", {}, Role.GUIDE, key="lost"))
    late = await api.post("/api/tickets", wanted, Role.GUIDE, key="lost")
    problem(late, 422, "key_reused")
    problem(await api.post("/api/desk/withdraw", {}, Role.GUIDE), 422, "bad_key")
    assert done(await api.get("/api/day", Role.SUPERVISOR))["day"]["issued"] == 1


@pytest.mark.parametrize("role", [Role.KIOSK, Role.CLERK, Role.SCREEN])
async def test_only_the_desk_may(api: Api, role: Role) -> None:
    window = "17" if role is Role.CLERK else None
    for path in ("/api/desk/series", "/api/desk/offline", "/api/desk/withdraw"):
        problem(await api.post(path, {}, role, window, key="k"), 403, "role_forbidden")
