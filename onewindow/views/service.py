"""What stops the hall or a group now (停摆), for the API and the pages. Public: no words of the staff's own."""

from typing import Any

from onewindow.queue.state import HallDay
from onewindow.queue.words import SUSPENSIONS
from onewindow.views.clock import hhmm

View = dict[str, Any]


def service_view(state: HallDay) -> View:
    """{"suspended": {...} | None, "break_until": "13:30" | None, "stopped_groups": [...], "merged": [...]}."""
    stop, pause = state.suspended, state.on_break
    return {
        "suspended": None
        if stop is None
        else {
            "reason": stop.reason,
            "reason_zh": SUSPENSIONS.get(stop.reason, (stop.reason, stop.reason))[0],
            "reason_en": SUSPENSIONS.get(stop.reason, (stop.reason, stop.reason))[1],
            "since": hhmm(state.hall, stop.since),
        },
        "break_until": hhmm(state.hall, pause.planned) if pause is not None and pause.planned else None,
        "stopped_groups": [
            {
                "group": letter,
                "zh": state.hall.groups[letter].public_zh,
                "en": state.hall.groups[letter].public_en or state.hall.groups[letter].en,
                "last": known.last,
                "at": hhmm(state.hall, known.at),
            }
            for letter, known in state.stopped_groups.items()
        ],
        "merged": [{"window": w.no, "into": w.merged_into} for w in state.windows.values() if w.merged_into],
    }
