"""What chance puts into a path: here, from when those who come count."""

import msgspec

from bench.forecast.days import Anqiu, Watched
from onewindow.forecast.areas import areas_of
from onewindow.forecast.model import Model, first_model
from onewindow.forecast.snapshot import Ground, Snapshot, snapshot
from onewindow.outlook.arrays import arrays_of
from onewindow.outlook.draws import draw
from onewindow.queue.state import HallDay
from tests.hall_app import anqiu

HOUR = 3_600_000


def taken(model: Model) -> Snapshot:
    """The largest area of the sample hall at ten."""
    found: list[Snapshot] = []

    def glance(state: HallDay, at: int) -> None:
        area = max(areas_of(state).all, key=lambda each: len(each.windows))
        found.append(snapshot(state, Ground(state.hall, area, model), at))

    Watched(Anqiu(anqiu(), seed=3).next(), glance=glance, moment=10 * HOUR, keep=False).run()
    return found[0]


def test_who_comes_before_the_appointment_counts_from_it() -> None:
    model = msgspec.structs.replace(
        first_model(anqiu()), classes={"appointment": 5000}, early={"appointment": (0.5, 600_000.0)}
    )
    now = taken(model)
    arrays = arrays_of(now)
    entries = draw(arrays.world, arrays.chances, arrays.trace, 1, 0, 2 * HOUR, 1)
    later = []
    for entry in range(entries):
        ticket = arrays.trace.entry_ticket[entry]
        if ticket >= arrays.world.tickets:
            credit = now.credits[arrays.trace.t_credit[ticket]]
            later.append((credit, arrays.trace.t_seniority[ticket] - arrays.trace.entry_at[entry]))
    booked = [ms for credit, ms in later if credit == 20 * 60_000]
    assert len(booked) > 30 and 0.25 < sum(ms > 0 for ms in booked) / len(booked) < 0.75
    assert all(ms <= 0 for credit, ms in later if credit != 20 * 60_000)
