"""The push room (推送): who asked, and what each is told after a commit, once the disk has it.

Notes follow from the committed state, not from single events: whatever moves a queue may make it somebody's turn.
Many commits are looked at as one, in slices, so that the hall's loop is never held.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.http.body import check_content_type, decode, read_body
from onewindow.http.problem import problem
from onewindow.push.notes import Note, note_of, over
from onewindow.push.sender import Outcome, Sender
from onewindow.push.subscriptions import SERVICES, Asked, Subscription, Subscriptions, allowed
from onewindow.runtime.answers import JournalUnavailable
from onewindow.runtime.hall import HallRuntime
from onewindow.web.static_files import ROOT

log = logging.getLogger(__name__)

PACE: Final = 0.5
"""Seconds in which commits gather."""
SLICE: Final = 50
PAUSES: Final = (1.0, 4.0)
"""Seconds before a note that failed is tried again."""
WAITING: Final = 1000
"""Notes on their way at once; more are dropped: they would come too late."""

_asked = msgspec.json.Decoder(Asked)


class PushRoom:
    """Push of one hall in one process. Loop-only."""

    def __init__(
        self,
        runtime: HallRuntime,
        ticket_of: Callable[[str], str | None],
        folder: Path,
        sender: Sender,
        services: tuple[str, ...] = SERVICES,
    ) -> None:
        """`ticket_of`: the id of a tracking token's ticket, or None."""
        self._runtime = runtime
        self._ticket_of = ticket_of
        self._sender = sender
        self._services = services
        self.subscriptions = Subscriptions(folder)
        self._stirred = asyncio.Event()
        self._keeping = asyncio.Lock()
        self._sending: set[asyncio.Task[None]] = set()

    def routes(self) -> list[BaseRoute]:
        """Where phones ask for notes, and the worker that shows them."""
        return [
            Route("/t/{token}/push", self._subscribe, methods=["POST"]),
            Route("/t-worker.js", self._worker, methods=["GET"]),
        ]

    async def run(self) -> None:
        """Follow the commits for ever."""
        end = self._runtime.subscribe(lambda _: self._stirred.set())
        self._stirred.set()
        try:
            while True:
                await self._stirred.wait()
                self._stirred.clear()
                await asyncio.sleep(PACE)
                try:
                    await self._look()
                except JournalUnavailable:
                    self._stirred.set()  # What is not durable is told to nobody.
                except Exception:
                    log.exception("Notes to phones could not be looked after; the hall goes on.")
        finally:
            end()
            for task in self._sending:
                task.cancel()
            self._sender.stop()

    async def _look(self) -> None:
        everybody = list(self.subscriptions.all.values())
        due: list[tuple[Subscription, Note]] = []
        changed = False
        for start in range(0, len(everybody), SLICE):
            state = await self._runtime.committed()
            for one in everybody[start : start + SLICE]:
                if over(state, one.ticket):
                    self.subscriptions.drop(one.asked.endpoint)
                    changed = True
                elif (note := note_of(state, one.ticket)) is not None and note.stage != one.told:
                    one.told = note.stage
                    due.append((one, note))
            await asyncio.sleep(0)
        if due or changed:
            # Before anything is sent: after a power cut nobody is told twice.
            await self._keep()
        for one, note in due:
            self._begin(one, note)

    def _begin(self, one: Subscription, note: Note) -> None:
        if len(self._sending) >= WAITING:
            return
        task = asyncio.create_task(self._tell(one, note), name="push")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _tell(self, one: Subscription, note: Note) -> None:
        for pause in (*PAUSES, None):
            outcome = await self._sender.send(one.asked, note)
            if outcome is Outcome.GONE:
                self.subscriptions.drop(one.asked.endpoint)
                await self._keep()
            if outcome is not Outcome.FAILED or pause is None:
                return
            await asyncio.sleep(pause)
            if one.told != note.stage:
                return  # Something newer is on its way.

    async def _keep(self) -> bool:
        """Write them down as they are now; False: the disk refuses. In turn, so that the file never falls back."""
        try:
            async with self._keeping:
                await asyncio.to_thread(self.subscriptions.write, self.subscriptions.encoded())
        except OSError as error:
            log.warning("The phones that asked for notes could not be written down: %s", error)
            return False
        return True

    async def _subscribe(self, request: Request) -> Response:
        """A phone asks for notes on its ticket."""
        ticket = self._ticket_of(request.path_params["token"])
        state = await self._runtime.committed()
        if ticket is None or over(state, ticket):
            raise problem("not_found")
        check_content_type(request.scope)
        asked = decode(await read_body(request.scope, request.receive, 8192), _asked)
        if not allowed(asked.endpoint, self._services):
            raise problem("push_service_unknown")
        note = note_of(await self._runtime.committed(), ticket)
        # Whoever asks is looking at the page: what it shows is no news.
        one = Subscription(ticket, asked, note.stage if note is not None else "")
        before = self.subscriptions.all.get(asked.endpoint)
        if not self.subscriptions.add(one):
            raise problem("push_too_many")
        if not await self._keep():
            self.subscriptions.take_back(one, before)
            raise problem("push_not_kept")
        return Response(status_code=204)

    async def _worker(self, request: Request) -> Response:
        return FileResponse(
            ROOT / "js" / "phone-worker.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )


def push_room(
    runtime: HallRuntime, ticket_of: Callable[[str], str | None], folder: Path, key: Any
) -> PushRoom | None:
    """The hall's push under this private key; None without one."""
    if key is None:
        return None
    return PushRoom(runtime, ticket_of, folder, Sender(key, runtime.hall.settings.public_url))


@asynccontextmanager
async def open_push(room: PushRoom | None) -> AsyncIterator[list[BaseRoute]]:
    """The room's routes, at work until the block ends; none where there is no room."""
    if room is None:
        yield []
        return
    work = asyncio.create_task(room.run(), name="push room")
    try:
        yield room.routes()
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
