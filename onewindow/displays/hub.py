"""The hub (分发中心): who follows which channel, and how a commit reaches them all. Loop-only.

A commit's touched cells are computed once, compared with what the channel shows, and encoded once; `fanout` hands the
bytes to every follower. Calls and windows go out with their commit, figures that depend on a queue a moment later,
screens before phones. Who comes back gets what it missed, or a snapshot.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import msgspec

from onewindow.displays import frames
from onewindow.displays.cells import Cells
from onewindow.displays.channels import HALL, SUPERVISOR, Channel, Kind, exists, ticket, window, zone
from onewindow.displays.clients import Client, Health
from onewindow.displays.fanout import FIRST, PHONES_STAND_BACK, REST, FanOut, Pace
from onewindow.displays.frames import Frame
from onewindow.displays.projection import Called, Projection, Touched
from onewindow.displays.screen_test import ScreenTests
from onewindow.displays.streams import Stream
from onewindow.http.under_way import UnderWay
from onewindow.queue.state import HallDay
from onewindow.runtime.answers import JournalUnavailable
from onewindow.runtime.feed import Committed, Listener
from onewindow.views.clock import rfc3339
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

FIGURES: Final = 6
"""Channels whose figures are computed in one go; a phone's take some 50 to 100 µs."""
FIGURES_STAND_BACK: Final = 0.01
"""Seconds that each such go waits for commands at most."""
BEATS: Final = 50
"""Beats that are made in one go."""
ROUND: Final = 20
"""Parts of a round of beats: thousands at once would stand in the way of a command."""


class Source(Protocol):
    """Where the committed state comes from: the hall's runtime."""

    async def committed(self) -> HallDay:
        """The committed state, to be read before the next await."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every commit; returns what ends it."""
        ...


class _Moved:
    """Which queues have moved since they were last shown, for the screens or for the phones."""

    def __init__(self, *, screens: bool) -> None:
        self.screens = screens
        self.touched = Touched()
        self.stirred = asyncio.Event()


class Hub:
    """All channels of one hall in one server process."""

    def __init__(
        self,
        hall: Hall,
        source: Source,
        *,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        under_way: UnderWay | None = None,
    ) -> None:
        """`clock` runs evenly and is for patience; `now_ms` is the time of day that frames bear.

        `under_way`: the commands for which long work stands back.
        """
        self.hall = hall
        self.pace = pace or Pace()
        self.epoch = secrets.token_hex(8)
        self.health = Health(now_ms)
        self.tests = ScreenTests(self.health)
        self._source = source
        self._projection = Projection(hall)
        self._clock = clock
        self._now_ms = now_ms
        self._first_v = now_ms()
        """Versions begin here, so that they also grow from one run of the server to the next."""
        self._made = 0
        """Versions made of all channels: a channel that is followed again begins above what it had before."""
        self._begun = 0
        self._streams: dict[Channel, Stream] = {}
        self._parts: tuple[dict[Channel, Stream], ...] = tuple({} for _ in range(ROUND))
        """The same, by the part of a round in which they beat."""
        self._screens, self._phones = _Moved(screens=True), _Moved(screens=False)
        self._under_way = under_way or UnderWay()
        self._out = FanOut(self.pace, clock, self._fresh, self._under_way)
        self._cells: Cells | None = None
        """Of the state as the last commit left it."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._extra: dict[str, Any] = {}
        self._end: Callable[[], None] | None = None

    # --- life --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Follow the commits, beat, and look after slow clients."""
        self._end = self._source.subscribe(self.hear)
        self._task(self._beats(), "display beats")
        self._task(self._out.look_after(), "display drains")
        self._task(self._follow_queues(self._screens, self.pace.figures), "display figures")
        self._task(self._follow_queues(self._phones, self.pace.phones), "display places")

    async def stop(self) -> None:
        """Send nothing more. The sockets belong to the server."""
        if self._end is not None:
            self._end()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- followers ---------------------------------------------------------------------------------------------

    async def follow(self, client: Client) -> bool:
        """Let the client follow its channel, from what it shows or a snapshot on. False: there is no such channel."""
        state = await self._source.committed()
        if not exists(state, client.channel):
            return False
        stream = self._streams.get(client.channel) or self._begin(state, client.channel)
        stream.clients[client] = None
        self.health.came(client)
        self._show_health(client)
        self._take_up(client, stream)
        return True

    def leave(self, client: Client) -> None:
        """The client's connection has ended."""
        self._out.forget(client)
        stream = self._streams.get(client.channel)
        if stream is None or client not in stream.clients:
            return
        del stream.clients[client]
        self.health.left(client)
        self._show_health(client)
        if not stream.clients:
            del self._streams[client.channel]
            del self._parts[stream.slot][client.channel]

    def heard(self, client: Client, v: int | None) -> None:
        """A sign of life from the client, with the last version that it shows."""
        self.health.heard(client, v)

    def clients(self) -> list[Client]:
        """Everybody who follows now."""
        return [client for stream in self._streams.values() for client in stream.clients]

    def boards(self) -> list[Client]:
        """Those who follow what everybody may: never the phones, of which there may be thousands."""
        return [client for stream in self._streams.values() if stream.channel.public for client in stream.clients]

    @property
    def followers(self) -> int:
        """How many clients there are."""
        return sum(len(stream.clients) for stream in self._streams.values())

    @property
    def idle(self) -> bool:
        """Whether no fan-out is under way."""
        return self._out.idle

    @property
    def slow(self) -> int:
        """How many of them don't take their frames at once."""
        return self._out.slow

    def show(self, key: str, value: Any) -> None:
        """Show the supervisor what is not of the hall's state (a device, a loudspeaker); None: no more."""
        if value is None:
            self._extra.pop(key, None)
        else:
            self._extra[key] = value
        if (stream := self._streams.get(SUPERVISOR)) is not None:
            self._emit(stream, {key: value}, (), first=FIRST)

    async def snapshot(self, channel: Channel) -> Frame | None:
        """What a new follower of the channel would get first; None: there is no such channel."""
        state = await self._source.committed()
        if not exists(state, channel):
            return None
        stream = self._streams.get(channel)
        if stream is None:
            stream = Stream(channel, self._first_v + self._made)
            self._fill(stream, state)
        return self._snapshot(stream)

    # --- what happens ------------------------------------------------------------------------------------------

    def hear(self, committed: Committed) -> None:
        """A commit: show at once what people act upon, and soon what depends on a queue."""
        with self._or_cut_off():
            self._hear(committed)

    def _hear(self, committed: Committed) -> None:
        state, self._cells = committed.state, None
        touched = self._projection.touched(state, committed.entries, fresh=committed.fresh)
        if committed.fresh:
            touched.everything = touched.day = touched.phases = True
            touched.queues = touched.windows = set(state.windows)
        if not self._streams:
            return
        cells = self._cells = Cells(state)
        for stream in self._reached(touched):
            with self._or_cut_off(stream):
                keys = set(cells.keys(stream.channel)) if committed.fresh else set[str]()
                keys |= self._projection.now(state, touched, stream.channel)
                calls = [call for call in touched.calls if _concerns(self.hall, stream.channel, call)]
                if keys or calls:
                    self._emit(stream, {key: cells.cell(stream.channel, key) for key in keys}, calls, first=FIRST)
        for queue in (self._screens, self._phones):
            queue.touched.merge(touched)
            queue.stirred.set()

    def refigure(self, windows: Iterable[str]) -> None:
        """The waits at these windows are known anew, without a commit: show the figures that depend on them soon."""
        for queue in (self._screens, self._phones):
            queue.touched.queues |= set(windows)
            queue.stirred.set()

    def _reached(self, touched: Touched) -> list[Stream]:
        """The streams that may have something to show at once: of thousands of phones only those touched."""
        if touched.day:
            return [s for s in self._streams.values() if s.channel.screen or s.channel.name in touched.tickets]
        reached = [HALL, SUPERVISOR, *map(zone, self.hall.zones)]
        reached += [*map(window, touched.windows), *map(ticket, touched.tickets)]
        return [stream for channel in reached if (stream := self._streams.get(channel)) is not None]

    async def _follow_queues(self, queue: _Moved, pace: float) -> None:
        """Show what depends on a queue, many commits' worth at once."""
        while True:
            await queue.stirred.wait()
            queue.stirred.clear()
            await asyncio.sleep(pace)
            touched, queue.touched = queue.touched, Touched()
            streams = [s for s in self._streams.values() if s.channel.screen is queue.screens]
            for start in range(0, len(streams), FIGURES):
                await self._under_way.free(FIGURES_STAND_BACK)
                try:
                    state = await self._source.committed()
                except JournalUnavailable:
                    queue.touched.merge(touched)  # There is no state to show; tried again after the pause.
                    queue.stirred.set()
                    break
                self._show_figures(state, touched, streams[start : start + FIGURES])
                if not queue.screens:
                    await asyncio.sleep(REST)

    def _show_figures(self, state: HallDay, touched: Touched, streams: list[Stream]) -> None:
        cells = self._cells = Cells.since(self._cells, state)
        for stream in streams:
            with self._or_cut_off(stream):
                keys = self._projection.later(state, touched, stream.channel, cells)
                if touched.day and not stream.channel.screen:
                    keys |= {*cells.keys(stream.channel), *self._projection.now(state, touched, stream.channel)}
                if stream.clients and keys:
                    self._emit(stream, {key: cells.cell(stream.channel, key) for key in keys}, ())

    @contextmanager
    def _or_cut_off(self, *streams: Stream) -> Iterator[None]:
        """What can't be worked out must not look live: its screens, or all, are cut off and say so; others go on."""
        try:
            yield
        except Exception:
            streams = streams or tuple(self._streams.values())
            shown = ", ".join(str(stream.channel) for stream in streams[:6])
            log.exception("The channel %s can't be shown; its screens are cut off.", shown)
            for client in [client for stream in streams for client in stream.clients]:
                client.outlet.abort()
                self.leave(client)

    def _emit(self, stream: Stream, values: dict[str, Any], calls: Iterable[Called], *, first: int = 0) -> None:
        """Send the channel's followers what differs from what they show, to the `first` of them at once."""
        changed: dict[str, msgspec.Raw] = {}
        gone: list[str] = []
        for key, value in values.items():
            if value is None:
                if stream.cells.pop(key, None) is not None:
                    gone.append(key)
            elif (said := frames.raw(value)) != stream.cells.get(key):
                changed[key] = stream.cells[key] = said
        calls = tuple(calls)
        if not (changed or gone or calls):
            return
        self._made += 1
        frame = frames.delta(stream.v + 1, changed, gone, calls, self._at())
        stream.news(frame)
        self._hand_out(stream, frame, first)

    # --- fan-out -----------------------------------------------------------------------------------------------

    def _hand_out(self, stream: Stream, frame: Frame, first: int = 0) -> None:
        self._out.hand_out(stream.clients, frame, screens=stream.channel.screen, first=first)

    def _take_up(self, client: Client, stream: Stream) -> None:
        """What it missed, after a beat that says what time it is; or a snapshot."""
        missed = stream.since(client.shows)
        if missed is None or client.shows is None:
            self._fresh(client)
            return
        client.v = client.shows
        for frame in (frames.beat(client.v, self._at()), *missed):
            self._out.write(client, frame)

    def _fresh(self, client: Client) -> None:
        stream = self._streams.get(client.channel)
        if stream is not None and client in stream.clients:
            frame = self._snapshot(stream)
            client.v = frame.v
            client.outlet.offer(frame)

    async def _beats(self) -> None:
        """Beat to a part of the channels at a time; where we are let run late, to all parts whose time has come.

        By the clock, not by the waking: twenty parts that are each half a second late would be a silence of ten
        seconds, in which every page gives the server up and comes anew, on a machine that has enough to do.
        """
        time, step = asyncio.get_running_loop().time, self.pace.beat / ROUND
        begun, done = time(), 0
        while True:
            await asyncio.sleep(step)
            turn = int((time() - begun) / step)
            parts = {n % ROUND for n in range(turn, max(done, turn - ROUND), -1)}
            done = turn
            try:
                await self._source.committed()
            except JournalUnavailable:
                continue  # What is shown may be old: without beats the screens say so themselves.
            at = self._at()
            for n, stream in enumerate([s for part in parts for s in self._parts[part].values()], 1):
                self._hand_out(stream, frames.beat(stream.v, at))
                if n % BEATS == 0:
                    await self._under_way.free(PHONES_STAND_BACK)
            if 0 in parts:
                for key, value in self.health.changes():
                    self.show(key, value)

    # --- inside ------------------------------------------------------------------------------------------------

    def _begin(self, state: HallDay, channel: Channel) -> Stream:
        self._made += 1
        self._begun += 1
        stream = Stream(channel, self._first_v + self._made, self._begun % ROUND)
        self._fill(stream, state)
        self._streams[channel] = self._parts[stream.slot][channel] = stream  # Only once it has what it shows.
        return stream

    def _fill(self, stream: Stream, state: HallDay) -> None:
        cells = self._cells = Cells.since(self._cells, state)
        stream.cells = {key: frames.raw(value) for key, value in cells.of(stream.channel).items()}
        if stream.channel.kind is Kind.SUPERVISOR:
            stream.cells |= {key: frames.raw(value) for key, value in self._extra.items()}

    def _snapshot(self, stream: Stream) -> Frame:
        return stream.snapshot(self.epoch, self._clock(), self._at())

    def _show_health(self, client: Client) -> None:
        if client.device:
            self.show(f"screen/{client.device}", self.health.of(client.device))

    def _at(self) -> str:
        return rfc3339(self.hall, self._now_ms())

    def _task(self, work: Any, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)


def _concerns(hall: Hall, channel: Channel, call: Called) -> bool:
    """Whether a call is shown on this channel."""
    match channel.kind:
        case Kind.HALL | Kind.SUPERVISOR:
            return True
        case Kind.ZONE:
            return hall.windows[call.window].zone == channel.name
        case Kind.WINDOW:
            return call.window == channel.name
        case Kind.TICKET:
            return channel.name.endswith(f"-{call.number}")
