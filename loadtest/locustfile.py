"""Locust's entry (压测入口): the users, the shape of the peak hour, and what is written at the end.

Started by `python -m loadtest`, which makes the plan.
"""

import time
from typing import Any, cast

from locust import LoadTestShape, events

from loadtest.evidence import Figure, Timed
from loadtest.people import Clerk, Guide, Kiosk, Person
from loadtest.phones import Phone
from loadtest.scene import scene_from_environment
from loadtest.times import ISSUE
from onewindow.demo.traffic import busiest_half_hour

__all__ = ["Clerk", "Guide", "Kiosk", "PeakHour", "Phone"]

scene = scene_from_environment()
Person.scene = Phone.scene = scene
Clerk.fixed_count = len(scene.plan.windows)
Guide.fixed_count, Kiosk.fixed_count = scene.plan.guides, scene.plan.kiosks
SPAWNED_A_SECOND = 30
"""Not all at once: a hall's people don't open their pages in the same second."""
SETTLE_SECONDS = 60.0
"""So long at most, beyond the run's time, those who came are still dealt with."""


class PeakHour(LoadTestShape):
    """Staff all the time; as many looking phones as the profile's half-hour brings people (高峰时段)."""

    def tick(self) -> tuple[int, float] | None:
        """How many users there should be now; None when the run is over."""
        plan, clock = scene.plan, cast(Any, self)
        run_time: float = clock.get_run_time()
        if run_time >= plan.seconds and (scene.settled or run_time >= plan.seconds + SETTLE_SECONDS):
            return None
        traffic = scene.traffic
        at = plan.start + run_time * plan.compress % 3600
        most = traffic.rate(busiest_half_hour(scene.hall.profile))
        share = traffic.rate(at) / most if most else 0.0
        return plan.staff + round(plan.lookers * share), SPAWNED_A_SECOND


def begin(**_: Any) -> None:
    """The door opens."""
    scene.begin()


def note(name: str, response_time: float, exception: Any = None, **_: Any) -> None:
    """Keep the single times of issues; a call's are kept when it has brought somebody."""
    if exception is None and name == ISSUE:
        scene.evidence.requests.append(Timed(name, time.monotonic() - response_time / 1000, response_time))


def stumble(user_instance: Any, exception: Any, **_: Any) -> None:
    """A user's own code has failed: what it saw was not what it must see."""
    scene.evidence.faults.append(f"a {type(user_instance).__name__} could not go on: {exception!r}")


def finish(environment: Any, **_: Any) -> None:
    """Write what was told, and the figures."""
    entries = sorted(environment.stats.entries.values(), key=lambda entry: str(entry.name))
    scene.finish([figure(entry) for entry in entries])


def figure(entry: Any) -> Figure:
    """A line of Locust's statistics."""
    p50, p95, p99 = (float(entry.get_response_time_percentile(share) or 0) for share in (0.5, 0.95, 0.99))
    return Figure(
        name=entry.name,
        count=entry.num_requests,
        failed=entry.num_failures,
        p50=p50,
        p95=p95,
        p99=p99,
        most=float(entry.max_response_time or 0),
    )


hooks: Any = events  # Locust has no types here
hooks.test_start.add_listener(begin)
hooks.request.add_listener(note)
hooks.user_error.add_listener(stumble)
hooks.quitting.add_listener(finish)
