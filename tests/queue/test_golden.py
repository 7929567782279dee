"""Golden days: an old journal replays to the same hall, and the same commands are still decided the same way."""

from pathlib import Path

import msgspec
import pytest

from onewindow.queue.decide import execute
from onewindow.queue.evolve import evolve_all
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from tests.queue.golden_day import FOLDER, Line, anqiu, summary

DAYS = sorted(FOLDER.glob("day-*.jsonl"))


def read(day: Path) -> tuple[object, list[Line]]:
    head, *rest = day.read_bytes().splitlines()
    decoder = msgspec.json.Decoder(Line)
    return msgspec.json.decode(head), [decoder.decode(line) for line in rest]


def test_there_is_a_golden_day() -> None:
    assert DAYS


@pytest.mark.parametrize("day", DAYS, ids=lambda d: d.stem)
def test_events_replay_to_the_same_hall(day: Path) -> None:
    expected, lines = read(day)
    state = HallDay(anqiu())
    for line in lines:
        evolve_all(state, line.events)
    assert summary(state) == expected


@pytest.mark.parametrize("day", DAYS, ids=lambda d: d.stem)
def test_commands_are_decided_as_before(day: Path) -> None:
    """A failure here is a changed rule: meant, and told in the changelog, or a fault."""
    _, lines = read(day)
    state = HallDay(anqiu())
    for line in lines:
        done = execute(state, line.command, line.at)
        if isinstance(done, Refusal):
            assert done.code == line.refused
        else:
            assert done == line.events
