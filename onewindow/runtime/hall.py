"""The running hall (运行中的大厅): its journal, its live day, and the turning from one business day to the next."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from onewindow.queue.carry import carried_from
from onewindow.queue.commands import AnyCommand, LeaveDay, NoteOutage, OpenDay
from onewindow.queue.journal import GENESIS, Journal, JournalBroken, still_held
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import HallDay
from onewindow.runtime.answers import Answer
from onewindow.runtime.batch import Begin
from onewindow.runtime.clock import Clock, SystemClock
from onewindow.runtime.feed import Listener
from onewindow.runtime.live_day import LiveDay, Loaded, last_day, load_day, load_keys
from onewindow.runtime.loss import LossMemory
from onewindow.runtime.peers import Alone, Peers
from onewindow.runtime.pulse import Pulse
from onewindow.runtime.ticker import Ticker
from onewindow.runtime.writer import BuildReply, HallWriter, Prepare, as_asked, empty_reply
from onewindow.zones.calendar import business_day
from onewindow.zones.model import Hall

T = TypeVar("T")

Service = Callable[[bytes], Awaitable[bytes]]
"""Something that only the writing process does; called there."""


class ClockSuspect(msgspec.Struct, frozen=True):
    """The machine's clock says `day`, before the last day of the journal: an old PC after a power cut, perhaps."""

    day: str
    last: str
    blocks: bool
    """Commands are refused until `confirm_day`: the program was started so. While it runs, the live day goes on."""


class HallRuntime:
    """One hall at work. Loop-only; made by `open_runtime`."""

    def __init__(
        self,
        hall: Hall,
        journal: Journal,
        clock: Clock,
        build_reply: BuildReply,
        prepare: Prepare,
        *,
        pulse: Pulse | None = None,
        shared: bool = False,
    ) -> None:
        """`pulse`: tells after a restart how long the hall was without the program; None: it isn't told.

        `shared`: as of `HallWriter`.
        """
        self.hall = hall
        self.peers: Peers = Alone()
        self.pulse = pulse
        self._services: dict[str, Service] = {}
        self.journal = journal
        self.clock = clock
        self.clock_suspect: ClockSuspect | None = None
        self._turning = asyncio.Lock()
        self.writer = HallWriter(
            hall, journal, LiveDay.fresh(hall, ""), clock, build_reply=build_reply, prepare=prepare, shared=shared
        )

    # --- what the rooms use ------------------------------------------------------------------------------------

    @property
    def day(self) -> str:
        """The live business day."""
        return self.writer.day

    @property
    def writes(self) -> bool:
        """Whether this process writes the hall: the only one does; of several, one."""
        return self.writer.writes

    async def submit(self, command: AnyCommand, *, by: str, key: str = "") -> Answer:
        """As `HallWriter.submit`; refused with `day_before_last` while the clock is suspect since the start."""
        if (suspect := self.clock_suspect) is not None and suspect.blocks:
            return refuse("day_before_last", day=suspect.day, last=suspect.last)
        return await self.writer.submit(command, by=by, key=key)

    async def committed(self) -> HallDay:
        """As `HallWriter.committed`: read it before the next await."""
        return await self.writer.committed()

    async def read(self, look: Callable[[LiveDay], T]) -> T:
        """As `HallWriter.read`."""
        return await self.writer.read(look)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """As `Feed.subscribe`."""
        return self.writer.feed.subscribe(listener)

    def serve(self, name: str, service: Service) -> None:
        """Name something that only the process does that writes (`at_writer`)."""
        self._services[name] = service

    async def at_writer(self, name: str, data: bytes) -> bytes:
        """Have it done there. It may be asked for twice: it must bear that. Raises RuntimeFault."""
        return await self._services[name](data)

    # --- days --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Replay the journal's last day, then turn to the clock's day. Raises JournalBroken."""
        self.writer.start()
        if (last := await last_day(self.journal)) is not None:
            await self._turn_to(last)
            today = self._clock_day()
            if today < last:
                self.clock_suspect = ClockSuspect(today, last, blocks=True)
                return
            if today == last:
                await self._note_outage()
        await self.turn()

    async def _note_outage(self) -> None:
        """The hall's clocks stood still while the program was away: a power cut costs nobody their place."""
        alive = self.pulse.last() if self.pulse is not None else None
        if alive is not None:
            await self.writer.submit(NoteOutage(since=alive), by="system")

    async def turn(self) -> bool:
        """Open the clock's business day when it is after the live one; called by the ticker each second.

        Returns whether the day goes on; False while the suspect clock blocks it.
        """
        async with self._turning:
            today, live = self._clock_day(), self.writer.day
            if today < live:
                blocks = self.clock_suspect is not None and self.clock_suspect.blocks
                self.clock_suspect = ClockSuspect(today, live, blocks)
                return not blocks
            self.clock_suspect = None
            if today > live:
                await self._turn_to(today)
            return True

    async def confirm_day(self, by: str = "system") -> Answer | None:
        """A person says that the suspect clock is right: turn to its day. None when nothing was to confirm.

        The day that is left says so at its end, so that no later start takes it for the last day again.
        """
        async with self._turning:
            if self.clock_suspect is None:
                return None
            day = self._clock_day()
            begin = await self._go_on(day) or self._open(day)
            answer = await self.writer.leave_day(LeaveDay(to=day), by, begin)
            if not isinstance(answer, Refusal):
                self.clock_suspect = None
            return answer

    def _clock_day(self) -> str:
        return business_day(self.hall.settings, self.clock.now_ms())

    async def _turn_to(self, day: str) -> Answer:
        return await self.writer.turn_day(await self._go_on(day) or self._open(day))

    async def _go_on(self, day: str) -> Begin | None:
        """What goes on with a day that has commits; None for a day without."""
        loaded = await self._load(day)
        return None if loaded is None else lambda _: (loaded.live, None)

    async def _load(self, day: str, after: int | None = None) -> Loaded | None:
        """A day that has commits, with the keys of the day before it; None for a day without. As `load_day`.

        Raises JournalBroken, too, when the journal has lost what was confirmed of the live day.
        """
        await still_held(self.journal, self.writer.day, self.writer.head)
        loaded = await load_day(self.journal, self.hall, day, after)
        if not loaded.live.head.n:
            if ended := (await self.journal.head(day)).n:
                raise JournalBroken(_gone(day, ended))
            return None
        live = self.writer.live
        if (before := loaded.live.state.previous_day) is not None:
            if before == live.day and loaded.prev == live.head.hash:
                loaded.live.keys_before = live.keys
            else:
                loaded.live.keys_before = await load_keys(self.journal, self.hall, before, loaded.prev)
        return loaded

    def _open(self, day: str) -> Begin:
        """What opens a day without commits, taking over what the live day leaves."""

        def begin(live: LiveDay) -> tuple[LiveDay, OpenDay]:
            first = not live.head.n
            opens = LiveDay.fresh(self.hall, day, GENESIS if first else live.head.hash)
            opens.keys_before = live.keys
            return opens, OpenDay(
                day=day,
                hall_digest=self.hall.digest,
                previous_day=None if first else live.day,
                previous_head=None if first else live.head.hash,
                carried=carried_from(live.state),
            )

        return begin


@asynccontextmanager
async def open_runtime(
    hall: Hall,
    data_dir: Path,
    *,
    clock: Clock | None = None,
    build_reply: BuildReply = empty_reply,
    prepare: Prepare = as_asked,
    journal: Journal | None = None,
    tick_seconds: float | None = 1.0,
) -> AsyncIterator[HallRuntime]:
    """The hall at work until the block ends; then what waits is finished and the journal closed.

    `journal`: another adapter than the SQLite file `<data_dir>/<hall>.journal`; closed here as well. `tick_seconds`:
    how often the ticker looks; None: not at all. Raises FileInUse, JournalBroken, or what the journal raises.
    """
    own = journal if journal is not None else await SqliteJournal.open(journal_path(hall, data_dir))
    pulse = Pulse(data_dir / f"{hall.settings.code}.alive") if journal is None else None
    runtime = HallRuntime(hall, own, clock or SystemClock(), build_reply, prepare, pulse=pulse)
    ticker = Ticker(runtime.writer, runtime.clock, runtime.turn, pulse)
    try:
        await runtime.start()
        if journal is None:  # It may lie there from Redis, whose day was moved here after it had lost something.
            loss = LossMemory(loss_path(hall, data_dir))
            await loss.tell(runtime.day, lambda known: runtime.submit(known, by="system"))
        if tick_seconds is not None:
            await ticker.settle()
            ticker.start(tick_seconds)
        yield runtime
    finally:
        await ticker.stop()
        try:
            await runtime.writer.stop()
        finally:
            await own.close()


def _gone(day: str, ended: int) -> str:
    return (
        f"{day} 有过 {ended} 条日志，已不在这里：搬走了，或被清除了。请先搬回来："
        f"python run.py move-day {day} --from sqlite（或 file）--to redis，或从它现在的地方启动。\n"
        f"{day} had {ended} commits, and they are not here any more: moved away, or thrown out. Bring them back "
        f"(python run.py move-day {day} --from sqlite, or file, --to redis), or start where they are."
    )


def loss_path(hall: Hall, data_dir: Path) -> Path:
    """Where a process leaves what it knew of a day that its journal has lost in part."""
    return data_dir / f"{hall.settings.code}.lost"


def journal_path(hall: Hall, data_dir: Path) -> Path:
    """Where the hall's journal lies under the data directory."""
    return data_dir / f"{hall.settings.code}.journal"
