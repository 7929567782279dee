"""The writer (唯一写入者): one task that decides, journals, publishes and answers, in that order.

Everything that waits when the writer is free is decided as one **batch** and becomes one commit. While its append is
under way the next batch gathers; nobody waits on purpose.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from onewindow.queue.commands import AnyCommand, LeaveDay, OpenDay, Tick
from onewindow.queue.decide import execute
from onewindow.queue.events import AnyEvent
from onewindow.queue.journal import AppendConflict, Commit, Entry, Journal, digest_of, encode, hash_of, still_held
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.runtime.answers import Answer, CommandCrashed, JournalUnavailable, Overtaken, Reply, WriterStopped
from onewindow.runtime.batch import Asked, Batch, Begin, again
from onewindow.runtime.clock import Clock
from onewindow.runtime.live_day import LiveDay, Loaded, load_day, promised
from onewindow.runtime.on_show import DayOnShow
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

BATCH_LIMIT: Final = 512
"""Commands decided in one go: a bound on how long the loop is kept, not a target."""

OWN: Final = (OpenDay, LeaveDay, Tick)
"""The shell's own commands: nobody asked for them, so nothing is prepared and no reply is built."""

BuildReply = Callable[[HallDay, AnyCommand, tuple[AnyEvent, ...], int], tuple[int, bytes]]
"""(state, command, events, at) -> (HTTP status, JSON body); called right after the command took effect."""

Prepare = Callable[[HallDay, AnyCommand, int], AnyCommand]
"""(state, command, at) -> the command to execute: fills in what the core can't know, such as forecasts."""


def empty_reply(state: HallDay, command: AnyCommand, events: tuple[AnyEvent, ...], at: int) -> tuple[int, bytes]:
    """200 and `null`, for senders that look at the state instead."""
    return 200, b"null"


def as_asked(state: HallDay, command: AnyCommand, at: int) -> AnyCommand:
    """The command, unchanged."""
    return command


class HallWriter(DayOnShow):
    """The one writer of a hall's journal, and what it shows of it. Loop-only; `start` it, `stop` it."""

    def __init__(
        self,
        hall: Hall,
        journal: Journal,
        live: LiveDay,
        clock: Clock,
        *,
        build_reply: BuildReply = empty_reply,
        prepare: Prepare = as_asked,
        batch_limit: int = BATCH_LIMIT,
        shared: bool = False,
    ) -> None:
        """Take the day as it was loaded; from here on the writer alone changes it.

        `shared`: other processes may write the same journal. It begins as a follower, until `lead`.
        """
        super().__init__(hall, live)
        self._journal = journal
        self._clock = clock
        self._build_reply = build_reply
        self._prepare = prepare
        self._batch_limit = batch_limit
        self._shared = shared
        self.on_overtaken: Callable[[], None] = lambda: None
        """Called when another process turns out to write: `writes` has ended by itself."""
        self.writes = not shared
        """Whether this process decides; else it follows what another one writes."""
        self._waiting: deque[Asked] = deque()
        self._wanted = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    # --- what others use ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="hall-writer")

    async def stop(self) -> None:
        """Take no more commands, finish those that wait, and end."""
        self._stopping = True
        self._wanted.set()
        if self._task is not None:
            await asyncio.wait((self._task,))
            self._task.result()

    async def submit(self, command: AnyCommand, *, by: str, key: str = "") -> Answer:
        """Have `command` decided and made durable; returns what may be told to the principal `by`.

        The same `key` of the same principal, today or the day before, returns the first reply (`replayed`). A
        submitter that is cancelled before its turn is left out; one that is cancelled later changes nothing. Raises
        JournalUnavailable, CommandCrashed or WriterStopped.
        """
        return await self.ask(command, by, key)

    def ask(self, command: AnyCommand, by: str, key: str) -> "asyncio.Future[Answer]":
        """As `submit`, without waiting for the answer."""
        return self._ask(command, by, key)

    async def turn_day(self, begin: Begin) -> Answer:
        """Turn to another day: `begin` makes it from the live one, after all that was asked before is done."""
        return await self._ask(None, "system", "", begin)

    async def leave_day(self, leave: LeaveDay, by: str, begin: Begin) -> Answer:
        """As `turn_day`, with `leave` as the last that happens in the day that is left. Raises as `submit`."""
        _, answer = await asyncio.gather(self._ask(leave, by, ""), self._ask(None, "system", "", begin))
        return answer

    def nudge(self) -> None:
        """Try again to read a journal that couldn't be read; the ticker calls it each second."""
        if self._lost is not None:
            self._wanted.set()

    # --- following another process -----------------------------------------------------------------------------

    def lead(self) -> None:
        """Decide from now on, after all that others have written."""
        self.writes = True

    async def stand_down(self) -> None:
        """Decide no more; what waits is failed with Overtaken. Returns when nothing is under way."""
        self.writes = False
        self._fail_waiting(Overtaken)
        await self._gate()

    # --- the task ----------------------------------------------------------------------------------------------

    def _ask(
        self, command: AnyCommand | None, by: str, key: str, begin: Begin | None = None
    ) -> "asyncio.Future[Answer]":
        if self._stopping or self._task is None:
            raise WriterStopped
        if not self.writes:
            raise Overtaken
        digest = digest_of(command) if key else ""
        asked = Asked(command, (by, key), digest, asyncio.get_running_loop().create_future(), begin)
        self._waiting.append(asked)
        self._wanted.set()
        return asked.answer

    async def _run(self) -> None:
        try:
            while self._waiting or not self._stopping:
                await self._wanted.wait()
                self._wanted.clear()
                if self._lost is not None and self.writes and await self._rebuild(self._live.day) is None:
                    self._refuse_waiting(self._lost)
                while self._waiting and self._lost is None:
                    await self._turn()
                    # The readers whose gate has just opened stand before us in the loop's line.
                    await asyncio.sleep(0)
                if self._waiting or self._stopping:
                    self._wanted.set()
        finally:
            self._stopping = True
            self._fail_waiting(WriterStopped)
            self._open_gate()

    async def _turn(self) -> None:
        """One batch: decide what waits, journal it, publish it, answer it."""
        self._ahead = True
        batch = Batch(self._live)
        try:
            for _ in range(min(self._batch_limit, len(self._waiting))):
                if batch.entries and self._waiting[0].begin is not None:
                    break
                self._take(batch, self._waiting.popleft())
                if batch.spoilt or batch.live is not self._live:
                    break
            if batch.entries:
                await self._commit(batch)
            elif batch.spoilt:
                await self._rebuild(self._live.day)
        finally:
            for asked, _ in batch.answers:
                asked.fail(WriterStopped())
            self._open_gate()

    def _take(self, batch: Batch, asked: Asked) -> None:
        """Decide one command of the batch."""
        if asked.answer.cancelled():
            return
        if asked.scope[1]:
            if (promise := self._live.promise(asked.scope)) is not None:
                asked.tell(again(promise, asked.digest))
                return
            if (promise := batch.promises.get(asked.scope)) is not None:
                batch.answer(asked, again(promise, asked.digest))
                return
        try:
            if asked.begin is None:
                batch.answer(asked, self._decide(batch, asked, batch.live, asked.command))
            else:
                self._begin(batch, asked, asked.begin)
        except Exception:
            log.exception("Deciding %r by %s failed.", asked.command, asked.scope[0])
            # With a day that was to begin only that day's state is spoilt, and it is dropped with the command.
            batch.spoilt = asked.begin is None
            asked.fail(CommandCrashed(_tag(asked.command)))

    def _begin(self, batch: Batch, asked: Asked, begin: Begin) -> None:
        live, command = begin(self._live)
        if command is not None:
            batch.answer(asked, self._decide(batch, asked, live, command))
            return
        self._live = live
        self._publish([], fresh=True)
        asked.tell(Reply(200, b"null"))

    def _decide(self, batch: Batch, asked: Asked, live: LiveDay, command: AnyCommand | None) -> Answer:
        assert command is not None
        at = max(self._clock.now_ms(), live.state.last_at)
        own = isinstance(command, OWN)
        events = execute(live.state, command if own else self._prepare(live.state, command, at), at)
        if isinstance(events, Refusal):
            return events
        status, body = (empty_reply if own else self._build_reply)(live.state, command, events, at)
        msgspec.json.decode(body, type=msgspec.Raw)  # a malformed reply must never get into the journal
        if events:
            by, key = asked.scope
            entry = Entry(
                at=at,
                by=by,
                do=_tag(command),
                events=events,
                key=key,
                digest=asked.digest,
                status=status if key else 200,
                reply=msgspec.Raw(body if key else b"null"),
            )
            batch.entries.append(entry)
            batch.live = live
            if key:
                batch.promises[asked.scope] = promised(entry)
        return Reply(status, body)

    async def _commit(self, batch: Batch) -> None:
        """Make the batch durable, then publish and answer it; or fail all of it and drop what it did."""
        live, commit, digest = batch.live, batch.commit(self.hall.settings.code), ""
        try:
            body = encode(commit)
            digest = hash_of(body)
            await self._journal.append(live.day, commit.n, body, digest)
        except Exception as error:
            if self._shared and isinstance(error, AppendConflict):
                await self._give_way(batch, commit)
                return
            log.exception("The journal didn't take %s #%d.", live.day, commit.n)
            found = await self._rebuild(live.day)
            landed = None if found is None else found.hashes.get(commit.n) == digest
            if not landed:
                why = self._lost or str(error) or repr(error)
                for asked, _ in batch.answers:
                    asked.fail(JournalUnavailable(why, done=landed))
                return
        else:
            live.advance(commit, digest)
            turned, self._live = live is not self._live, live
            if batch.spoilt:
                await self._rebuild(live.day)
            else:
                self._publish([commit], fresh=turned)
        for asked, answer in batch.answers:
            asked.tell(answer)

    async def _give_way(self, batch: Batch, commit: Commit) -> None:
        """Another process has written this number: the lease was lost unawares. Drop what was decided, and follow."""
        log.warning("Another process has written %s #%d; this one follows from now on.", commit.day, commit.n)
        self.writes = False
        await self._rebuild(batch.live.day)
        for asked, _ in batch.answers:
            asked.fail(Overtaken())
        self._fail_waiting(Overtaken)
        self.on_overtaken()

    async def _rebuild(self, day: str) -> Loaded | None:
        """Replace the state by what the journal says, and publish what of it nobody has heard yet.

        Returns None when the journal can't be read: then there is no state until it can (`lost`), unless `day` was
        only about to begin and the live day stands untouched.
        """
        begins = day != self._live.day
        try:
            if not begins:
                await still_held(self._journal, day, self._live.head)
            found = await load_day(self._journal, self.hall, day, after=0 if begins else self._published)
        except Exception as error:
            log.exception("The journal of %s can't be read back.", day)
            if not begins:
                self._lost = str(error) or repr(error)
            return None
        if begins and found.live.head.n == 0:
            return found
        found.live.keys_before = self._live.keys if begins else self._live.keys_before
        self._live = found.live
        self._lost = None
        self._publish(found.news, fresh=True)
        return found

    def _refuse_waiting(self, why: str) -> None:
        """There is no state to decide on. What bears a key may be the repetition of something that was done."""
        while self._waiting:
            asked = self._waiting.popleft()
            asked.fail(JournalUnavailable(why, done=None if asked.scope[1] else False))

    def _fail_waiting(self, make_error: Callable[[], Exception]) -> None:
        while self._waiting:
            self._waiting.popleft().fail(make_error())


def _tag(command: AnyCommand | None) -> str:
    return "open_day" if command is None else str(command.__struct_config__.tag)
