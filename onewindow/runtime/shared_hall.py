"""A hall on several processes (多进程大厅): a command may come to any of them; the one that writes decides it."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from onewindow.queue.commands import AnyCommand
from onewindow.queue.journal_redis import RedisJournal
from onewindow.queue.refusals import refuse
from onewindow.runtime.answers import Answer, JournalUnavailable, Overtaken
from onewindow.runtime.clock import Clock, SystemClock
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.loss import LossMemory
from onewindow.runtime.member import Member
from onewindow.runtime.relay import Ask, Told, answer_of, fault_of
from onewindow.runtime.writer import BuildReply, Prepare, as_asked, empty_reply
from onewindow.shared.lease import TRY_SECONDS
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

PATIENCE: Final = 8.0
"""Seconds that a command waits for a process that writes, take-over included."""


class SharedHall(Member):
    """One process's part of a hall that several serve. Loop-only; made by `open_shared`."""

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
        super().__init__(hall, journal, clock, build_reply, prepare, tick_seconds=tick_seconds, loss=loss)
        self._relay.do = {
            "submit": self._do_submit,
            "confirm_day": self._do_confirm,
            "service": self._do_service,
        }

    # --- what the rooms use ------------------------------------------------------------------------------------

    async def submit(self, command: AnyCommand, *, by: str, key: str = "") -> Answer:
        """As `HallRuntime.submit`, wherever the writer is.

        Without a key of the sender's it gets one of ours before it leaves this process, so it can be asked again.
        """
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            self._whole(key)
            try:
                if self.writes:
                    return await super().submit(command, by=by, key=key)
                key = key or f"~{secrets.token_hex(8)}"
                return answer_of(await self._ask("submit", command, by, key, until=until))
            except Overtaken:
                await self._a_change(until)

    async def confirm_day(self, by: str = "system") -> Answer | None:
        """As `HallRuntime.confirm_day`, at the process that writes."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            self._whole()
            try:
                if self.writes:
                    return await super().confirm_day(by)
                told = await self._ask("confirm_day", None, by, "", until=until)
                return None if told.data == b"" else answer_of(told)
            except Overtaken:
                await self._a_change(until)

    async def at_writer(self, name: str, data: bytes) -> bytes:
        """As `HallRuntime.at_writer`, wherever the writer is."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            self._whole()
            try:
                if self.writes:
                    return await self._services[name](data)
                told = await self._ask("service", None, name, "", data, until=until)
                if told.data is None:
                    raise fault_of(told)
                return told.data
            except Overtaken:
                await self._a_change(until)

    async def tell_loss(self) -> None:
        """Before anybody is served: say what an earlier process here knew of a day that the journal has lost in part.

        Waits for a process that writes, and for the day. Raises JournalUnavailable when this process has stopped.
        """
        while (left := self._loss.left) is not None:
            self._whole()
            if left.day > self.writer.day and left.day <= self._clock_day():
                await asyncio.sleep(TRY_SECONDS)
                continue
            try:
                await self._loss.tell(self.writer.day, lambda known: self.submit(known, by="system"))
                return
            except JournalUnavailable as fault:
                log.warning("%s", fault)

    def _whole(self, key: str = "") -> None:
        """Raises JournalUnavailable when this process has stopped for good: nothing is to be waited for."""
        if self._broken is not None:
            raise JournalUnavailable(self.writer.lost or repr(self._broken), done=None if key else False)

    async def _ask(
        self, what: str, command: AnyCommand | None, by: str, key: str, data: bytes = b"", *, until: float
    ) -> Told:
        try:
            async with asyncio.timeout_at(until):
                return await self._relay.ask(what, command, by, key, data)
        except TimeoutError as error:
            raise JournalUnavailable("no answer from the writing process", done=None) from error

    async def _a_change(self, until: float) -> None:
        """Wait for another role, a moment at most. Raises JournalUnavailable when patience has ended."""
        if asyncio.get_running_loop().time() >= until:
            raise JournalUnavailable("no process writes this hall", done=None)
        try:
            async with asyncio.timeout(TRY_SECONDS / 4):
                await self._changed.wait()
        except TimeoutError:
            return

    # --- what the writer does for others -----------------------------------------------------------------------

    def _do_submit(self, ask: Ask) -> "asyncio.Future[Any]":
        assert ask.command is not None
        if (suspect := self.clock_suspect) is not None and suspect.blocks:
            return _done(refuse("day_before_last", day=suspect.day, last=suspect.last))
        return self.writer.ask(ask.command, ask.by, ask.key)

    def _do_confirm(self, ask: Ask) -> "asyncio.Future[Any]":
        async def confirm() -> Answer | bytes:
            answer = await HallRuntime.confirm_day(self, ask.by)
            return b"" if answer is None else answer

        return asyncio.ensure_future(confirm())

    def _do_service(self, ask: Ask) -> "asyncio.Future[Any]":
        return asyncio.ensure_future(self._services[ask.by](ask.data))


def _done(result: Any) -> "asyncio.Future[Any]":
    future = asyncio.get_running_loop().create_future()
    future.set_result(result)
    return future


@asynccontextmanager
async def open_shared(
    hall: Hall,
    url: str,
    *,
    replicas: int = 0,
    clock: Clock | None = None,
    build_reply: BuildReply = empty_reply,
    prepare: Prepare = as_asked,
    tick_seconds: float | None = 1.0,
    loss: Path | None = None,
) -> AsyncIterator[SharedHall]:
    """One process's part of the hall whose journal lies in the Redis at `url`, until the block ends.

    As `open_runtime`. `loss`: the file in which this process leaves what it knew of a day when the journal loses a
    part of it; None: nothing is left. Raises JournalBroken, or RedisError when the server can't be reached.
    """
    journal = RedisJournal(url, hall.settings.code, replicas=replicas)
    memory = LossMemory(loss)
    shared = SharedHall(
        hall, journal, clock or SystemClock(), build_reply, prepare, tick_seconds=tick_seconds, loss=memory
    )
    try:
        await journal.days()  # Says at once when nobody is there; everything after it waits and tries again.
        await shared.start()
        await shared.tell_loss()
        yield shared
    finally:
        try:
            await shared.stop()
        finally:
            await journal.close()
