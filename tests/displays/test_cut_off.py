"""A channel whose content can't be worked out is cut off, so that its screens say so; all others go on."""

import logging
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from onewindow.displays import channels as ch
from onewindow.displays.cells import Cells
from onewindow.displays.channels import Channel
from onewindow.displays.fanout import Pace
from onewindow.displays.projection import Projection, Touched
from onewindow.queue import commands as cmd
from tests.displays.at_work import Screen, at_work, screen

QUICK = Pace(beat=0.05, figures=0.01, phones=0.01, drain=0.02)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What the hall's channel can't show: the cells whose keys begin so."""
    found: set[str] = set()
    real = Cells.cell

    def cell(self: Cells, channel: Channel, key: str) -> Any:
        if channel == ch.HALL and key.partition("/")[0] in found:
            raise ZeroDivisionError(key)
        return real(self, channel, key)

    monkeypatch.setattr(Cells, "cell", cell)
    return found


async def closed(shown: Screen) -> bool:
    """Whether the connection ends; frames before it are taken."""
    try:
        while True:
            await shown.next()
    except ConnectionClosed:
        return True


async def test_all_are_cut_off_when_nobody_knows_what_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_work(QUICK) as work, screen(work, "/ws/hall") as hall, screen(work, "/ws/windows/1") as strip:
        await work.issue("SZ-01")

        def touched(self: Projection, *_: Any, **__: Any) -> Touched:
            raise ZeroDivisionError

        with monkeypatch.context() as broken:
            broken.setattr(Projection, "touched", touched)
            await work.do(cmd.CallNext(window="1"))
        assert await closed(hall) and await closed(strip)
        async with screen(work, "/ws/windows/1") as again:
            assert again.cells == Cells(await work.runtime.committed()).of(ch.window("1"))


@pytest.mark.parametrize("fault", ["zone", "call"], ids=["a figure", "a call"])
async def test_only_the_screens_of_what_fails_are_cut_off(
    broken: set[str], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_work(QUICK) as work, screen(work, "/ws/hall") as hall, screen(work, "/ws/windows/1") as strip:
        broken.add(fault)
        await work.issue("SZ-01")
        await work.do(cmd.CallNext(window="1"))
        assert await closed(hall)
        # Nothing of it is there for who comes meanwhile, and the others are shown all that happens.
        async with work.connect("/ws/hall") as meanwhile:
            with pytest.raises(ConnectionClosed):
                await meanwhile.recv()
        await work.do(cmd.StartService(window="1"))
        await work.issue("SZ-01")
        expected = Cells(await work.runtime.committed()).of(ch.window("1"))
        await strip.until(lambda s: s.cells == expected)
        broken.clear()
        async with screen(work, "/ws/hall") as again:
            assert again.cells == Cells(await work.runtime.committed()).of(ch.HALL)
            await work.issue("SZ-01")
            expected = Cells(await work.runtime.committed()).of(ch.HALL)
            await again.until(lambda s: s.cells == expected)
    cut = [one for one in caplog.records if "its screens are cut off" in one.getMessage()]
    assert len(cut) == 1 and cut[0].levelno == logging.ERROR and cut[0].exc_info is not None
