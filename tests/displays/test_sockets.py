"""The sockets over a real server: snapshots, deltas, reconnecting, who may follow what, and what clients may say."""

import asyncio
import time
from pathlib import Path

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from onewindow.access.principal import Role
from onewindow.displays import channels as ch
from onewindow.displays.cells import Cells
from onewindow.displays.fanout import Pace
from onewindow.displays.framed import FramedProtocol
from onewindow.displays.sockets import Crowd
from onewindow.queue import commands as cmd
from tests.displays.at_work import PATIENT, Work, at_work, screen
from tests.push.service import certificate

DEEP = '{"beat": ' + "[" * 5_000
"""Deeper than the decoder goes."""
QUICK = Pace(beat=0.05, figures=0.01, phones=0.01, drain=0.02)


async def closed(work: Work, path: str, role: Role | None = None) -> int:
    """The code with which the server closes this connection."""
    async with work.connect(path, role) as socket:
        with pytest.raises(ConnectionClosed) as caught:
            while True:
                await asyncio.wait_for(socket.recv(), PATIENT)
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code


async def test_beats_come_by_the_clock_where_the_loop_is_late_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    beats = []
    async with at_work(Pace(beat=0.4)) as work, screen(work, "/ws/hall"):
        monkeypatch.setattr(work.hub, "_hand_out", lambda stream, frame: beats.append(frame))
        for _ in range(12):
            # Half a round, in which nothing of the loop runs; then it may.
            time.sleep(0.2)  # noqa: ASYNC251
            await asyncio.sleep(0.01)
        assert len(beats) >= 3


@pytest.mark.parametrize("ws", [FramedProtocol, "websockets-sansio"], ids=["framed", "plain"])
async def test_a_screen_follows_a_day(ws: object) -> None:
    async with (
        at_work(QUICK, ws=ws) as work,
        screen(work, "/ws/hall") as hall,
        screen(work, "/ws/zones/service") as zone,
    ):
        number = (await work.issue("SZ-01")).partition("-")[2]
        await work.do(cmd.CallNext(window="1"))
        await hall.until(lambda s: "call/1" in s.cells)
        await zone.until(lambda s: s.cells["window/1"]["state"] == "called")
        assert hall.cells["call/1"]["number"] == zone.cells["window/1"]["number"] == number
        await work.do(cmd.Recall(window="1"))
        await hall.until(lambda s: s.cells["call/1"]["recalled"])
        state = await work.do(cmd.StartService(window="1"))
        await hall.until(lambda s: "call/1" not in s.cells)
        expected = Cells(state).of(ch.HALL)
        await hall.until(lambda s: s.cells == expected)
        calls = [(c["kind"], c["number"], c["window"]) for c in hall.calls]
        assert calls == [("call", number, "1"), ("recall", number, "1")]
        assert len({c["id"] for c in hall.calls}) == 2
        await hall.until(lambda s: s.kinds[-1] == "beat")


async def test_screens_follow_over_tls_too_where_nothing_goes_past_the_transport(tmp_path: Path) -> None:
    async with at_work(QUICK, certificate=certificate(tmp_path)) as work, screen(work, "/ws/hall") as hall:
        for _ in range(30):
            await work.issue("SZ-01")
        for _ in range(30):
            await work.do(cmd.CallNext(window="1"))
            await work.do(cmd.StartService(window="1"))
            state = await work.do(cmd.FinishService(window="1"))
        expected = Cells(state).of(ch.HALL)
        await hall.until(lambda s: s.cells == expected and s.kinds[-1] == "beat")
        assert len(hall.calls) == 30


async def test_an_undone_call_is_corrected_and_taken_off() -> None:
    async with at_work(QUICK) as work, screen(work, "/ws/hall") as hall, screen(work, "/ws/windows/1") as strip:
        await work.issue("SZ-01")
        await work.do(cmd.CallNext(window="1"))
        await hall.until(lambda s: "call/1" in s.cells)
        await work.do(cmd.Undo(window="1"))
        await hall.until(lambda s: "call/1" not in s.cells)
        assert [c["kind"] for c in hall.calls] == ["call", "correction"]
        await strip.until(lambda s: s.cells["strip"]["state"] == "idle" and len(s.calls) == 2)


async def test_a_screen_that_comes_back_shows_what_happened_meanwhile() -> None:
    async with at_work(QUICK) as work:
        async with screen(work, "/ws/hall") as before:
            pass
        await work.issue("SZ-01")
        state = await work.do(cmd.CallNext(window="1"))
        async with screen(work, "/ws/hall") as after:
            assert after.epoch == before.epoch
            assert after.v >= before.v
            assert after.cells == Cells(state).of(ch.HALL)


async def test_versions_grow_from_one_server_to_the_next() -> None:
    async with at_work(QUICK) as work, screen(work, "/ws/hall") as first:
        await work.issue("SZ-01")
        await first.until(lambda s: s.kinds[-1] == "delta")
    async with at_work(QUICK) as work, screen(work, "/ws/hall") as second:
        assert second.v > first.v
        assert second.epoch != first.epoch


async def test_a_phone_follows_its_ticket() -> None:
    async with at_work(QUICK) as work:
        first, mine = await work.issue("SZ-01"), await work.issue("SZ-01")
        async with screen(work, f"/ws/tickets/{work.tracking.token(mine)}") as phone:
            assert phone.cells["ticket"]["ahead"] == 1
            await work.do(cmd.CancelTicket(ticket=first))
            await phone.until(lambda s: s.cells["ticket"]["ahead"] == 0)
            await work.do(cmd.CallNext(window="1"))
            await phone.until(lambda s: s.cells["ticket"]["lead_zh"] == "请到 1 号窗口")
            assert [c["kind"] for c in phone.calls] == ["call"]


async def test_who_comes_after_a_commit_is_shown_what_it_changed() -> None:
    """What a snapshot gathers of the whole day is gathered once a commit; the next commit must make it anew."""
    async with at_work(Pace(beat=60.0, figures=60.0, phones=60.0)) as work:
        mine = [await work.issue("SZ-01") for _ in range(3)]
        passed = list[int]()
        for name in mine[1:]:
            path = f"/ws/tickets/{work.tracking.token(name)}"
            async with screen(work, path) as phone, screen(work, path) as same:
                fresh = Cells(await work.runtime.committed()).of(ch.ticket(name))
                assert phone.cells == same.cells == msgspec.json.decode(msgspec.json.encode(fresh))
                passed.append(len(phone.cells["passed"]))
                await work.issue("SZ-01", "priority")
                await work.do(cmd.CallNext(window="1", finish=len(passed) > 1))
                await work.do(cmd.StartService(window="1"))
        assert passed == [0, 1]


async def test_who_may_follow_what() -> None:
    async with at_work(QUICK) as work:
        ticket = await work.issue("SZ-01")
        assert await closed(work, "/ws/zones/nowhere") == 4404
        assert await closed(work, "/ws/windows/99") == 4404
        assert await closed(work, "/ws/tickets/20261124-A001.forged") == 4403
        assert await closed(work, f"/ws/tickets/{work.tracking.token('20200101-A001')}") == 4404
        assert await closed(work, f"/ws/tickets/{ticket}") == 4403
        assert await closed(work, "/ws/supervisor") == 4403
        assert await closed(work, "/ws/supervisor", Role.CLERK) == 4403
        async with screen(work, "/ws/supervisor", Role.SUPERVISOR) as supervisor:
            assert supervisor.cells["window/1"]["clerk"] == "li"
        async with screen(work, "/ws/windows/01") as strip:
            assert strip.cells["strip"]["window"] == "1"


async def test_what_makes_no_sense_is_ignored_and_too_much_ends_it() -> None:
    async with at_work(QUICK) as work:
        async with screen(work, "/ws/hall") as hall:
            for said in ("", "x", "[1]", DEEP, '{"beat": "now"}', '{"beat": true}', b"\x00\xff", '{"beat": 3}'):
                await hall.socket.send(said)
            await hall.until(lambda s: s.kinds.count("beat") >= 2)
        async with screen(work, "/ws/hall") as chatty:
            with pytest.raises(ConnectionClosed) as caught:
                while True:
                    await chatty.socket.send("{}")
                    await chatty.next()
            assert caught.value.rcvd is not None and caught.value.rcvd.code == 1008
        async with screen(work, "/ws/hall") as large:
            await large.socket.send("x" * 20_000)
            with pytest.raises(ConnectionClosed) as caught:
                await large.until(lambda s: False)
            assert caught.value.rcvd is not None and caught.value.rcvd.code == 1009
        async with screen(work, "/ws/hall"):
            pass


async def test_one_address_and_one_ticket_have_their_limits() -> None:
    async with at_work(QUICK, crowd=Crowd(per_address=1, per_ticket=1)) as work:
        ticket = f"/ws/tickets/{work.tracking.token(await work.issue('SZ-01'))}"
        async with screen(work, ticket), screen(work, "/ws/hall"):
            assert await closed(work, ticket) == 4429
            assert await closed(work, "/ws/hall") == 4429
            async with screen(work, "/ws/supervisor", Role.SUPERVISOR):
                pass
            # A hall's Wi-Fi is one address: another visitor's phone is counted by its own ticket.
            async with screen(work, f"/ws/tickets/{work.tracking.token(await work.issue('SZ-01'))}"):
                pass
        async with screen(work, "/ws/hall"):
            pass


async def test_the_supervisor_sees_a_screen_come_and_go() -> None:
    async with at_work(QUICK) as work, screen(work, "/ws/supervisor", Role.SUPERVISOR) as supervisor:
        async with screen(work, "/ws/hall?device=tv") as hall:
            await supervisor.until(lambda s: s.cells.get("screen/tv", {}).get("connected") is True)
            assert supervisor.cells["screen/tv"]["verified"] is False
            async with screen(work, "/ws/hall?device=tv", Role.SCREEN):
                await supervisor.until(lambda s: s.cells["screen/tv"]["verified"])
                await hall.socket.send('{"beat": 1}')
            # The one that only says the name doesn't stand in for the one that is known by its token.
            await supervisor.until(lambda s: s.cells["screen/tv"]["connected"] is False)
        async with screen(work, "/ws/hall?device=nobody"):
            await supervisor.until(lambda s: s.kinds[-1] == "beat")
        assert [key for key in supervisor.cells if key.startswith("screen/")] == ["screen/tv"]
