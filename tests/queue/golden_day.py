"""The golden days: seeded days on the Anqiu hall, each written once and replayed for ever.

`python -m tests.queue.golden_day NAME` writes `tests/golden/NAME.jsonl`: first the final state in short, then a line
for each command with its time and events. `day-1` is a morning, `day-2` the day's edges (`golden_edges`). Write a new
one when commands or events have grown; never change an old. `day-3` has a desk that issued without the server;
in `day-4` the journal has lost a part.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.events import AnyEvent
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, TicketState
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall
from tests.core_hall import DAY, MINUTE, T0
from tests.queue import golden_loss, golden_offline
from tests.queue.golden_edges import Edges, opening

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "golden"


class Line(msgspec.Struct, frozen=True):
    """One command of the day, and what came of it: events, or the code of the refusal."""

    at: int
    command: cmd.AnyCommand
    events: tuple[AnyEvent, ...] = ()
    refused: str = ""


def anqiu() -> Hall:
    return load_hall(ROOT / "halls" / "anqiu")


def summary(state: HallDay) -> dict[str, Any]:
    """The final state in short: what a reader of an old journal must find again."""
    return {
        "day": state.day,
        "states": dict(sorted(Counter(t.state.value for t in state.tickets.values()).items())),
        "series": dict(sorted(state.series.items())),
        "calls": state.calls,
        "served": {no: w.served for no, w in sorted(state.windows.items()) if w.served},
        "phases": dict(sorted(Counter(w.phase.value for w in state.windows.values()).items())),
        "waiting": sorted(t.number for t in state.tickets.values() if t.line is not None),
        "order": [t.number for t in sorted(state.tickets.values(), key=lambda t: t.call or 0) if t.call],
    }


def write(name: str, seed: int = 20261124, commands: int = 700) -> None:
    """Play the day and write it down."""
    hall, luck = anqiu(), random.Random(seed)
    state, lines, at = HallDay(hall), [], T0

    def do(command: cmd.AnyCommand) -> None:
        done = execute(state, command, at)
        if isinstance(done, Refusal):
            lines.append(Line(at, command, refused=done.code))
        else:
            lines.append(Line(at, command, tuple(done)))

    do(cmd.OpenDay(day=DAY, hall_digest=hall.digest))
    windows = [w.no for w in hall.windows.values()]
    for no in windows[:-3]:
        do(cmd.OpenWindow(window=no, clerk=f"clerk-{no}"))
    weights = [hall.profile.matter_weights.get(code, 0.01) for code in hall.matters]
    for _ in range(commands):
        at += luck.randrange(1_000, 20_000)
        window = luck.choice(windows)
        alive = [t.id for t in state.tickets.values() if t.state is TicketState.WAITING]
        ticket = luck.choice(alive) if alive else "20261124-A999"
        matter = luck.choices(list(hall.matters), weights)[0]
        applicant = luck.choice(["standard"] * 8 + [a.code for a in hall.settings.applicants])
        items = tuple(cmd.Item(matter=m) for m in {matter, luck.choice([matter] * 5 + list(hall.matters))})
        holds, pauses = hall.settings.hold_reasons, hall.settings.pause_reasons
        drawn: list[cmd.AnyCommand] = [
            *[cmd.IssueTickets(items=items, applicant=applicant, confirmed=luck.random() < 0.8)] * 14,
            cmd.IssueTickets(items=(cmd.Item(zone=luck.choice(list(hall.zones))),), purpose="collect"),
            *[cmd.CallNext(window=window, finish=True)] * 14,
            *[cmd.StartService(window=window)] * 10,
            *[cmd.FinishService(window=window)] * 4,
            cmd.Recall(window=window),
            cmd.MarkNoShow(window=window),
            cmd.HoldTicket(window=window, reason=luck.choice(holds).code),
            cmd.TransferTicket(window=window, to=cmd.Item(matter=matter)),
            cmd.Undo(window=window, reason="误操作"),
            cmd.PauseWindow(window=window, reason=luck.choice(pauses).code, after_current=True),
            cmd.OpenWindow(window=window, clerk="clerk-x"),
            cmd.CancelTicket(ticket=ticket),
            cmd.StepAway(ticket=ticket),
            cmd.RerouteTicket(ticket=ticket, to=cmd.Item(matter=matter)),
            cmd.ConfirmApplicant(ticket=ticket, applicant=applicant),
            cmd.CallTicket(window=window, ticket=ticket, reason="行动不便"),
            cmd.Tick(),
        ]
        do(luck.choice(drawn))
    at += 60_000
    do(cmd.StartClosing())
    save(name, state, lines)


def write_edges(name: str, seed: int = 20261124) -> None:
    """Play the day's edges and write them down."""
    hall = anqiu()
    state, lines, at = HallDay(hall), list[Line](), T0 - 30 * MINUTE

    def do(command: cmd.AnyCommand, after: int) -> None:
        nonlocal at
        at += after
        done = execute(state, command, at)
        if isinstance(done, Refusal):
            lines.append(Line(at, command, refused=done.code))
        else:
            lines.append(Line(at, command, tuple(done)))

    do(opening(hall), 0)
    Edges(hall, state, do, seed).play()
    save(name, state, lines)


def write_play(name: str, play: Callable[[Hall, golden_offline.Do], None]) -> None:
    """Play a day that says its own times, and write it down."""
    hall = anqiu()
    state, lines = HallDay(hall), list[Line]()

    def do(command: cmd.AnyCommand, at: int) -> None:
        done = execute(state, command, at)
        if isinstance(done, Refusal):
            lines.append(Line(at, command, refused=done.code))
        else:
            lines.append(Line(at, command, tuple(done)))

    play(hall, do)
    save(name, state, lines)


def save(name: str, state: HallDay, lines: list[Line]) -> None:
    """Write a day down; one that is there already is never changed."""
    encoder = msgspec.json.Encoder()
    out = [encoder.encode(summary(state)), *(encoder.encode(line) for line in lines)]
    with (FOLDER / f"{name}.jsonl").open("xb") as file:
        file.write(b"\n".join(out) + b"\n")


STORIES: dict[str, Callable[[str], None]] = {
    "day-1": write,
    "day-2": write_edges,
    "day-3": lambda name: write_play(name, golden_offline.play),
    "day-4": lambda name: write_play(name, golden_loss.play),
}

if __name__ == "__main__":
    STORIES[sys.argv[1]](sys.argv[1])
