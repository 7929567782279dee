"""What is kept for long is looked at no more by the collector; garbage is collected between two commands."""

import asyncio
import gc
import weakref
from typing import Any

import pytest

from onewindow.http.under_way import UnderWay
from onewindow.memory import NEW, give_back, keep, sweeping


class Ring:
    def __init__(self) -> None:
        self.myself = self


def test_what_was_loaded_is_out_of_the_collectors_way() -> None:
    try:
        rings = [Ring() for _ in range(1000)]
        keep()
        assert gc.get_freeze_count() > 1000
        looked_at = {id(one) for one in gc.get_objects()}
        assert not any(id(ring) in looked_at for ring in rings)
    finally:
        gc.unfreeze()


def test_what_was_kept_and_let_go_is_given_back_and_the_rest_stays_kept() -> None:
    try:
        gone, stays = Ring(), Ring()
        there = weakref.ref(gone)
        keep()
        del gone
        gc.collect()
        assert there() is not None, "kept, it is not looked for"
        give_back()
        assert there() is None
        assert id(stays) not in {id(one) for one in gc.get_objects()}
    finally:
        gc.unfreeze()


async def test_garbage_goes_between_two_commands_not_amid_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The young at least; here the bound is so long that only the end of the command can bring it."""
    monkeypatch.setattr("onewindow.memory.MOMENT_SECONDS", 600.0)
    under_way, before = UnderWay(), gc.get_threshold()
    gc.set_threshold(1_000_000, 1_000, 1_000)
    try:
        async with sweeping(under_way):
            await asyncio.sleep(0)
            under_way.begin()
            rings = [Ring() for _ in range(NEW)]
            there = weakref.ref(rings[0])
            del rings
            standing = under_way.when_free
            seen = asyncio.Event()

            def told(*given: Any) -> None:
                seen.set()
                standing(*given)

            monkeypatch.setattr(under_way, "when_free", told)
            async with asyncio.timeout(20):
                await seen.wait()  # It wants to sweep, and waits for the command.
            assert there() is not None
            gone = asyncio.Event()
            weakref.finalize(there(), gone.set)
            under_way.end()
            async with asyncio.timeout(20):
                await gone.wait()
    finally:
        gc.set_threshold(*before)
