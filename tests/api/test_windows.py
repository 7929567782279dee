"""The windows' and the day's calls, over real sockets and real SQLite."""

import hashlib
from pathlib import Path

import msgspec

from onewindow.access.principal import Role
from onewindow.api import schemas
from tests.api.test_bad_input import problem
from tests.api.test_desk import MATTER, checked
from tests.hall_app import NINE, Api, Clock, done, running

DAY_MS = 24 * 3600 * 1000


async def test_call_next_says_why(api: Api) -> None:
    await api.clerk("17", "open")
    ticket = (await api.issue(matter=MATTER))["ticket"]
    reply = await api.clerk("17", "call-next")
    checked(reply, schemas.CalledReply)
    called = reply["ticket"]
    assert (called["id"], called["state"], called["window"]) == (ticket["id"], "called", "17")
    assert "09:00" in called["why"] and "09:00" in called["why_en"]


async def test_nobody_waits(api: Api) -> None:
    await api.clerk("17", "open")
    head = await api.head()
    assert await api.clerk("17", "call-next") == {"ticket": None, "finished": None}
    assert await api.head() == head


async def test_a_visit_from_call_to_finish(api: Api) -> None:
    await api.clerk("17", "open")
    for _ in range(3):
        await api.issue(matter=MATTER)
    await api.clerk("17", "call-next")
    recalled = await api.clerk("17", "recall")
    checked(recalled, schemas.AtWindowReply)
    assert recalled["ticket"]["call"] == 2
    assert (await api.clerk("17", "start", {"matter": "BIZ-002"}))["ticket"]["matter"] == "BIZ-002"
    assert (await api.clerk("17", "add-matter", {"matter": MATTER}))["ticket"]["more"] == [MATTER]
    both = await api.clerk("17", "call-next", {"finish": True})
    assert (both["finished"], both["ticket"]["number"]) == ("20261124-G001", "G002")
    undone = await api.clerk("17", "undo")
    checked(undone, schemas.AtWindowReply)
    assert undone["ticket"]["state"] == "waiting"
    assert (await api.clerk("17", "finish"))["ticket"]["state"] == "finished"


async def test_a_missed_call_and_a_return(api: Api) -> None:
    await api.clerk("17", "open")
    ticket = (await api.issue(matter=MATTER))["ticket"]
    await api.clerk("17", "call-next")
    await api.clerk("17", "recall")
    api.clock.on(61)
    assert (await api.clerk("17", "no-show"))["ticket"]["state"] == "no_show"
    back = await api.guide(f"/api/tickets/{ticket['id']}/return")
    assert back["ticket"]["state"] == "waiting"


async def test_a_finished_ticket_comes_back_by_a_guides_word_only(api: Api) -> None:
    await api.clerk("17", "open")
    issued = await api.issue(matter=MATTER)
    name, token = issued["ticket"]["id"], issued["track"].removeprefix("/t/")
    for what in ("call-next", "start", "finish"):
        await api.clerk("17", what)
    problem(await api.post(f"/api/tickets/{name}/return", {}, token), 409, "wrong_state")
    back = await api.guide(f"/api/tickets/{name}/return")
    assert (back["ticket"]["state"], back["ticket"]["windows"]) == ("waiting", ["17"])


async def test_hold_take_up_and_transfer(api: Api) -> None:
    await api.clerk("17", "open")
    await api.clerk("18", "open")
    ticket = (await api.issue(matter=MATTER))["ticket"]
    await api.clerk("17", "call-next")
    reason = api.opened.runtime.hall.settings.hold_reasons[0].code
    held = await api.clerk("17", "hold", {"reason": reason})
    assert (held["ticket"]["state"], held["window"]["held"]) == ("held", 1)
    taken = await api.clerk("17", "call", {"ticket": ticket["id"]})
    checked(taken, schemas.CalledReply)
    assert taken["ticket"]["state"] == "called"
    sent = await api.clerk("17", "transfer", {"window": "18", "note": "补齐后来"})
    assert (sent["ticket"]["bound"], sent["ticket"]["note"]) == ("18", "补齐后来")
    assert (await api.clerk("18", "call-next"))["ticket"]["id"] == ticket["id"]


async def test_out_of_order_is_on_record(api: Api) -> None:
    await api.clerk("17", "open")
    await api.issue(matter=MATTER)
    later = (await api.issue(matter=MATTER))["ticket"]
    reply = await api.clerk("17", "call", {"ticket": later["id"], "reason": "赶火车"})
    assert reply["ticket"]["number"] == "G002"
    assert "赶火车" in reply["ticket"]["why"]


async def test_a_window_opens_pauses_changes_hands_and_closes(api: Api) -> None:
    opened = await api.clerk("07", "open")
    checked(opened, schemas.WindowReply)
    assert (opened["window"]["phase"], opened["window"]["clerk"]) == ("open", "clerk-07")
    reason = api.opened.runtime.hall.settings.pause_reasons[0].code
    paused = await api.clerk("07", "pause", {"reason": reason})
    assert (paused["window"]["phase"], paused["window"]["reason_zh"] != "") == ("paused", True)
    assert (await api.clerk("07", "open"))["window"]["phase"] == "open"
    assert (await api.clerk("07", "handover", {"clerk": "wang"}))["window"]["clerk"] == "wang"
    assert (await api.clerk("07", "help"))["window"]["help"] is True
    assert (await api.clerk("07", "help", {"on": False}))["window"]["help"] is False
    assert (await api.clerk("07", "close"))["window"]["phase"] == "closed"


async def test_pause_after_the_current_ticket(api: Api) -> None:
    await api.clerk("17", "open")
    await api.issue(matter=MATTER)
    await api.clerk("17", "call-next")
    reason = api.opened.runtime.hall.settings.pause_reasons[0].code
    reply = await api.clerk("17", "pause", {"reason": reason, "after_current": True})
    assert (reply["window"]["phase"], reply["window"]["pause_after"]) == ("open", reason)
    await api.clerk("17", "start")
    assert (await api.clerk("17", "finish"))["window"]["phase"] == "paused"


async def test_the_supervisor_changes_matters_and_acts_at_every_window(api: Api) -> None:
    path = "/api/windows/18/matters"
    reply = done(await api.post(path, {"matters": [MATTER]}, Role.SUPERVISOR))
    checked(reply, schemas.WindowReply)
    refused = await api.post(path, {"matters": [MATTER]}, Role.CLERK, "18")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_forbidden")
    opened = done(await api.post("/api/windows/18/open", {"clerk": "li"}, Role.SUPERVISOR))
    assert opened["window"]["clerk"] == "li"


async def test_seven_is_the_window_07(api: Api) -> None:
    reply = done(await api.post("/api/windows/7/open", {}, Role.CLERK, "07"))
    assert reply["window"]["no"] == "07"


async def test_a_command_needs_no_body_when_nothing_is_asked(api: Api) -> None:
    await api.clerk("17", "open")
    await api.issue(matter=MATTER)
    await api.clerk("17", "call-next")
    response = await api.client.post("/api/windows/17/recall", headers=api.bearer(Role.CLERK, "17"))
    assert response.status_code == 200


async def test_the_day_closes_when_everybody_has_chosen(api: Api) -> None:
    ticket = (await api.issue(matter=MATTER))["ticket"]
    closing = done(await api.post("/api/day/closing", {}, Role.SUPERVISOR))
    checked(closing, schemas.DayReply)
    assert closing["day"]["phase"] == "closing"
    resumed = done(await api.post("/api/day/resume", {}, Role.SUPERVISOR))
    assert resumed["day"]["phase"] == "open"
    refused = await api.post("/api/day/close", {}, Role.SUPERVISOR)
    assert (refused.status_code, refused.json()["code"]) == (409, "day_has_remaining")
    await api.guide(f"/api/tickets/{ticket['id']}/settle", {"choice": "tomorrow"})
    closed = done(await api.post("/api/day/close", {}, Role.SUPERVISOR))
    assert closed["day"]["phase"] == "closed"
    state = done(await api.get("/api/day", Role.GUIDE))
    checked(state, schemas.DayState)
    assert state["clock_suspect"] is None


async def test_a_suspect_clock_waits_for_a_persons_word(tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        refused = await first.post("/api/day/open", {}, Role.SUPERVISOR)
        assert (refused.status_code, refused.json()["code"]) == (409, "day_already_open")
    async with running(tmp_path, clock=Clock(NINE - DAY_MS)) as early:
        ready = await early.get("/readyz")
        assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")
        issued = await early.post("/api/tickets", {"matter": MATTER}, Role.GUIDE)
        assert (issued.status_code, issued.json()["code"]) == (409, "day_before_last")
        reply = done(await early.post("/api/day/open", {}, Role.SUPERVISOR))
        assert reply["day"]["day"] == "2026-11-23"
        assert (await early.issue(matter=MATTER))["ticket"]["id"] == "20261123-G001"


async def test_the_journal_is_a_chain_of_lines(api: Api) -> None:
    for _ in range(3):
        await api.issue(matter=MATTER)
    response = await api.get("/api/journal?day=2026-11-24", Role.SUPERVISOR)
    assert response.headers["content-type"] == "application/x-ndjson"
    lines = response.content.splitlines()
    commits = [msgspec.json.decode(line) for line in lines]
    assert [commit["n"] for commit in commits] == [1, 2, 3, 4]
    assert [hashlib.sha256(line).hexdigest() for line in lines[:-1]] == [commit["prev"] for commit in commits[1:]]
    part = await api.get("/api/journal?from=3", Role.SUPERVISOR)
    assert part.content.splitlines() == lines[2:]
