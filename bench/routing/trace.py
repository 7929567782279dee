"""A trace driven through the product's own core: `execute` decides, a small loop tells the time."""

import heapq
from collections.abc import Sequence
from typing import NamedTuple

from bench.routing.network import Job, Network, class_name, window_name
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.zones.model import WindowKind


class Served(NamedTuple):
    """Where a ticket was served, and from when on."""

    window: int
    began: int


def drive(network: Network, jobs: Sequence[Job]) -> list[Served]:
    """Every job through the core, all windows open all day; by job."""
    return _Day(network, jobs).run()


class _Day:
    """One day: arrivals and ends of service in the order of time."""

    def __init__(self, network: Network, jobs: Sequence[Job]) -> None:
        self.network, self.jobs = network, jobs
        self.state = HallDay(network.hall())
        self.names = [window_name(w) for w in range(len(network.comprehensive))]
        self.ends: list[tuple[int, int]] = []
        """(time, window) of the services under way."""
        self.job_of: dict[str, int] = {}
        self.served: list[Served | None] = [None] * len(jobs)

    def run(self) -> list[Served]:
        self._do(cmd.OpenDay(day="2026-01-05", hall_digest=""), 0)
        for name in self.names:
            self._do(cmd.OpenWindow(window=name, clerk="a"), 0)
        for index, job in enumerate(self.jobs):
            while self.ends and self.ends[0][0] < job.at:
                self._end()
            self._arrive(index, job)
        while self.ends:
            self._end()
        assert all(self.served), "somebody was never called"
        return [one for one in self.served if one is not None]

    def _do(self, command: cmd.AnyCommand, at: int) -> tuple[ev.AnyEvent, ...]:
        done = execute(self.state, command, at)
        assert not isinstance(done, Refusal), done.en
        return done

    def _arrive(self, index: int, job: Job) -> None:
        issue = cmd.IssueTickets(items=(cmd.Item(matter=f"M{job.matter}"),), applicant=class_name(job.applicant))
        issued = self._do(issue, job.at)[-1]
        assert isinstance(issued, ev.TicketIssued)
        self.job_of[issued.ticket] = index
        idle = [
            (self.state.windows[self.names[w]].kind is WindowKind.COMPREHENSIVE, self._free_since(w), w)
            for w in self.network.matters[job.matter]
            if self.state.windows[self.names[w]].ticket is None
        ]
        if idle:
            self._called(min(idle)[2], self._do(cmd.CallNext(window=self.names[min(idle)[2]]), job.at), job.at)

    def _free_since(self, window: int) -> int:
        return self.state.windows[self.names[window]].free_since or 0

    def _end(self) -> None:
        at, window = heapq.heappop(self.ends)
        self._called(window, self._do(cmd.CallNext(window=self.names[window], finish=True), at), at)

    def _called(self, window: int, events: tuple[ev.AnyEvent, ...], at: int) -> None:
        for event in events:
            if isinstance(event, ev.TicketCalled):
                self._do(cmd.StartService(window=self.names[window]), at)
                index = self.job_of[event.ticket]
                self.served[index] = Served(window, at)
                heapq.heappush(self.ends, (at + self.jobs[index].service, window))
