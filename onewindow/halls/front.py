"""The front of many halls (各厅总页): the index of halls, and the operator's calls for the process."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from onewindow.api.health import metrics_text
from onewindow.app import process_registry
from onewindow.halls.house import LOCALHOST, UNAVAILABLE, Halls
from onewindow.halls.room import HallRoom
from onewindow.http.answer import json_answer
from onewindow.http.problem import Problem, handlers, problem, problem_response, wants_page
from onewindow.runtime.answers import RuntimeFault
from onewindow.web.render import PAGE_HEADERS, files_route, shared

LATER: Final = 1013
"""Close code of a socket to a hall that can't be served now."""
FILES: Final = "/static/"
"""What a page needs, the one that says that a hall can't be served among them."""
STATES: Final = {"at_work": ("在用", "At work"), "asleep": ("待用", "On first use"), "broken": ("打不开", "Broken")}


class Front:
    """ASGI application for requests that name no hall, and for those whose hall can't be served."""

    def __init__(self, halls: Halls, registry: CollectorRegistry | None = None) -> None:
        self._halls = halls
        self._registry = registry if registry is not None else process_registry()
        self._app = Starlette(
            routes=[
                Route("/", self.index),
                Route("/healthz", self.alive),
                Route("/readyz", self.ready),
                Route("/metrics", self.metrics),
                files_route(),
            ],
            exception_handlers=handlers(_error_page),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        room = scope.get(UNAVAILABLE)
        if not isinstance(room, HallRoom) or scope["path"].startswith(FILES):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": LATER})
        else:
            await _unavailable(room, scope)(scope, receive, send)

    # --- for people --------------------------------------------------------------------------------------------

    async def index(self, request: Request) -> Response:
        """GET /: the halls, with their addresses. What is wrong with one is in the log: nobody signs in here."""
        rows = [
            {"site": room.site, "state": state_of(room), "address": self.address(room, request)}
            for room in self._halls.rooms.values()
        ]
        return _page("halls.html", page_zh="各大厅", page_en="Halls", rows=rows, states=STATES)

    def address(self, room: HallRoom, request: Request) -> str:
        """Where the hall is found, as whoever asked for the index may reach it; empty: unknown."""
        asked = urlsplit(str(request.url))
        port = f":{asked.port}" if asked.port else ""
        if asked.hostname in ("127.0.0.1", LOCALHOST):
            return f"{asked.scheme}://{room.site.code}.{LOCALHOST}{port}/"
        if self._halls.domain != LOCALHOST:
            return f"{asked.scheme}://{room.site.code}.{self._halls.domain}{port}/"
        return f"{room.site.public_url}/" if room.site.public_url else ""

    # --- for the operator --------------------------------------------------------------------------------------

    async def alive(self, request: Request) -> Response:
        """GET /healthz: the process answers."""
        return json_answer({"alive": True})

    async def ready(self, request: Request) -> Response:
        """GET /readyz: each hall's state; 503 when none can be served."""
        states = {code: state_of(room) for code, room in self._halls.rooms.items()}
        if all(state == "broken" for state in states.values()):
            raise problem("not_ready", found="no hall")
        return json_answer({"ready": True, "halls": states})

    async def metrics(self, request: Request) -> Response:
        """GET /metrics: the process's figures, and those of every hall at work under the label `hall`."""
        found = [*self._own(), *labelled(await self._of_halls())]
        return metrics_text(self._registry, found)

    def _own(self) -> list[Metric]:
        rooms = self._halls.rooms.items()
        states = GaugeMetricFamily("onewindow_halls", "Halls of this process by state", labels=["state"])
        for state in STATES:
            states.add_metric([state], sum(state_of(room) == state for _, room in rooms))
        users = GaugeMetricFamily("onewindow_hall_users", "Requests and sockets of a hall", labels=["hall"])
        loads = CounterMetricFamily("onewindow_hall_loads", "How often a hall was loaded", labels=["hall"])
        for code, room in rooms:
            users.add_metric([code], room.users)
            loads.add_metric([code], room.loads)
        return [states, users, loads]

    async def _of_halls(self) -> dict[str, list[Metric]]:
        found: dict[str, list[Metric]] = {}
        for code, room in self._halls.rooms.items():
            if (opened := room.opened) is not None:
                try:
                    found[code] = list(await opened.health.figures())
                except RuntimeFault:
                    continue
        return found


def state_of(room: HallRoom) -> str:
    """`at_work`, `asleep` or `broken`."""
    if room.opened is not None:
        return "at_work"
    return "broken" if room.fault or room.site.faults or room.site.clashes else "asleep"


def labelled(halls: dict[str, list[Metric]]) -> list[Metric]:
    """The figures of several halls, each sample with its hall as a label."""
    found: dict[str, Metric] = {}
    for code, figures in halls.items():
        for figure in figures:
            one = found.setdefault(figure.name, Metric(figure.name, figure.documentation, figure.type))
            for sample in figure.samples:
                one.samples.append(Sample(sample.name, {"hall": code, **sample.labels}, sample.value))
    return list(found.values())


def _unavailable(room: HallRoom, scope: Scope) -> Response:
    found = problem("hall_unavailable", hall=room.site.code, headers={"Retry-After": "5"})
    request = Request(scope)
    return _error_page(request, found) if wants_page(request) else problem_response(found, request.url.path)


def _error_page(request: Request, found: Problem) -> Response:
    words: dict[str, Any] = {"page_zh": "没有办成", "page_en": "That did not work", "path": request.url.path}
    return _page("error.html", found.status, found.headers, problem=found, **words)


def _page(template: str, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Response:
    page: Callable[..., str] = shared()[0].get_template(template).render
    return HTMLResponse(page(principal=None, own=None, **context), status, {**PAGE_HEADERS, **(headers or {})})
