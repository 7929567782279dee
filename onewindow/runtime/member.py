"""A member (进程角色): one process among several of a hall. It writes under the lease, or it follows who does.

Each process has the whole state. A follower takes over every commit from the stream as the writer would publish it,
its link to the one before checked; screens, reads and loudspeakers of each process hang on its own feed. When the
writer's lease ends, the next process catches up, decides from there, and does what may be done once only: the turn of
the day, the passing of time, the note of an outage.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable
from typing import Any, Final

from redis.exceptions import RedisError

from onewindow.queue.commands import AnyCommand, NoteOutage
from onewindow.queue.events import DayLeft
from onewindow.queue.journal import JournalBroken, StoredCommit, still_held
from onewindow.queue.journal_redis import RedisJournal
from onewindow.runtime.answers import Answer, RuntimeFault
from onewindow.runtime.clock import Clock
from onewindow.runtime.hall import ClockSuspect, HallRuntime
from onewindow.runtime.live_day import last_day
from onewindow.runtime.loss import LossMemory
from onewindow.runtime.peers import BusPeers
from onewindow.runtime.relay import Relay
from onewindow.runtime.same_hall import compare, say_which
from onewindow.runtime.ticker import Ticker
from onewindow.runtime.writer import BuildReply, Prepare
from onewindow.shared.bus import Bus
from onewindow.shared.copies import CopiesMissing
from onewindow.shared.lease import LEASE_SECONDS, RENEW_SECONDS, TRY_SECONDS, Lease
from onewindow.shared.link import LOST, client, ended
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

BLIND_SECONDS: Final = 3.0
"""Without a word from Redis for so long, the state is no longer shown: it may be old."""
NO_WORD: Final = "Redis 没有回应 · no word from Redis"
BLOCK_MS: Final = 1_000
"""How long one reading of the stream waits for news."""
ALIVE_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 2.0
"""How often the process that writes looks whether the journal holds what was confirmed, appending or not."""
LINK_SECONDS: Final = 1.0
"""So long a word about the lease may take."""


class Member(HallRuntime):
    """One process among several of a hall: its role, and its following. Loop-only; `start` it, `stop` it."""

    journal: RedisJournal

    def __init__(
        self,
        hall: Hall,
        journal: RedisJournal,
        clock: Clock,
        build_reply: BuildReply,
        prepare: Prepare,
        *,
        tick_seconds: float | None,
        loss: LossMemory,
    ) -> None:
        super().__init__(hall, journal, clock, build_reply, prepare, shared=True)
        self.process = secrets.token_hex(6)
        keys = journal.keys
        self._redis = client(journal.url, timeout=LINK_SECONDS)
        self._lease = Lease(self._redis, keys, self.process)
        self._bus = Bus(journal.url, keys.told(self.process))
        self._relay = Relay(self._bus, keys, self.process, lambda: (self.writer.day, self.writer.head.n))
        self.peers = self._peers = BusPeers(self._bus, keys, self.process)
        self._tick_seconds = tick_seconds
        self._loss = loss
        self._ticker: Ticker | None = None
        self._following = asyncio.Lock()
        """Held while the state is moved on by what others wrote, and while the role changes."""
        self._ready = asyncio.Event()
        self._changed = asyncio.Event()
        """Set, and made anew, when the role changes."""
        self._leads = False
        """What others were told of `writes`."""
        self._wake = asyncio.Event()
        self.writer.on_overtaken = self._wake.set
        self._broken: Exception | None = None
        self._cold = True
        self._seen = "0-0"
        self._contact = self._renewed = self._beaten = self._looked = 0.0
        self._silence = NO_WORD
        """Why the stream can't be followed, while it can't."""
        self._refused = ""
        """What Redis said when it refused the lease, the last time."""
        self._doubts = False
        """Redis was away: what comes back may be an older copy."""
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    # --- life --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Load the last day, then write or follow. Returns when there is a day to show. Raises JournalBroken."""
        keys = self.journal.keys
        if await self._lease.holder():
            await compare(self._redis, keys, self.hall)
        self.writer.start()
        self._bus.start(
            {
                keys.told(self.process): self._relay.hear_answers,
                keys.ask(self.process): self._relay.hear_asks,
                keys.peer(self.process): self._peers.take,
                keys.news: self._peers.take,
            }
        )
        await self._bus.subscribed.wait()
        async with self._following:
            await self._catch_up()
        loop = asyncio.get_running_loop()
        self._contact = loop.time()
        self._tasks = [
            asyncio.create_task(self._keep_role(), name="hall-role"),
            asyncio.create_task(self._keep_up(), name="hall-follow"),
            asyncio.create_task(self._watch(), name="hall-watch"),
        ]
        await self._ready.wait()
        if self._broken is not None:
            raise self._broken

    async def stop(self) -> None:
        """Finish what waits, let another process write, and end."""
        self._stopping = True
        await self._stop_ticker()
        for task in self._tasks:
            await ended(task)
        self._relay.leads("")
        try:
            await self.writer.stop()
        finally:
            try:
                await self._lease.release()
            except (RedisError, *LOST):
                log.warning("The lease could not be given back; it ends by itself in %g s.", LEASE_SECONDS)
            await self._bus.stop()
            await self._redis.aclose()

    # --- following ---------------------------------------------------------------------------------------------

    async def _catch_up(self) -> None:
        """Move on to where the journal ends, to another day if it does. Raises JournalBroken, RedisError."""
        await self.writer.stand_down()
        await still_held(self.journal, self.writer.day, self.writer.head)
        self._doubts = False
        self._seen = await self.journal.seen()
        last = await last_day(self.journal)
        if last is None:
            return
        if last != self.writer.day or self.writer.lost is not None:
            after = self.writer.published if last == self.writer.day else 0 if self.writer.day else None
            loaded = await self._load(last, after)
            if loaded is not None:
                self.writer.adopt(loaded)
        else:
            async for stored in self.journal.read(last, self.writer.head.n):
                self.writer.follow(stored)
        self._contact = asyncio.get_running_loop().time()
        self._relay.followed()
        self._ready.set()

    async def _keep_up(self) -> None:
        """Follow what others write, until this process writes itself; and again afterwards."""
        loop = asyncio.get_running_loop()
        while not self._stopping and self._broken is None:
            if self._leads:
                await self._changed.wait()
                continue
            try:
                day, head = self.writer.day, self.writer.head.n
                news, seen = await self.journal.news(day, head, self._seen, BLOCK_MS)
                self._contact = loop.time()
                async with self._following:
                    if not self._leads:
                        await self._take_over(news, seen)
            except JournalBroken as broken:
                self._break(broken)
            except (RedisError, *LOST) as error:
                log.debug("The stream can't be read: %s", error)
                self._doubts = True
                self._silence = str(error) if isinstance(error, CopiesMissing) else NO_WORD
                await asyncio.sleep(TRY_SECONDS)
            except Exception as error:
                log.exception("What another process wrote can't be followed.")
                self._break(error)

    async def _take_over(self, news: list[StoredCommit], seen: str) -> None:
        if self.writer.lost is not None:
            log.warning("Redis 又有回应了。\nRedis answers again.")
        turned = seen != self._seen or self.writer.lost is not None or self._doubts
        if not turned:
            await self.writer.stand_down()
            for stored in news:
                if stored.day == self.writer.day and stored.n > self.writer.head.n:
                    commit = self.writer.follow(stored)
                    turned = isinstance(commit.entries[-1].events[-1], DayLeft)
            self._relay.followed()
        if turned:
            await self._catch_up()

    def _break(self, error: Exception) -> None:
        """What was written doesn't fit what we have seen: show and write nothing more until a restart."""
        log.error("%s", error)
        if self._broken is None:  # Whatever it is: should the journal have it all, telling it does nothing.
            self._loss.keep(self.writer.live.state, self.writer.given)
        self._broken = error
        self.writer.lose(str(error).partition("\n")[0] or repr(error))
        self._relay.ask_no_more()
        self._ready.set()

    # --- the role ----------------------------------------------------------------------------------------------

    async def _keep_role(self) -> None:
        """Renew the lease, or try to get it, until the end."""
        loop = asyncio.get_running_loop()
        while not self._stopping:
            self._wake.clear()
            try:
                if self.writes:
                    await self._hold()
                elif self._leads:
                    self._contact = loop.time()
                    await self._give_up("another process has written")
                elif self._broken is None:
                    await self._try()
            except (RedisError, *LOST) as error:
                self._tell_refusal(error)
                if self.writes and loop.time() - self._renewed > LEASE_SECONDS:
                    await self._give_up("the lease could not be renewed in time")
            except JournalBroken as broken:
                if self._broken is None:
                    self._break(broken)
            except Exception:
                log.exception("The role could not be kept; tried again.")
            self._relay.beat()
            try:
                async with asyncio.timeout(RENEW_SECONDS if self.writes else TRY_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _tell_refusal(self, error: Exception) -> None:
        """Redis said no, or nothing, when it was asked for the lease. What it says is told once."""
        refused = "" if isinstance(error, (*LOST, CopiesMissing)) else str(error)
        if refused and refused != self._refused:
            log.warning(
                "Redis 不让本进程写（%s）。请检查 --redis 指的是不是主库，以及这个用户的权限。\n"
                "Redis lets this process write nothing (%s). Is --redis the primary, and may its user write?",
                refused,
                refused,
            )
        self._refused = refused or self._refused

    async def _watch(self) -> None:
        """Show nothing that may be old, whatever waits for Redis meanwhile: an append, a word on the lease.

        One that writes, too: its lease has ended by then, and another process may have gone on.
        """
        loop = asyncio.get_running_loop()
        while not self._stopping:
            if self._broken is None and loop.time() - self._contact > BLIND_SECONDS:
                if self.writer.lost is None:
                    log.warning(
                        "%g 秒跟不上 Redis，屏幕和读取暂停。请检查 Redis 和网络。\n"
                        "Redis can't be followed for %g s: screens and reads pause. Look at it and the network. (%s)",
                        BLIND_SECONDS,
                        BLIND_SECONDS,
                        self._silence,
                    )
                self.writer.lose(self._silence)
            await asyncio.sleep(TRY_SECONDS)

    async def _hold(self) -> None:
        loop = asyncio.get_running_loop()
        held = await self._lease.renew()
        self._contact = loop.time()
        if not held:
            await self._give_up("another process has the lease")
            return
        self._renewed = self._contact
        if self._renewed - self._looked >= LOOK_SECONDS:
            await self._look()
        if self._tick_seconds is not None and self._renewed - self._beaten >= ALIVE_SECONDS:
            self._beaten = self._renewed
            await self._redis.set(self.journal.keys.alive, self.clock.now_ms())

    async def _look(self) -> None:
        """See that what was confirmed is still there: Redis may have come back as an older copy, lease included."""
        self._looked = self._renewed
        try:
            await still_held(self.journal, self.writer.day, self.writer.head)
        except JournalBroken as broken:
            self._break(broken)
            await self._give_up("the journal has lost what was confirmed")

    async def _try(self) -> None:
        """Take the lease if it is free, else see who has it."""
        loop = asyncio.get_running_loop()
        if self.writer.lost is None and await self._lease.take():
            self._renewed = loop.time()
            try:
                await self._lead()
            except BaseException:
                await self._give_up("it could not begin")
                raise
            return
        holder = await self._lease.holder()
        if holder:
            self._cold = False
            if holder != self._relay.writer:
                await compare(self._redis, self.journal.keys, self.hall)
        self._relay.writer_is(holder)
        self._peers.writer_is(holder.rpartition(":")[0])

    async def _lead(self) -> None:
        """Begin to write: catch up, then do what is done once a hall."""
        async with self._following:
            await self.journal.write_under(self._lease.token)
            try:
                await self._catch_up()
            except JournalBroken as broken:
                self._break(broken)
                raise
            self.writer.lead()
            self._leads = True
            await self._loss.tell(self.writer.day, self._as_system)
        self._relay.leads(self._lease.token)
        self._tell_role()
        await say_which(self._redis, self.journal.keys, self.hall)
        log.info("This process writes %s now (%s).", self.hall.settings.code, self.process)
        try:
            await self._begin()
        except RuntimeFault as fault:
            log.warning("%s", fault)
        except JournalBroken as broken:
            self._break(broken)
            raise
        if self._tick_seconds is not None and self.writes:
            self._ticker = Ticker(self.writer, self.clock, self.turn)
            self._ticker.start(self._tick_seconds)
        if self.writer.day:
            self._ready.set()

    async def turn(self) -> bool:
        """As `HallRuntime.turn`; a day that begins anew goes on behind what was known of it."""
        goes_on = await super().turn()
        await self._loss.tell(self.writer.day, self._as_system)
        return goes_on

    def _as_system(self, command: AnyCommand) -> Awaitable[Answer]:
        return self.writer.submit(command, by="system")

    async def _begin(self) -> None:
        last, today = self.writer.day, self._clock_day()
        cold, self._cold = self._cold, False
        if last and today < last:
            self.clock_suspect = ClockSuspect(today, last, blocks=cold)
            return
        if last == today:
            alive: Any = await self._redis.get(self.journal.keys.alive)
            if alive is not None:
                await self.writer.submit(NoteOutage(since=int(alive)), by="system")
        await self.turn()

    async def _give_up(self, why: str) -> None:
        """Write no more: the state goes on with what others write."""
        log.warning("This process stops writing %s: %s.", self.hall.settings.code, why)
        await self._stop_ticker()
        await self.writer.stand_down()
        self._relay.leads("")
        self.clock_suspect = None
        self._leads = False
        self._tell_role()
        try:
            await self._lease.release()
        except (RedisError, *LOST) as error:
            log.debug("The lease was not given back: %s", error)

    def _tell_role(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        self._peers.writer_is(self.process if self._leads else "")

    async def _stop_ticker(self) -> None:
        ticker, self._ticker = self._ticker, None
        if ticker is not None:
            await ticker.stop()
