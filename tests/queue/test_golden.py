"""Golden days: an old journal replays to the same hall, and the same commands are still decided the same way."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from onewindow.queue.commands import AnyCommand
from onewindow.queue.decide import execute
from onewindow.queue.events import AnyEvent
from onewindow.queue.evolve import evolve_all
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from tests.queue.golden_day import FOLDER, Line, anqiu, summary

DAYS = sorted(FOLDER.glob("day-*.jsonl"))


def read(day: Path) -> tuple[object, list[Line]]:
    head, *rest = day.read_bytes().splitlines()
    decoder = msgspec.json.Decoder(Line)
    return msgspec.json.decode(head), [decoder.decode(line) for line in rest]


def test_every_command_and_every_event_is_golden() -> None:
    """Whoever adds one writes a new day (`golden_day`): what no journal holds may change unnoticed."""
    lines = [line for day in DAYS for line in read(day)[1]]
    done = {type(line.command) for line in lines if line.events}
    happened = {type(event) for line in lines for event in line.events}
    assert set(get_args(AnyCommand)) - done == set()
    assert set(get_args(AnyEvent)) - happened == set()


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
