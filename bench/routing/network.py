"""Networks and their traces (服务网络与到达序列): windows with skills, tickets with all that chance decides fixed.

Times are integer units, as the core's ms; the random networks stretch a day a thousandfold, so that no two events of
a trace fall on the same unit and their order is beyond dispute.
"""

import random
from typing import Final

import msgspec

from bench.routing.made_hall import MatterSpec, WindowSpec, make_hall
from onewindow.zones.model import Hall, RoutingSettings, WindowKind

MINUTE: Final = 60_000
STRETCH: Final = 1000


class Job(msgspec.Struct, frozen=True):
    """A ticket: when it comes, what it is for, its applicant class, how long its service takes."""

    at: int
    matter: int
    applicant: int
    service: int


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """One zone: windows by index, matters as sets of windows, classes as credits."""

    comprehensive: tuple[bool, ...]
    """By window."""
    matters: tuple[frozenset[int], ...]
    """The windows that serve each matter."""
    minutes: tuple[float, ...]
    """Expected minutes of each matter."""
    credits: tuple[int, ...]
    """C in minutes by applicant class; the standard class first."""
    headstart: int
    kappa: float
    tau: float
    policy: str = "number_time"

    def hall(self) -> Hall:
        """The same network as the product sees it."""
        matters = [
            MatterSpec(f"M{i}", "z", not all(self.comprehensive[w] for w in windows), self.minutes[i])
            for i, windows in enumerate(self.matters)
        ]
        windows = [
            WindowSpec(
                window_name(w),
                "z",
                WindowKind.COMPREHENSIVE if whole else WindowKind.SPECIALIST,
                frozenset(f"M{i}" for i, able in enumerate(self.matters) if w in able),
            )
            for w, whole in enumerate(self.comprehensive)
        ]
        routing = RoutingSettings(
            policy=self.policy, headstart_minutes=self.headstart, kappa=self.kappa, tau_minutes=self.tau
        )
        return make_hall(matters, windows, {class_name(c): credit for c, credit in enumerate(self.credits)}, routing)


def window_name(index: int) -> str:
    """The number of a window, sorted as its index."""
    return f"{index + 1:02d}"


def class_name(index: int) -> str:
    """The code of an applicant class."""
    return f"c{index}"


def random_network(rng: random.Random, stretch: int = STRETCH) -> Network:
    """Three to fourteen windows, at least one of each kind, random matter sets, classes and parameters."""
    count = rng.randint(3, 14)
    whole = [True] * rng.randint(1, count - 1)
    comprehensive = (*whole, *[False] * (count - len(whole)))
    everywhere = frozenset(range(len(whole)))
    alone = range(len(whole), count)
    matters = [everywhere]
    for _ in range(rng.randint(1, 6)):
        own = frozenset(rng.sample(alone, rng.randint(1, len(alone))))
        matters.append(own if rng.random() < 0.25 else everywhere | own)
    # A comprehensive window that helps at one of the specialists' desks: sets need not be nested.
    if len(whole) > 1:
        matters.append(frozenset(rng.sample(range(len(whole)), len(whole) - 1)))
    minutes = tuple(float(rng.randint(4, 20) * stretch) for _ in matters)
    c_minutes = (0, *(rng.randint(5, 40) * stretch for _ in range(rng.randint(1, 3))))
    return Network(
        comprehensive=comprehensive,
        matters=tuple(matters),
        minutes=minutes,
        credits=c_minutes,
        headstart=rng.choice((0, 10, 20, 30)) * stretch,
        kappa=rng.choice((0.5, 1.0, 2.0)),
        tau=float(rng.choice((0, 5, 10)) * stretch),
    )


def random_trace(rng: random.Random, network: Network, count: int, load: float) -> list[Job]:
    """Poisson arrivals and lognormal services; `load` of the windows' time, were they all able to share the work."""
    units = STRETCH * MINUTE
    mean = sum(network.minutes) / len(network.minutes) / STRETCH * units
    gap = mean / len(network.comprehensive) / load
    at, jobs = 0, []
    for _ in range(count):
        at += 1 + round(rng.expovariate(1 / gap))
        matter = rng.randrange(len(network.matters))
        expected = network.minutes[matter] / STRETCH * units
        jobs.append(
            Job(
                at,
                matter,
                rng.choice((0, 0, rng.randrange(len(network.credits)))),
                1 + round(expected * rng.lognormvariate(-0.15, 0.55)),
            )
        )
    return jobs
