"""From a click to what follows it (时延): what clerks did, joined with what screens and loudspeakers got. Pure.

The processes share the machine's steady clock, so that times of one can be taken from those of another.
"""

import itertools
from collections.abc import Iterable
from typing import Final

import msgspec

from loadtest.evidence import Evidence, Figure

ISSUE: Final = "issue"
CALL: Final = "call"
SCREEN: Final = "click → screen"
SPEECH: Final = "click → speech"
FREE: Final = "click → speech, loudspeaker free"
MAIN: Final = (ISSUE, CALL, SCREEN, SPEECH, FREE)
OPENING: Final = "door opens"
"""Until everybody is connected: hundreds stand before the door, and thousands open their phones."""
PEAK: Final = "peak"


class Point(msgspec.Struct, array_like=True, order=True):
    """One time that was measured: when it began (steady clock, seconds), and how long it took."""

    at: float
    ms: float


def points(found: Evidence) -> dict[str, list[Point]]:
    """The single times of what matters most, by `MAIN`, each in the order of time."""
    crowd, clicks = found.crowd, found.clicks
    requests = sorted((Point(one.at, one.ms), one.name) for one in found.requests)
    # Of a call that was sent again after a broken line, the first counts.
    spoken = {one.call: one for one in reversed(crowd.spoken) if one.started and one.call in clicks}
    heard = [(clicks[call], one) for call, one in spoken.items()]
    return {
        ISSUE: [point for point, name in requests if name == ISSUE],
        CALL: [point for point, name in requests if name != ISSUE],
        SCREEN: _sorted((clicks[one.call], one.at) for one in crowd.shown if one.call in clicks),
        SPEECH: _sorted((clicked, one.started) for clicked, one in heard),
        FREE: _sorted((clicked, one.started) for clicked, one in heard if one.free <= clicked),
    }


def _sorted(pairs: Iterable[tuple[float, float]]) -> list[Point]:
    return [Point(begun, (end - begun) * 1000) for begun, end in sorted(pairs)]


def there(found: Evidence) -> float:
    """When everybody was connected: what came before belongs to the opening. Steady clock, seconds."""
    return found.crowd.all_there or found.begun


def parted(found: Evidence, every: dict[str, list[Point]]) -> dict[str, list[Figure]]:
    """`peak` and `door opens` -> a figure for each of `MAIN` of which there is anything."""
    border = there(found)
    return {
        part: [
            figure_of(name, times)
            for name in MAIN
            if (times := [one.ms for one in every[name] if (one.at >= border) == (part == PEAK)])
        ]
        for part in (PEAK, OPENING)
    }


def by_time(of: list[Point], begun: float, seconds: float, step: float) -> list[tuple[float, list[float]]]:
    """The times in steps of so many seconds: the middle of each that has any, from the run's begin, and its times."""
    cut = ((int((one.at - begun) // step), one.ms) for one in of if 0 <= one.at - begun <= seconds)
    return [
        ((n + 0.5) * step, [ms for _, ms in group])
        for n, group in itertools.groupby(sorted(cut), key=lambda pair: pair[0])
    ]


def at_share(times: list[float], share: float) -> float:
    """The percentile of sorted times."""
    return times[min(len(times) - 1, int(share * len(times)))]


def figure_of(name: str, times: list[float]) -> Figure:
    """A line of the table from single times in ms."""
    times = sorted(times)
    p50, p95, p99 = (at_share(times, share) for share in (0.5, 0.95, 0.99))
    return Figure(name=name, count=len(times), failed=0, p50=p50, p95=p95, p99=p99, most=times[-1])
