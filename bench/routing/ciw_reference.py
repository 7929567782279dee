"""The same trace in Ciw (独立对照): another simulator, another author, and the rule read from its definition.

Stock Ciw has identical servers at a node, so skills need a `Node` of our own: whom a freed server takes, and which
free server a newcomer gets. Nothing of `onewindow` decides here. Services are looked up by the individual's id, so
tickets must agree one by one, not on average.
"""

from collections.abc import Callable, Sequence
from typing import Any

import ciw

from bench.routing.network import MINUTE, Job, Network
from bench.routing.trace import Served

Chooser = Callable[[Network, Sequence[Job], list[int], int], int]
"""(network, jobs, those who wait, window) -> the job that the window takes; one of those it can serve."""


def number_time(network: Network, jobs: Sequence[Job], waiting: list[int], window: int) -> int:
    """The 1+X rule as the study defines it, by brute force over everybody who waits."""
    whole = network.comprehensive

    def own(matter: int) -> list[int]:
        return [w for w in network.matters[matter] if not whole[w]]

    def work(keep: Callable[[int], bool]) -> float:
        return sum(network.minutes[jobs[j].matter] for j in waiting if keep(jobs[j].matter))

    only = work(lambda m: not own(m) and window in network.matters[m]) / sum(whole)
    shifted: dict[frozenset[int], bool] = {}

    def shift(matter: int) -> int:
        able = network.matters[matter]
        if not whole[window] or not own(matter):
            return 0
        if able not in shifted:
            mine = work(lambda m: network.matters[m] == able) / len(own(matter))
            shifted[able] = mine <= network.kappa * only + network.tau
        return network.headstart if shifted[able] else 0

    able = [j for j in waiting if window in network.matters[jobs[j].matter]]
    return min(
        able,
        key=lambda j: (jobs[j].at + MINUTE * (shift(jobs[j].matter) - network.credits[jobs[j].applicant]), j),
    )


def first_come(network: Network, jobs: Sequence[Job], waiting: list[int], window: int) -> int:
    """First come, first served among those whom the window can serve: the negative control."""
    return min(j for j in waiting if window in network.matters[jobs[j].matter])


def in_ciw(network: Network, jobs: Sequence[Job], choose: Chooser) -> list[Served]:
    """Every job through Ciw under the rule `choose`; by job."""
    gaps = [float(b - a) for a, b in zip([0, *[j.at for j in jobs]], [j.at for j in jobs], strict=False)]
    horizon = 4 * (jobs[-1].at + sum(j.service for j in jobs))
    made = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, float(10 * horizon)])],
        service_distributions=[_ById([float(j.service) for j in jobs])],
        number_of_servers=[len(network.comprehensive)],
    )
    simulation = ciw.Simulation(made, node_class=_node(network, jobs, choose))
    simulation.simulate_until_max_time(horizon)
    served: dict[int, Served] = {
        record.id_number - 1: Served(record.server_id - 1, round(record.service_start_date))
        for record in simulation.get_all_records(only=["service"])
    }
    return [served[index] for index in range(len(jobs))]


class _ById(ciw.dists.Distribution):  # type: ignore[misc]
    """The service time that the trace gives to this individual."""

    def __init__(self, services: list[float]) -> None:
        self.services = services

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        index: int = ind.id_number - 1
        return self.services[index]


def _node(network: Network, jobs: Sequence[Job], choose: Chooser) -> type:
    whole = network.comprehensive

    class Skilled(ciw.Node):  # type: ignore[misc]
        """A node whose servers differ in what they can serve."""

        def find_free_server(self, ind: Any) -> Any:
            able = network.matters[jobs[ind.id_number - 1].matter]
            free = [s for s in self.servers if not s.busy and s.id_number - 1 in able]
            # Its own specialist first, then the one that has been idle longest.
            rank = [(whole[s.id_number - 1], getattr(s, "idle_since", 0.0), s.id_number) for s in free]
            return free[rank.index(min(rank))] if free else None

        def begin_service_if_possible_accept(self, ind: Any) -> None:
            ind.arrival_date = self.now
            server = self.find_free_server(ind)
            if server is not None:
                self._begin(ind, server)

        def begin_service_if_possible_release(self, _: Any, server: Any) -> None:
            server.idle_since = self.now
            window = server.id_number - 1
            queue = {i.id_number - 1: i for i in self.individuals[0] if not i.server}
            if any(window in network.matters[jobs[j].matter] for j in queue):
                self._begin(queue[choose(network, jobs, list(queue), window)], server)

        def _begin(self, ind: Any, server: Any) -> None:
            self.attach_server(server, ind)
            ind.service_start_date = self.now
            ind.service_time = self.get_service_time(ind)
            ind.service_end_date = self.now + ind.service_time
            server.next_end_service_date = ind.service_end_date
            self.number_in_service += 1

    return Skilled
