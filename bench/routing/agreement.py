"""The core against Ciw over many networks (逐票对照)."""

import random

import msgspec

from bench.routing.ciw_reference import first_come, in_ciw, number_time
from bench.routing.network import random_network, random_trace
from bench.routing.trace import drive


class Compared(msgspec.Struct, frozen=True):
    """Tickets of one network or of all."""

    tickets: int = 0
    differ: int = 0
    """Served at another window or at another moment than in Ciw."""
    control: int = 0
    """The same with another rule in Ciw: nearly all should differ."""

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(self.tickets + other.tickets, self.differ + other.differ, self.control + other.control)


class Trial(msgspec.Struct, frozen=True):
    """A network to compare on."""

    seed: int
    number: int
    tickets: int


def compare(trial: Trial) -> Compared:
    """One random network's trace through the core and through Ciw, ticket by ticket."""
    rng = random.Random(f"{trial.seed}-{trial.number}")
    network = random_network(rng)
    jobs = random_trace(rng, network, trial.tickets, load=1.1)
    ours = drive(network, jobs)
    theirs, control = in_ciw(network, jobs, number_time), in_ciw(network, jobs, first_come)
    return Compared(
        len(jobs),
        sum(a != b for a, b in zip(ours, theirs, strict=True)),
        sum(a != b for a, b in zip(ours, control, strict=True)),
    )
