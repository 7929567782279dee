"""A move as it is asked for (所问的调度), and the answer: the same over HTTP and at the command line."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from onewindow.forecast.moves import Move
from onewindow.http.problem import problem, problem_of
from onewindow.outlook.move_words import effect_view, figures_view
from onewindow.outlook.what_if import Comparison
from onewindow.queue.refusals import refuse
from onewindow.views.clock import rfc3339
from onewindow.zones.calendar import at_ms_of
from onewindow.zones.hours import minute_of
from onewindow.zones.model import Hall


class MoveBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to try (一个动作)."""

    do: Literal["open", "close", "matter", "group", "help", "lunch"]
    window: Annotated[str, Meta(min_length=1, max_length=64)]
    matter: Annotated[str, Meta(max_length=64)] = ""
    """For `matter`: its code."""
    group: Annotated[str, Meta(max_length=64)] = ""
    """For `group`: its letter."""
    at: Annotated[str, Meta(pattern="^[0-2][0-9]:[0-5][0-9]$")] = "12:00"
    """For `lunch`: when it begins, by the hall's clock."""
    minutes: Annotated[int, Meta(ge=0, le=240)] = 0
    """For `lunch`: how long; 0: as planned."""


def move_of(hall: Hall, day: str, body: MoveBody) -> Move:
    """The move, its names looked up. Raises Problem."""
    window = hall.window_named(body.window)
    if window is None:
        raise problem_of(refuse("unknown_window", name=body.window))
    if body.do == "matter" and body.matter not in hall.matters:
        raise problem_of(refuse("unknown_matter", name=body.matter))
    if body.do == "group" and body.group not in hall.groups:
        raise problem_of(refuse("unknown_group", name=body.group))
    start = 0
    if body.do == "lunch":
        minute = minute_of(body.at)
        if minute is None:
            raise problem("bad_body", found=f"$.at: {body.at}")
        start = at_ms_of(hall.settings, day, minute)
    return Move(do=body.do, window=window.no, matter=body.matter, group=body.group, start=start, minutes=body.minutes)


def comparison_view(hall: Hall, found: Comparison, minutes: int) -> dict[str, Any]:
    """What was compared, as JSON has it."""
    return {
        "at": rfc3339(hall, found.taken.at),
        "windows": [w.no for w in found.taken.windows],
        "waiting": len(found.taken.tickets),
        "horizon_minutes": minutes,
        "took_ms": round(found.took_ms, 1),
        "now": figures_view(found.effects[0].now) if found.effects else None,
        "alternatives": [
            effect_view(hall, moves, effect) for moves, effect in zip(found.alternatives, found.effects, strict=True)
        ],
    }
