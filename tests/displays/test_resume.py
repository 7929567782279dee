"""Who comes back gets what it missed, and only that; who missed too much, or was elsewhere, gets a snapshot."""

import msgspec
import pytest

from onewindow.displays import channels as ch
from onewindow.displays import frames
from onewindow.displays.cells import Cells
from onewindow.displays.fanout import Pace
from onewindow.displays.streams import KEPT_BYTES, Stream
from onewindow.queue import commands as cmd
from tests.displays.at_work import Screen, Work, at_work, screen

QUICK = Pace(beat=0.05, figures=0.01, phones=0.01, drain=0.02)


def back(path: str, before: Screen, *, epoch: str | None = None, v: int | str | None = None) -> str:
    return f"{path}?epoch={epoch or before.epoch}&v={before.v if v is None else v}"


async def resumed(work: Work, path: str, before: Screen, **shows: str) -> list[str]:
    """The kinds of frames with which this screen's return begins, until it shows what the hall is."""
    async with work.connect(back(path, before, **shows)) as socket:
        again = Screen(socket, cells=dict(before.cells), v=before.v, epoch=before.epoch)
        expected = Cells(await work.runtime.committed()).of(ch.HALL)
        await again.next()
        await again.until(lambda s: s.cells == expected)
        return again.kinds


async def test_who_comes_back_gets_what_it_missed() -> None:
    async with at_work(QUICK) as work, screen(work, "/ws/hall") as stays:
        async with screen(work, "/ws/hall") as before:
            pass
        assert await resumed(work, "/ws/hall", before) == ["beat"]
        await work.issue("SZ-01")
        await work.do(cmd.CallNext(window="1"))
        await stays.until(lambda s: "call/1" in s.cells)
        kinds = await resumed(work, "/ws/hall", before)
        assert kinds[0] == "beat" and set(kinds[1:]) <= {"delta", "beat"} and "delta" in kinds


@pytest.mark.parametrize("shows", [{"epoch": "another"}, {"v": "99999999999999"}, {"v": "x"}, {"v": "1"}])
async def test_what_is_not_known_any_more_means_a_snapshot(shows: dict[str, str]) -> None:
    async with at_work(QUICK) as work, screen(work, "/ws/hall"):
        async with screen(work, "/ws/hall") as before:
            pass
        assert (await resumed(work, "/ws/hall", before, **shows))[0] == "snapshot"


async def test_a_channel_that_nobody_followed_meanwhile_begins_anew() -> None:
    async with at_work(QUICK) as work:
        async with screen(work, "/ws/hall") as before:
            pass
        while work.hub.followers:
            await work.runtime.committed()
        await work.issue("SZ-01")
        await work.do(cmd.CallNext(window="1"))
        assert (await resumed(work, "/ws/hall", before))[0] == "snapshot"


def cells(n: int) -> dict[str, msgspec.Raw]:
    return {"call/1": frames.raw({"id": f"{n}", "pad": "x" * 900})}


def test_what_is_kept_is_bounded() -> None:
    stream = Stream(ch.HALL, 100)
    for n in range(101, 301):
        stream.news(frames.delta(n, cells(n), (), (), "now"))
    assert stream.since(300) == []
    known = [v for v in range(100, 301) if stream.since(v) is not None]
    assert known == list(range(known[0], 301)) and known[0] > 260
    missed = stream.since(known[0])
    assert missed is not None and [f.v for f in missed] == list(range(known[0] + 1, 301))
    assert sum(len(f.wire) for f in missed) <= KEPT_BYTES
    assert stream.since(None) is None and stream.since(301) is None
    phone = Stream(ch.ticket("20260105-A001"), 100)
    phone.news(frames.delta(101, cells(101), (), (), "now"))
    assert phone.since(100) is None and phone.since(101) == []


def test_a_snapshot_bears_the_time_at_which_it_is_asked_for() -> None:
    """Its calls' age is counted by that: a page that begins ten minutes after a call must not ring it."""
    stream = Stream(ch.HALL, 1)
    stream.cells = {"day": frames.raw({"day": "2026-01-05"})}
    first = stream.snapshot("e", 0.0, "09:00:00")
    assert stream.snapshot("e", 0.9, "09:00:01") is first
    assert b"09:10:00" in stream.snapshot("e", 600.0, "09:10:00").text
