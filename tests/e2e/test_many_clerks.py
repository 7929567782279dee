"""Forty clerks at the same moment: each ticket once, in the rule's order; the same key, the same reply."""

import asyncio
from pathlib import Path

import httpx

from onewindow.queue.decide_window import called as called_by_rule
from onewindow.queue.events import TicketCalled
from onewindow.queue.evolve import evolve
from onewindow.queue.state import HallDay
from onewindow.zones.load import load_hall
from tests.callers.browsers import always_open
from tests.e2e.history import journal
from tests.server import Server, served

CLERKS, TICKETS = 40, 200


async def call_until_empty(
    client: httpx.AsyncClient, server: Server, window: str, together: asyncio.Barrier
) -> list[str]:
    """Call and serve until nobody waits; the tickets in the order of the calls."""
    headers = server.bearer("supervisor")
    seen: list[str] = []
    await together.wait()
    while True:
        reply = await client.post(f"/api/windows/{window}/call-next", json={"finish": True}, headers=headers)
        assert reply.status_code == httpx.codes.OK, reply.text
        if (ticket := reply.json()["ticket"]) is None:
            return seen
        assert ticket["why"]
        seen.append(ticket["id"])
        started = await client.post(f"/api/windows/{window}/start", headers=headers)
        assert started.status_code == httpx.codes.OK, started.text


async def test_forty_clerks_call_two_hundred_tickets(tmp_path: Path) -> None:
    files = always_open(tmp_path)
    hall = load_hall(files)
    windows = [w.no for w in hall.windows.values() if w.kind not in ("issuing", "agent")][:CLERKS]
    assert len(windows) == 37
    windows += ["27", "28", "29"]
    with served(tmp_path / "var", files) as server:
        limits = httpx.Limits(max_connections=CLERKS)
        async with httpx.AsyncClient(base_url=server.url, timeout=30, limits=limits, trust_env=False) as client:
            supervisor, guide = server.bearer("supervisor"), server.bearer("guide")
            for no in windows:
                opened = await client.post(f"/api/windows/{no}/open", headers=supervisor)
                assert opened.status_code == httpx.codes.OK
            for no in windows[-3:]:
                public = await client.post(f"/api/windows/{no}/matters", json={"public": True}, headers=supervisor)
                assert public.status_code == httpx.codes.OK, public.text
            codes = [m for m in hall.matters if any(m in hall.windows[no].matters for no in windows)]
            issued = await asyncio.gather(
                *(
                    client.post("/api/tickets", json={"matter": codes[i % len(codes)]}, headers=guide)
                    for i in range(TICKETS)
                )
            )
            assert {r.status_code for r in issued} == {201}
            together = asyncio.Barrier(CLERKS)
            called = await asyncio.gather(*(call_until_empty(client, server, no, together) for no in windows))
        everything = [ticket for of_window in called for ticket in of_window]
        assert len(everything) == len(set(everything)) == TICKETS
        assert set(everything) == {r.json()["ticket"]["id"] for r in issued}
        commits = journal(server)
    state, calls = HallDay(hall), 0
    for commit in commits:
        for entry in commit.entries:
            for event in entry.events:
                if isinstance(event, TicketCalled):
                    calls += 1
                    assert called_by_rule(state, event.window, event.at, event.follows) == (event,)
                evolve(state, event)
    assert calls == TICKETS


async def test_the_same_key_gives_the_same_reply(tmp_path: Path) -> None:
    with served(tmp_path / "var", always_open(tmp_path)) as server:
        clerk, guide = server.bearer("clerk", window="17"), server.bearer("guide")
        async with httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as client:
            await client.post("/api/windows/17/open", headers=clerk)
            asked = [
                client.post("/api/tickets", json={"matter": "BIZ-002"}, headers=guide | {"Idempotency-Key": "one"})
                for _ in range(20)
            ]
            issued = await asyncio.gather(*asked)
            assert len({r.content for r in issued}) == 1 and {r.status_code for r in issued} == {201}
            await client.post("/api/tickets", json={"matter": "BIZ-002"}, headers=guide)
            key = clerk | {"Idempotency-Key": "two"}
            called = await asyncio.gather(*(client.post("/api/windows/7/call-next", headers=key) for _ in range(2)))
            assert {r.status_code for r in called} == {403}, "another clerk's window"
            called = await asyncio.gather(*(client.post("/api/windows/17/call-next", headers=key) for _ in range(20)))
            assert len({r.content for r in called}) == 1
            assert called[0].json()["ticket"]["number"] == "G001"
        events = [e for c in journal(server) for entry in c.entries for e in entry.events]
        assert sum(isinstance(e, TicketCalled) for e in events) == 1
