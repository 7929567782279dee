"""Queues whose mean wait is known (解析解): M/M/c by Erlang's C formula, priority M/M/1 by Cobham's.

The product's core is driven with Poisson arrivals and exponential services; independent repetitions give the mean
wait and its 95 % confidence interval, which has to contain the formula's value (about one in twenty doesn't, by
chance: the seeds are fixed, so that it is always the same ones).
"""

import math
import random
from statistics import fmean, stdev
from typing import Final

import msgspec

from bench.routing.network import MINUTE, STRETCH, Job, Network
from bench.routing.trace import drive

STUDENT: Final = {5: 2.776, 10: 2.262, 20: 2.093, 30: 2.045, 40: 2.023}
"""Student's t at 97.5 % for so many repetitions."""
UNIT: Final = STRETCH * MINUTE
"""A mean service."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A formula's mean wait, in mean services, beside the measured one."""

    what: str
    exact: float
    measured: float
    half_width: float
    """Of the 95 % interval."""

    @property
    def within(self) -> bool:
        """Whether the interval contains the formula's value."""
        return abs(self.measured - self.exact) <= self.half_width


def erlang_c(servers: int, load: float) -> float:
    """The probability of waiting in M/M/c; `load` is the utilisation ρ of each server, below 1."""
    offered = servers * load
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = offered * blocking / (k + offered * blocking)
    return blocking / (1 - load * (1 - blocking))


def mean_wait(servers: int, load: float) -> float:
    """Mean wait in M/M/c, in mean services: C / (c (1 - ρ))."""
    return erlang_c(servers, load) / (servers * (1 - load))


def cobham(loads: tuple[float, ...]) -> list[float]:
    """Mean wait by class, in mean services: non-preemptive priority M/M/1 with equal services (Cobham 1954).

    `loads`: ρ by class, the most urgent first. W_k = R / ((1 - σ_{k-1}) (1 - σ_k)), R = Σρ for exponential services.
    """
    residual, before, waits = sum(loads), 0.0, []
    for load in loads:
        after = before + load
        waits.append(residual / ((1 - before) * (1 - after)))
        before = after
    return waits


def against_erlang(servers: int, load: float, *, seed: int, repeats: int, tickets: int) -> Agreement:
    """M/M/c through the core."""
    network = _plain(servers, (0,))
    waits = _repeat(network, (load,), seed, repeats, tickets)
    return _agreement(f"M/M/{servers}, ρ = {load:g}", mean_wait(servers, load), [each[0] for each in waits])


def against_cobham(loads: tuple[float, ...], *, seed: int, repeats: int, tickets: int) -> list[Agreement]:
    """Priority M/M/1 through the core: credits so large that no wait makes up for them, so class by class."""
    lasting = 10_000_000
    network = _plain(1, tuple(lasting * (len(loads) - 1 - k) for k in range(len(loads))))
    waits = _repeat(network, loads, seed, repeats, tickets)
    ratio = " + ".join(f"{load:g}" for load in loads)
    return [
        _agreement(f"priority M/M/1, ρ = {ratio}, class {k + 1}", exact, [each[k] for each in waits])
        for k, exact in enumerate(cobham(loads))
    ]


def _plain(servers: int, credit_minutes: tuple[int, ...]) -> Network:
    """Identical windows, one matter; the last class is the standard one."""
    return Network(
        comprehensive=(True,) * servers,
        matters=(frozenset(range(servers)),),
        minutes=(1.0,),
        credits=credit_minutes,
        headstart=0,
        kappa=1.0,
        tau=0.0,
    )


def _repeat(
    network: Network, loads: tuple[float, ...], seed: int, repeats: int, tickets: int
) -> list[tuple[float, ...]]:
    """Mean wait by class of each repetition, the first tenth of its tickets left out."""
    return [_once(network, loads, random.Random(f"{seed}-{r}-{loads}"), tickets) for r in range(repeats)]


def _once(network: Network, loads: tuple[float, ...], rng: random.Random, tickets: int) -> tuple[float, ...]:
    rate = sum(loads) * len(network.comprehensive) / UNIT
    at, jobs = 0.0, []
    for _ in range(tickets):
        at += rng.expovariate(rate)
        applicant = rng.choices(range(len(loads)), loads)[0]
        jobs.append(Job(1 + math.floor(at), 0, applicant, 1 + math.floor(rng.expovariate(1 / UNIT))))
    served = drive(network, jobs)
    settled = range(tickets // 10, tickets)

    def waited(applicant: int) -> float:
        return fmean((served[i].began - jobs[i].at) / UNIT for i in settled if jobs[i].applicant == applicant)

    return tuple(waited(k) for k in range(len(loads)))


def _agreement(what: str, exact: float, means: list[float]) -> Agreement:
    half = STUDENT[len(means)] * stdev(means) / math.sqrt(len(means))
    return Agreement(what=what, exact=exact, measured=fmean(means), half_width=half)
