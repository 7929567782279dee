"""A day as the bound sees it (理想日): every service with the earliest moment at which it could begin.

That moment, the ideal release, supposes that the visitor has never waited: the arrival; for a later step the ideal
end of those before it and its lag; for the second service after a missing paper the ideal end of the first and the
way home and back.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from bench.routing.bound import Staff, Task
from bench.routing.visitors import CLOSES, MINUTE, OPENS, lunch_of
from bench.routing.world import LUNCH, OVERHEAD, World
from onewindow.forecast.trace import Visit

OVERRUN: Final = 20
"""Minutes of each lunch that count as open: a service under way is finished."""

Key = tuple[int, int, bool]
"""(visit, step, second service)"""


def ideal_services(visits: Sequence[Visit]) -> Iterator[tuple[Key, str, float, float, float]]:
    """(key, matter, release, clock, minutes at the window) of each service; minutes since the hall opened."""
    for number, visit in enumerate(visits):
        came = visit.at_ms / MINUTE - OPENS
        clock = max(came, (visit.slot_ms or 0) / MINUTE - OPENS)
        ends: list[float] = []
        for index, step in enumerate(visit.steps):
            assert step.matter is not None
            release = max((ends[k] for k in step.after), default=came) + step.lag_ms / MINUTE
            minutes = step.service_ms / MINUTE + OVERHEAD
            yield (number, index, False), step.matter, release, release if step.after else clock, minutes
            end = release + minutes
            if step.back is not None:
                release = end + step.back.away_ms / MINUTE
                minutes = step.back.service_ms / MINUTE + OVERHEAD
                yield (number, index, True), step.matter, release, release, minutes
                end = release + minutes
            ends.append(end)


def tasks_of(world: World, visits: Sequence[Visit], zone: str, *, pooled: bool) -> list[Task]:
    """The zone's services for the bound; `pooled`: every window does everything."""
    hall = world.hall
    group: dict[str, int] = {}
    for no, kind in world.sets.items():
        if kind and not pooled and hall.windows[no].zone == zone:
            group.update(dict.fromkeys(hall.windows[no].matters, kind))
    return [
        Task(release, clock, minutes, group.get(matter, 0))
        for _, matter, release, clock, minutes in ideal_services(visits)
        if hall.matters[matter].zone == zone
    ]


def staff_of(world: World, zone: str, *, pooled: bool, lunch: bool = True) -> Staff:
    """The zone's open windows by minute; after the doors shut all stay until everybody is served."""
    lunches = lunch_of(world)
    own = [no for no in world.sets if world.hall.windows[no].zone == zone]
    groups = 1 if pooled else 1 + max(world.sets[no] for no in own)
    windows = np.zeros((groups, CLOSES - OPENS + 1), dtype=np.int64)
    for no in own:
        row = windows[0 if pooled else world.sets[no]]
        row += 1
        start = lunches[no] - OPENS
        if lunch:
            row[start + OVERRUN : start + LUNCH] -= 1
    return Staff(windows)
