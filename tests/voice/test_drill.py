"""Announcements over four zones while the worker and the players are killed: order kept, none doubled, none lost."""

import asyncio
import contextlib
import sys
import time
from pathlib import Path

import pytest

from onewindow.app import Workers
from onewindow.voice.announcement import Announcement
from onewindow.voice.announcer import speakers_of
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.items import Outcome
from onewindow.voice.wording import SpokenCall
from tests.hall_app import running
from tests.voice.drill import NOTE, WINDOWS, Box, Drill, Kept, Verdict, drill_hall, judge, listen, settled


async def drilled(
    folder: Path, count: int, *, seed: int, worker: tuple[float, float], boxes: tuple[float, float]
) -> tuple[Verdict, Drill, list[Box]]:
    """So many announcements in four zones; the pairs are the shortest and longest time between two kills."""
    (folder / "note.sh").write_text(NOTE, encoding="utf-8")
    hall, engine = drill_hall(), WorkerEngine(timeout=5.0, start_timeout=20.0, rest_seconds=2.0)
    async with running(folder / "data", hall, workers=Workers(forecast=None, voice=engine)) as api:
        kept = listen(api)
        drills = [Drill(api, kept, engine, seed + place) for place in range(len(WINDOWS))]
        found = [Box(api, zone, folder) for zone in WINDOWS]
        for box in found:
            await box.start()
        killers = [
            asyncio.create_task(drills[0].worker_killer(*worker)),
            asyncio.create_task(drills[1].box_killer(found, *boxes)),
        ]
        try:
            zones = zip(drills, WINDOWS.values(), strict=True)
            await asyncio.gather(*(drill.call(zone, count // len(WINDOWS)) for drill, zone in zones))
            for killer in killers:
                killer.cancel()
            await asyncio.gather(*killers, return_exceptions=True)
            await settled(kept)
        finally:
            for killer in killers:
                killer.cancel()
            for box in found:
                await box.kill()
        names = speakers_of(hall)
        played = {names[box.zone]: box.played() for box in found}
        verdict = judge(kept, played)
        drills[0].told = [name for drill in drills for name in drill.told]
        drills[0].not_told = [name for drill in drills for name in drill.not_told]
    return verdict, drills[0], found


def sound(verdict: Verdict, drill: Drill, count: int) -> None:
    """The drill went well, and something happened in it."""
    assert verdict.faults == []
    assert verdict.offered >= count * 0.95
    assert set(verdict.results) <= {"played", "replaced", "expired"}
    assert sum(verdict.results.values()) == verdict.offered
    assert verdict.results["played"] > verdict.offered / 3
    assert drill.not_told == [], "every call that was not heard reached its clerk"


async def test_a_short_drill(tmp_path: Path) -> None:
    verdict, drill, boxes = await drilled(tmp_path, 40, seed=1, worker=(3.0, 6.0), boxes=(1.5, 4.0))
    sound(verdict, drill, 40)
    assert drill.worker_kills + sum(box.kills for box in boxes) > 0


@pytest.mark.slow
async def test_the_drill_of_a_thousand(tmp_path: Path) -> None:
    began = time.monotonic()
    verdict, drill, boxes = await drilled(tmp_path, 1000, seed=7, worker=(1.5, 4.0), boxes=(0.8, 2.6))
    with contextlib.suppress(OSError):
        sys.stderr.write(
            f"\n{verdict.offered} announcements in {time.monotonic() - began:.0f} s: {dict(verdict.results)}; "
            f"{verdict.sounded} sounded, {verdict.begun_only} begun only, {verdict.chimes} chimes alone; "
            f"worker killed {drill.worker_kills} times, players {sum(box.kills for box in boxes)} times; "
            f"{len(drill.told)} unheard ones told to their clerks\n"
        )
    sound(verdict, drill, 1000)
    assert drill.worker_kills >= 20
    assert drill.told


def test_the_judge_finds_what_it_looks_for() -> None:
    """A check that cannot fail is none."""

    def ended(name: str, result: str, reason: str = "") -> Outcome:
        return Outcome(id=name, ticket=name, result=result, at=0.0, reason=reason)  # type: ignore[arg-type]

    def kept(**outcomes: list[Outcome]) -> Kept:
        offered = [Announcement(id=name, ticket=name, call=SpokenCall()) for name in ("a", "b", "c")]
        sounds = {("s", f"{name}.wav"): name for name in ("a", "b", "c")}
        return Kept(offered={"s": offered}, outcomes=dict(outcomes), sounds=sounds)

    good = {name: [ended(name, "played")] for name in ("a", "b", "c")}
    in_order = [(1.0, "a.wav"), (2.0, "b.wav"), (3.0, "c.wav")]
    assert judge(kept(**good), {"s": in_order}).faults == []
    assert judge(kept(**good), {"s": in_order[::-1]}).faults[0].startswith("s: out of order")
    assert "c is said to be played" in judge(kept(**good), {"s": in_order[:2]}).faults[0]
    assert judge(kept(**good), {"s": [*in_order, in_order[-1]]}).faults == ["c sounded 2 times"]
    assert judge(kept(**{**good, "b": []}), {"s": in_order}).faults == ["b: 0 ends"]
    expired = {**good, "c": [ended("c", "expired")]}
    assert judge(kept(**expired), {"s": in_order}).faults == ["c sounded and is said to have expired"]
    moved = {**good, "a": [ended("a", "replaced", "by c")]}
    assert judge(kept(**moved), {"s": [in_order[2], in_order[1]]}).faults == [], "a recall has its call's place"
