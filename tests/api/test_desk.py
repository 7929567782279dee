"""The desk's, the kiosk's and the holder's calls, over real sockets and real SQLite."""

import msgspec
import pytest

from onewindow.access.principal import Role
from onewindow.api import schemas
from tests.hall_app import Api, done

MATTER = "BIZ-001"


def checked(value: object, shape: type[msgspec.Struct]) -> None:
    """The answer is exactly of its documented shape."""
    msgspec.convert(value, shape, strict=True)


async def test_issue_a_ticket_for_a_matter(api: Api) -> None:
    await api.clerk("17", "open")
    response = await api.post(
        "/api/tickets", {"matter": MATTER, "applicant": "standard", "channel": "guide"}, Role.GUIDE
    )
    assert response.status_code == 201
    reply = response.json()
    checked(reply, schemas.IssuedReply)
    ticket = reply["ticket"]
    checked(ticket, schemas.StaffTicket)
    assert (ticket["id"], ticket["number"]) == ("20261124-G001", "G001")
    assert (ticket["zone"], ticket["matter"], ticket["state"]) == ("business", MATTER, "waiting")
    assert (ticket["windows"], ticket["open"], ticket["ahead"]) == (["17"], True, 0)
    assert ticket["wait"] == {"low": 0, "expected": 0, "high": 300}
    assert reply["track"].startswith("/t/20261124-G001.")
    second = (await api.issue(matter=MATTER))["ticket"]
    assert (second["number"], second["ahead"]) == ("G002", 1)


async def test_all_windows_that_could_while_none_is_open(api: Api) -> None:
    ticket = (await api.issue(matter=MATTER))["ticket"]
    assert (ticket["windows"], ticket["open"], ticket["wait"]) == (["17", "18", "19"], False, None)


async def test_the_forecast_is_recorded_with_the_ticket(api: Api) -> None:
    await api.clerk("17", "open")
    reply = await api.issue(matter=MATTER)
    lines = (await api.get("/api/journal", Role.SUPERVISOR)).text.splitlines()
    issued = [event for line in lines for entry in msgspec.json.decode(line)["entries"] for event in entry["events"]]
    [event] = [event for event in issued if event["is"] == "ticket_issued"]
    assert event["wait"] == {"low": 0, "expected": 0, "high": 300}
    assert reply["track"] not in "".join(lines)


@pytest.mark.parametrize(
    ("body", "count", "zone"),
    [
        ({"group": "Q"}, 1, "convenience"),
        ({"zone": "business"}, 1, "business"),
        ({"chain": "CH-BIZ"}, 7, "business"),
        ({"matters": ["BIZ-001", "CNV-001"]}, 2, "business"),
    ],
)
async def test_issue_for_less_and_more_than_a_matter(
    api: Api, body: dict[str, object], count: int, zone: str
) -> None:
    reply = await api.issue(**body)
    checked(reply, schemas.IssuedReply)
    tickets = reply.get("tickets", [reply["ticket"]])
    assert len(tickets) == count
    assert tickets[0] == reply["ticket"]
    assert tickets[0]["zone"] == zone
    assert {ticket["visit"] for ticket in tickets} == {reply["visit"]}
    assert ("tickets" in reply) is (count > 1)


async def test_a_ticket_joins_a_visit(api: Api) -> None:
    first = await api.issue(matter=MATTER)
    second = await api.issue(matter="BIZ-002", visit=first["visit"], purpose="handle", copies=2)
    assert second["visit"] == first["visit"]
    assert second["ticket"]["copies"] == 2
    assert second["ticket"]["visit_tickets"] == ["G001", second["ticket"]["number"]]


async def test_a_kiosk_claims_and_a_guide_confirms(api: Api) -> None:
    response = await api.post(
        "/api/tickets", {"matter": MATTER, "applicant": "elderly", "channel": "guide"}, Role.KIOSK
    )
    reply = done(response)
    checked(reply["ticket"], schemas.HolderTicket)
    assert reply["ticket"]["priority"] is False
    name = reply["ticket"]["id"]
    seen = done(await api.get(f"/api/tickets/{name}", Role.GUIDE))["ticket"]
    assert (seen["channel"], seen["applicant"], seen["confirmed"]) == ("kiosk", "elderly", False)
    confirmed = await api.guide(f"/api/tickets/{name}/applicant", {"applicant": "elderly"})
    checked(confirmed, schemas.StaffReply)
    assert (confirmed["ticket"]["confirmed"], confirmed["ticket"]["priority"]) == (True, True)


async def test_the_holder_follows_steps_out_comes_back_and_leaves(api: Api) -> None:
    reply = await api.issue(matter=MATTER)
    name, token = reply["ticket"]["id"], reply["track"].removeprefix("/t/")
    seen = done(await api.get(f"/api/tickets/{name}", token))
    checked(seen["ticket"], schemas.HolderTicket)
    assert seen["ticket"]["papers"] == list(api.opened.runtime.hall.matters[MATTER].papers)
    away = done(await api.post(f"/api/tickets/{name}/away", {}, token))
    checked(away, schemas.HolderReply)
    assert away["ticket"]["away_until"] == "2026-11-24T09:20:00.000+08:00"
    back = done(await api.post(f"/api/tickets/{name}/return", {}, token))
    assert back["ticket"]["away_until"] is None
    left = done(await api.post(f"/api/tickets/{name}/cancel", {}, token))
    assert left["ticket"]["state"] == "cancelled"


async def test_another_number_than_asked_is_rerouted_in_its_place(api: Api) -> None:
    ticket = (await api.issue(group="Q"))["ticket"]
    api.clock.on(600)
    reply = await api.guide(f"/api/tickets/{ticket['id']}/reroute", {"matter": MATTER})
    checked(reply, schemas.StaffReply)
    moved = reply["ticket"]
    assert (moved["number"], moved["zone"], moved["seniority"]) == (ticket["number"], "business", ticket["seniority"])


async def test_a_question_is_counted(api: Api) -> None:
    reply = await api.guide("/api/consults", {"zone": "business"})
    checked(reply, schemas.DayReply)
    assert reply["day"]["consults"] == 1


async def test_a_choice_at_closing(api: Api) -> None:
    ticket = (await api.issue(matter=MATTER))["ticket"]
    reply = await api.guide(f"/api/tickets/{ticket['id']}/settle", {"choice": "give_up"})
    checked(reply, schemas.StaffReply)
    assert (reply["ticket"]["state"], reply["ticket"]["choice"]) == ("abandoned", "give_up")


async def test_search_says_papers_windows_and_wait(api: Api) -> None:
    await api.clerk("17", "open")
    reply = done(await api.get("/api/search?q=qymc&limit=3"))
    checked(reply, schemas.SearchReply)
    first = reply["matters"][0]
    assert (first["code"], first["windows"], first["open"]) == (MATTER, ["17"], True)
    assert first["papers"] and first["wait"] is not None
    assert len(reply["matters"]) <= 3
    assert done(await api.get("/api/search"))["matters"] == []


async def test_the_slip_as_text_and_picture(api: Api) -> None:
    reply = await api.issue(matter=MATTER)
    base = f"/api/tickets/{reply['ticket']['id']}/slip"
    text = await api.get(base + ".txt", Role.GUIDE)
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "G001" in text.text
    picture = await api.get(base + ".png", reply["track"].removeprefix("/t/"))
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


async def test_the_same_key_gets_the_same_reply(api: Api) -> None:
    first = await api.post("/api/tickets", {"matter": MATTER}, Role.GUIDE, key="a-lost-reply")
    again = await api.post("/api/tickets", {"matter": MATTER}, Role.GUIDE, key="a-lost-reply")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other = await api.post("/api/tickets", {"matter": MATTER}, Role.KIOSK, key="a-lost-reply")
    assert other.json()["ticket"]["number"] == "G002"
