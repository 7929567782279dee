"""Fan-out (分发): a frame's way to all who follow, in slices that leave the loop free in between. Loop-only.

While a command is under way the slices stand back, within bounds: its answer takes some turns of the loop more than a
slice, and between two commands there is room for one.

No client is waited for. One that doesn't take its bytes gets nothing more until it has drained, then a fresh snapshot
(conflated), and is cut off when it makes no progress.
"""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from onewindow.displays.clients import Client
from onewindow.displays.frames import Frame
from onewindow.http.under_way import UnderWay

log = logging.getLogger(__name__)

Jobs = deque[tuple[Iterator[Client], Frame]]
"""Frames on their way, each with those who have not got it yet."""

FIRST: Final = 128
"""Writes that follow a commit at once, before it is answered: all of a hall's own screens."""
SLICE: Final = 32
"""Writes in one go otherwise, some 0.4 ms: what a command that comes meanwhile waits. Then the loop has its turn."""
PROMPT: Final = 128
"""Writes in one go for screens that wait for a call, as long as they stand back for commands, some 1 ms: fewer turns
till all have it. A command that comes meanwhile meets one of them."""
BETWEEN: Final = 0.002
"""Seconds between two slices at most for screens that have stood back as long as they may, and go on beside the
commands: a command meets one of them or two, and a thousand screens take 60 ms then."""
SCREENS_STAND_BACK: Final = 0.05
"""So many seconds the screens that a call has not reached at once stand back for commands in all: half a blink …"""
FIGURES_STAND_BACK: Final = 0.25
"""… and with figures and beats, upon which nobody acts at once."""
PHONES_STAND_BACK: Final = 0.01
"""… and phones between any two slices: ten thousand then have a frame some three seconds later at the worst."""
BEATS_WAIT: Final = 0.5
"""Seconds that beats stand behind news; a page gives the server up after some six."""
SCREENS: Final = 0
"""The screens' rank: they go before whatever else stands back."""
REST: Final = 0.001
"""Seconds that the loop has for itself, and the process's other threads, between two slices of what is not urgent
(phones, figures, beats), whether commands are under way or not."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how patiently (seconds)."""

    beat: float = 2.0
    """Between two signs of life."""
    figures: float = 0.25
    """Between two updates of what depends on a queue, on the screens …"""
    phones: float = 1.0
    """… and on the phones, of which there may be thousands."""
    drain: float = 0.25
    """Between two looks at clients that are slow."""
    patience: float = 8.0
    """How long a client for which something waits may make no progress: with the looks between, under 10 s."""
    room: int = 64 * 1024
    """Bytes that may be pending for a client before it counts as behind."""


class _Line:
    """What stands in line for the screens, or for the phones: news first, and beats when there is none.

    Who has got a channel's news needs no beat of before it any more, and gets none; nor does who is still to get the
    news that the beat is of. A call must not wait until two thousand screens have heard that nothing has happened.
    But a screen to which nothing happens while the others' news never end must not take that for silence: beats that
    have waited long have every other turn.
    """

    __slots__ = ("_other", "_since", "beats", "news")

    def __init__(self) -> None:
        self.news: Jobs = deque()
        self.beats: Jobs = deque()
        self._since = 0.0
        """Since when beats have been waiting without an end."""
        self._other = False
        """Whether it is the beats' turn, once they have waited long."""

    def __bool__(self) -> bool:
        return bool(self.news or self.beats)

    def put(self, clients: Iterable[Client], frame: Frame, now: float) -> None:
        """Behind what is of its kind."""
        if not self.beats:
            self._since = now
        (self.news if frame.news else self.beats).append((iter(tuple(clients)), frame))

    def turn(self, now: float) -> Jobs:
        """Of which kind the next slice is; empty: nothing stands in line."""
        late = bool(self.news) and now - self._since > BEATS_WAIT
        self._other = late and not self._other
        return self.beats if self.beats and (self._other or not self.news) else self.news


class FanOut:
    """Hands frames to clients, screens before phones."""

    def __init__(
        self, pace: Pace, clock: Callable[[], float], drained: Callable[[Client], None], under_way: UnderWay
    ) -> None:
        """`drained`: a client that was behind takes frames again; give it a snapshot."""
        self._pace = pace
        self._under_way = under_way
        self._stood = self._since = self._most = 0.0
        """Seconds that slices for screens have waited since none did, since when the next one does, and the most."""
        self._calm = False
        """Whether nobody acts at once upon what the screens still have to get: then the loop rests in between."""
        self._resting: asyncio.TimerHandle | None = None
        self._clock = clock
        self._drained = drained
        self._screens = _Line()
        self._phones = _Line()
        self._to_screens = self._to_phones = False
        """Whether a next slice is on its way."""
        self._slow: dict[Client, None] = {}

    @property
    def idle(self) -> bool:
        """Whether every frame has been handed to the system, or waits for a slow client."""
        return not (self._to_screens or self._to_phones)

    @property
    def slow(self) -> int:
        """Clients for which something waits."""
        return len(self._slow)

    def hand_out(self, clients: Iterable[Client], frame: Frame, *, screens: bool, first: int = 0) -> None:
        """Send a frame to those who follow now: to the `first` of them at once, if no other news is under way."""
        (self._screens if screens else self._phones).put(clients, frame, self._clock())
        if screens:
            self._hasten(SCREENS_STAND_BACK if first else FIGURES_STAND_BACK, first)
        elif not screens and not self._to_phones:
            self._write_slice(self._phones, first if not self._screens else 0)
            self._go_on_with_phones()

    def write(self, client: Client, frame: Frame) -> None:
        """Send one client what it has not got, and will not get in a snapshot."""
        self._write_all(iter((client,)), frame)

    def forget(self, client: Client) -> None:
        """Its connection has ended, or is about to: nothing more is written to it."""
        client.behind = True
        self._slow.pop(client, None)

    async def look_after(self) -> None:
        """Give a fresh snapshot to those who have drained, and cut off those who make no progress."""
        while True:
            await asyncio.sleep(self._pace.drain)
            now = self._clock()
            for client in tuple(self._slow):
                self._look_at(client, now)

    def _slowed(self, client: Client, waiting: int, frame: Frame) -> bool:
        """Watch a client for which bytes wait; whether it has got the frame all the same."""
        if client not in self._slow:
            self._slow[client] = None
            client.slowed(self._clock())
        if waiting > self._pace.room:
            client.behind = True
            return False
        client.offered += len(frame.wire)
        return True

    def _look_at(self, client: Client, now: float) -> None:
        if not client.outlet.open:
            del self._slow[client]
        elif client.behind and client.outlet.pending <= self._pace.room // 2:
            client.behind = False
            client.slowed(now)
            self._drained(client)
        elif not client.outlet.pending:
            del self._slow[client]
        elif client.stuck_for(now) > self._pace.patience:
            del self._slow[client]
            log.info("A display of %s takes nothing and is cut off.", client.channel)
            client.outlet.abort()

    def _hasten(self, most: float, first: int) -> None:
        """Begin with what is for screens; or let what stands already stand no longer than what joins it may."""
        if not self._to_screens:
            self._stood, self._most, self._calm = 0.0, most, not first
            self._write_slice(self._screens, first)
            self._go_on_with_screens()
            return
        if first and len(self._screens.news) == 1:
            self._write_slice(self._screens, first, self._screens.news)
        stood = self._stood + self._clock() - self._since
        if stood + most < self._most:
            self._most, self._calm = stood + most, not first
            if self._resting is not None:
                self._resting.cancel()
            self._stand_back_with_screens()

    def _serve_screens(self) -> None:
        """A slice for screens."""
        self._stood += self._clock() - self._since
        self._write_slice(self._screens, SLICE if self._calm or self._stood >= self._most else PROMPT)
        self._go_on_with_screens()

    def _go_on_with_screens(self) -> None:
        """The rest after the loop's other work, and the commands' as long as the screens may stand back."""
        self._to_screens = bool(self._screens)
        if self._to_screens:
            self._since = self._clock()
            if self._calm and self._stood < self._most:
                self._resting = asyncio.get_running_loop().call_later(REST, self._stand_back_with_screens)
            else:
                self._stand_back_with_screens()

    def _stand_back_with_screens(self) -> None:
        self._resting = None
        most = max(self._most - self._stood - (self._clock() - self._since), BETWEEN)
        self._under_way.when_free(self._serve_screens, most, SCREENS)

    def _serve_phones(self) -> None:
        """A slice for phones when no screen waits."""
        if not self._screens:
            self._write_slice(self._phones, SLICE)
        self._go_on_with_phones()

    def _go_on_with_phones(self) -> None:
        """The rest after a rest."""
        self._to_phones = bool(self._phones)
        if self._to_phones:
            asyncio.get_running_loop().call_later(REST, self._stand_back_with_phones)

    def _stand_back_with_phones(self) -> None:
        self._under_way.when_free(self._serve_phones, PHONES_STAND_BACK)

    def _write_slice(self, line: _Line, left: int, jobs: Jobs | None = None) -> None:
        """So many writes, of `jobs` first, or of the kind whose turn it is."""
        jobs = line.turn(self._clock()) if jobs is None else jobs
        while left and (jobs := jobs or line.news or line.beats):
            clients, frame = jobs[0]
            batch = tuple(itertools.islice(clients, left))
            self._write_all(iter(batch), frame)
            left -= len(batch)
            if left:
                jobs.popleft()

    def _write_all(self, clients: Iterator[Client], frame: Frame) -> None:
        """As `write` for each: the one loop whose every step counts a thousandfold."""
        # News goes to whoever has not got it; a beat only to who has got just that, for it may overtake the news.
        least, below = (0, frame.v) if frame.news else (frame.v, frame.v + 1)
        room = self._pace.room
        while True:
            client = None
            try:
                for client in clients:
                    if least <= client.v < below and not client.behind:
                        waiting = client.outlet.offer(frame, room)
                        if not waiting or self._slowed(client, waiting, frame):
                            client.v = frame.v
                return
            except Exception:
                # One connection's end must not stop the others' frames.
                log.exception("a frame could not be written")
                if client is not None:
                    client.outlet.abort()
