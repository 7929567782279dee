"""The application (应用): the one place where the rooms are put together.

Each room gives its routes and takes just what it needs; nobody looks anything up.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.accounts import Accounts
from onewindow.access.guard import Guard
from onewindow.access.limits import Limits
from onewindow.access.open_store import open_store
from onewindow.access.rights import Rights
from onewindow.access.sign_ins import AtWindow, at_windows
from onewindow.access.store import Store
from onewindow.access.tokens import Tokens, Tracking
from onewindow.access.watch import keep_fresh, refresh
from onewindow.api.call import Tools
from onewindow.api.health import Health
from onewindow.api.openapi import routes as openapi_routes
from onewindow.api.reads import Board
from onewindow.api.replies import build_reply, prepare
from onewindow.api.routes import routes as api_routes
from onewindow.callers.pages import routes as caller_routes
from onewindow.callers.slate import Slate
from onewindow.displays import channels
from onewindow.displays.hub import Hub
from onewindow.displays.room import open_displays
from onewindow.guide_desk.pages import routes as desk_routes
from onewindow.guide_desk.printer import Printers
from onewindow.guide_desk.prints import PrintLog
from onewindow.guide_desk.room import DeskRoom
from onewindow.guide_desk.search import MatterIndex
from onewindow.guide_desk.search_calls import SearchCalls
from onewindow.guide_desk.searches import SearchLog
from onewindow.http.problem import handlers
from onewindow.http.under_way import CommandsFirst, UnderWay
from onewindow.outlook.calls import OutlookCalls
from onewindow.outlook.engine import Engine
from onewindow.outlook.figures import figures as outlook_figures
from onewindow.outlook.room import open_outlook
from onewindow.push.keys import possible, private_key, public_text
from onewindow.push.room import open_push, push_room
from onewindow.queue.journal import Journal
from onewindow.rating.pages import routes as rating_routes
from onewindow.runtime.answers import JournalUnavailable, RuntimeFault
from onewindow.runtime.clock import Clock
from onewindow.runtime.hall import HallRuntime, loss_path, open_runtime
from onewindow.runtime.shared_hall import open_shared
from onewindow.screens.room import open_screens
from onewindow.shared.link import ended
from onewindow.sign_in.routes import SignIn
from onewindow.supervision.check_calls import CheckCalls
from onewindow.supervision.checking import Checking
from onewindow.supervision.pages import Devices
from onewindow.supervision.pages import routes as supervisor_routes
from onewindow.supervision.trials import Trials
from onewindow.voice.engine import Engine as VoiceEngine
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.room import open_voice
from onewindow.voice.speakers import Loudspeakers
from onewindow.web.patterns import patterns_context
from onewindow.web.render import Pages
from onewindow.zones.model import Hall


@dataclass(frozen=True)
class Workers:
    """Processes that compute for several halls (共用子进程), ended by whoever made them and not with a hall."""

    forecast: Engine | None
    """None: waits are told by the work that stands ahead."""
    voice: VoiceEngine


@dataclass(frozen=True)
class OpenApp:
    """A hall's application, at work until its block ends."""

    asgi: Starlette
    runtime: HallRuntime
    store: Store
    tokens: Tokens
    tracking: Tracking
    hub: Hub
    first_accounts: list[tuple[str, str]]
    """Names and passwords that were made just now, to be shown once; usually empty."""
    health: Health
    loudspeakers: Loudspeakers


@asynccontextmanager
async def open_app(
    hall: Hall,
    data_dir: Path,
    *,
    clock: Clock | None = None,
    journal: Journal | None = None,
    tick_seconds: float | None = 1.0,
    forecast: bool = False,
    redis: str = "",
    replicas: int = 0,
    workers: Workers | None = None,
    under_way: UnderWay | None = None,
) -> AsyncIterator[OpenApp]:
    """Open store and journal, replay the day, and put the rooms together.

    `redis`: the address of the Redis in which store and journal lie, so that several processes serve the hall;
    empty: they lie under `data_dir`. `replicas`: copies of it that should have each commit.
    `forecast`: drive the rule ahead in a process of its own; else waits are told by the work that stands ahead.
    `workers`, `under_way`: those that several halls have in common, instead of the hall's own.
    Raises StoreUnusable, FileInUse, JournalBroken, or what the journal raises when it can't be opened.
    """
    async with open_store(data_dir, redis, hall.settings.code) as store:
        tokens = Tokens(store.secret)
        tracking = Tracking(store.secret, hall.settings.code)
        accounts = Accounts(store)
        opened: AbstractAsyncContextManager[HallRuntime] = (
            open_shared(
                hall,
                redis,
                replicas=replicas,
                clock=clock,
                build_reply=build_reply,
                prepare=prepare,
                tick_seconds=tick_seconds,
                loss=loss_path(hall, data_dir),
            )
            if redis
            else open_runtime(
                hall,
                data_dir,
                clock=clock,
                build_reply=build_reply,
                prepare=prepare,
                journal=journal,
                tick_seconds=tick_seconds,
            )
        )
        if workers is None:
            workers = Workers(Engine(data_dir / "outlook") if forecast else None, WorkerEngine())
        under_way = under_way or UnderWay()
        pages, index = Pages(hall), await asyncio.to_thread(MatterIndex, hall)
        key = private_key(store.secret, hall.settings.code) if possible(hall) else None
        async with (
            opened as runtime,
            open_displays(
                runtime,
                pages,
                tracking.ticket,
                tracking.token,
                push_key=public_text(key) if key else "",
                under_way=under_way,
            ) as displays,
            open_push(push_room(runtime, tracking.ticket, data_dir, key)) as push,
            open_voice(runtime, pages, data_dir, displays.hub.show, engine=workers.voice) as voice,
            open_outlook(runtime, data_dir, displays.hub.refigure, engine=workers.forecast) as outlook,
            open_screens(runtime, pages, (store, tokens), displays.hub, _told(displays.hub, "screens")) as screens,
        ):
            printers = Printers(tuple(hall.devices.values()))
            desk = DeskRoom(runtime, index, tracking.token, printers, PrintLog(data_dir))
            devices = Devices(
                lambda: (*displays.hub.health.all(), *voice.silent(), *screens.silent()), desk.papers, voice.troubles
            )
            trials = Trials(hall, displays.hub.tests, voice.tests, voice.speakers, desk)
            slate = Slate()
            tools = Tools(runtime, tracking.token, Rights(store.secret, hall.settings.code))
            health = Health(runtime, process_registry(), lambda: outlook_figures(outlook))
            checking = Checking(hall, data_dir, trials, runtime.clock.now_ms, _told(displays.hub, "check"))
            check = CheckCalls(runtime, pages, checking)

            # Whatever is committed may change the supervisor's page, a suspension say, which moves no number.
            runtime.subscribe(lambda committed: displays.hub.show("commits", committed.n))

            async def signed_in() -> list[AtWindow]:
                return await at_windows(store, int(time.time()))

            first = await accounts.first()
            await refresh(store, tokens)
            watch = asyncio.create_task(keep_fresh(store, tokens), name="access-watch")
            rooms: list[BaseRoute] = [
                *api_routes(tools, _board(displays.hub), desk),
                *openapi_routes(),
                *caller_routes(runtime, pages, voice.unheard, slate),
                *rating_routes(runtime, pages, slate.read),
                *desk_routes(desk, pages),
                *SearchCalls(runtime, SearchLog(data_dir)).routes(),
                *supervisor_routes(runtime, pages, devices, check, signed_in),
                *displays.routes,
                *push,
                *screens.routes,
                *voice.routes,
                *SignIn(hall, pages, store, accounts, tokens).routes(),
                *OutlookCalls(outlook).routes(),
                *health.routes(),
                *_front(pages),
                *pages.routes(),
            ]
            app = Starlette(
                routes=rooms,
                exception_handlers=_handlers(pages),
                middleware=[
                    Middleware(CommandsFirst, under_way=under_way),
                    Middleware(Guard, tokens=tokens, tracking=tracking, public_url=hall.settings.public_url),
                    Middleware(Limits),
                ],
            )
            try:
                yield OpenApp(app, runtime, store, tokens, tracking, displays.hub, first, health, voice.loudspeakers)
            finally:
                await ended(watch)
                await checking.stop()
                await asyncio.to_thread(desk.stop)


def _told(hub: Hub, what: str) -> Callable[[], None]:
    """What tells the supervisor's pages that something of theirs has changed, though nothing of the hall has."""
    changes = itertools.count(1)
    return lambda: hub.show(what, next(changes))


def _handlers(pages: Pages) -> dict[Any, Any]:
    """How errors are answered; a Redis that can't be reached as a journal that can't."""
    found = handlers(pages.error)

    async def on_redis(request: Request, error: Exception) -> Any:
        return await found[RuntimeFault](request, JournalUnavailable(str(error) or repr(error), done=None))

    return {**found, RedisError: on_redis}


def _board(hub: Hub) -> Board:
    """What gives the hall screen's first frame."""

    async def board() -> bytes:
        frame = await hub.snapshot(channels.HALL)
        assert frame is not None, "every hall has its own channel"
        return frame.text

    return board


def _front(pages: Pages) -> list[BaseRoute]:
    """The front page, and the page that shows every part."""

    async def home(request: Request) -> Response:
        return pages.render(request, "home.html", zones=pages.hall.zones.values())

    async def patterns(request: Request) -> Response:
        return pages.render(request, "patterns.html", sample=patterns_context())

    return [Route("/", home), Route("/patterns", patterns)]


def process_registry() -> CollectorRegistry:
    """The process's own figures: memory, processor, garbage."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return registry
