"""The groups' intake (业务组取号): when each gives its last number, by clock, forecast or a person's word. Pure."""

from onewindow.forecast.last_ticket import expected_last
from onewindow.queue.state import DayPhase, HallDay
from onewindow.views.clock import hhmm
from onewindow.views.floor import group_view
from onewindow.views.ticket import View
from onewindow.zones.calendar import closing_of, local_minute


def groups_view(state: HallDay, now: int) -> View:
    """{"set": the hall's closing time, "groups": [...]} in the order of the hall's files.

    A group's `ends`: `stopped` (no more numbers since `at`, the last one was `last`), `forecast` (its queue is
    expected to reach closing time at `at`), `set` (at the hall's closing time `at`), `unknown` (no window open).
    """
    settings = state.hall.settings
    closing = closing_of(settings, state.day)
    minute = local_minute(settings, now)
    return {
        "now_ms": now,
        "set": hhmm(state.hall, closing),
        "intake": state.phase is DayPhase.OPEN,
        "by_forecast": settings.timing.stop_intake_by_forecast,
        "groups": [_group(state, letter, now, closing, minute) for letter in state.hall.groups],
    }


def _group(state: HallDay, letter: str, now: int, closing: int, minute: int) -> View:
    view = group_view(state, letter) | {"hue": state.hall.zones[state.hall.groups[letter].zone].hue}
    last = next((t.number for t in reversed(state.tickets.values()) if t.group == letter), None)
    stop = state.stopped_groups.get(letter)
    if stop is not None:
        why = "forecast" if stop.forecast else "person"
        return view | {"ends": "stopped", "at": hhmm(state.hall, stop.at), "last": stop.last, "why": why}
    view |= {"last": last, "why": ""}
    if state.phase is not DayPhase.OPEN:
        return view | {"ends": "stopped", "at": None, "why": "day"}
    if now >= closing or not state.hall.settings.timing.stop_intake_by_forecast or letter in state.resumed_groups:
        return view | {"ends": "set", "at": hhmm(state.hall, closing)}
    expected = expected_last(state, letter, now, closing, minute)
    if expected is None:
        return view | {"ends": "unknown", "at": hhmm(state.hall, closing)}
    return view | {"ends": "forecast" if expected < closing else "set", "at": hhmm(state.hall, expected)}
