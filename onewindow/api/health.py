"""For the operator (运维接口): alive, ready, metrics."""

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onewindow.http.answer import json_answer
from onewindow.http.problem import problem
from onewindow.queue.state import TicketState, WindowPhase
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.live_day import LiveDay

Figures = Sequence[Metric]


def figures(live: LiveDay) -> Figures:
    """The live day in gauges; no person and no matter stands in them."""
    state = live.state
    tickets = GaugeMetricFamily("onewindow_tickets", "Tickets of the day by state", labels=["state"])
    counts = dict.fromkeys(TicketState, 0)
    for ticket in state.tickets.values():
        counts[ticket.state] += 1
    for kind, count in counts.items():
        tickets.add_metric([kind.value], count)
    waiting = GaugeMetricFamily("onewindow_waiting", "Tickets that wait, by zone", labels=["zone"])
    for zone in state.hall.zones:
        waiting.add_metric([zone], sum(len(s) for s in state.lines.sets.values() if s.zone == zone))
    windows = GaugeMetricFamily("onewindow_windows", "Windows by phase", labels=["phase"])
    for phase in WindowPhase:
        windows.add_metric([phase.value], sum(w.phase is phase for w in state.windows.values()))
    return [
        tickets,
        waiting,
        windows,
        GaugeMetricFamily("onewindow_calls", "Calls of the day, recalls included", value=state.calls),
        GaugeMetricFamily("onewindow_journal_commits", "Commits of the day in the journal", value=live.head.n),
        GaugeMetricFamily("onewindow_last_event_seconds", "Time of the last event", value=state.last_at / 1000),
    ]


class _Once(Collector):
    """Hands the figures of one scrape to the library."""

    def __init__(self, found: Figures) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        return self._found


def metrics_text(registry: CollectorRegistry, found: Figures) -> Response:
    """The registry's own figures and these, as Prometheus text."""
    now = CollectorRegistry()
    now.register(_Once(found))
    text = generate_latest(registry) + generate_latest(now)
    return Response(text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


class Health:
    """The operator's calls."""

    def __init__(self, runtime: HallRuntime, registry: CollectorRegistry, more: Callable[[], Figures] = list) -> None:
        """`registry` holds the counters that live as long as the process; `more` gives other rooms' gauges."""
        self._more = more
        self._runtime = runtime
        self._registry = registry

    async def alive(self, request: Request) -> Response:
        """GET /healthz: the process answers."""
        return json_answer({"alive": True})

    async def ready(self, request: Request) -> Response:
        """GET /readyz: the journal was replayed and can be written; 503 with the reason otherwise.

        Of several processes of a hall, `writes` is true at the one that writes.
        """
        if (lost := self._runtime.writer.lost) is not None:
            raise problem("not_ready", found=lost)
        suspect = self._runtime.clock_suspect
        if suspect is not None and suspect.blocks:
            raise problem("not_ready", found=f"clock {suspect.day} < {suspect.last}")
        head = await self._runtime.read(lambda live: (live.day, live.head.n, live.head.hash))
        writes = self._runtime.writes
        return json_answer({"ready": True, "day": head[0], "commits": head[1], "hash": head[2], "writes": writes})

    async def metrics(self, request: Request) -> Response:
        """GET /metrics: Prometheus text."""
        return metrics_text(self._registry, await self.figures())

    async def figures(self) -> Figures:
        """The hall's gauges at this moment."""
        writes = GaugeMetricFamily("onewindow_writes", "1 in the process that writes the hall", self._runtime.writes)
        return [*await self._runtime.read(figures), writes, *self._more()]

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]
