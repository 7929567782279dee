"""The relay (转交): commands that reach a process which doesn't write are handed to the one that does.

Asks and answers travel on the bus, many in one message, and may get lost there. So every ask is asked again, of
whoever writes then, until it is answered; each has an idempotency key, so that it has one effect however often it
arrives. An ask names the lease under which its receiver writes: what a stopped process finds in its letter box when
it goes on was meant for a writer that it no longer is.

What has no effect has no key (ADR 30), so a copy would be decided afresh: "nobody waits", and somebody is called all
the same. So a writer does an ask once, tells its copies what it told before, and leaves those alone that nobody waits
for any more; another writer is asked under another id, so that it alone can answer.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from onewindow.queue.commands import AnyCommand
from onewindow.queue.refusals import Refusal
from onewindow.runtime.answers import (
    Answer,
    CommandCrashed,
    JournalUnavailable,
    Overtaken,
    Reply,
    RuntimeFault,
    WriterStopped,
)
from onewindow.shared.bus import Bus
from onewindow.shared.link import Keys

AGAIN_SECONDS: Final = 1.0
"""An ask without an answer is asked again after so long."""
RECALL_SECONDS: Final = 0.1
"""… and after so long when its receiver says that it doesn't write."""
CATCH_UP_SECONDS: Final = 1.0
"""So long an answer is held back until this process has followed to the commit it comes from."""


class Ask(msgspec.Struct, array_like=True):
    """Something that the writer is to do."""

    id: int
    what: str
    """`submit`, or the name of a service."""
    command: AnyCommand | None
    by: str
    key: str
    data: bytes = b""
    """For a service."""


class Asks(msgspec.Struct, array_like=True):
    """What one process asks of the holder of a lease."""

    process: str
    token: str
    asks: list[Ask]
    least: int = 0
    """The least id that this process waits for: all before it are answered, or given up."""


class Told(msgspec.Struct, array_like=True):
    """The answer to one ask: one of its fields."""

    id: int
    reply: Reply | None = None
    refusal: Refusal | None = None
    fault: str = ""
    """`overtaken`, `unavailable`, `crashed`, `stopped`."""
    cause: str = ""
    done: bool | None = None
    data: bytes | None = None


class Tolds(msgspec.Struct, array_like=True):
    """Answers, and the commit up to which the asker must have followed before it passes them on."""

    day: str
    n: int
    told: list[Told]


NOT_DONE: Final = ("overtaken", "stopped")
"""Faults after which an ask is sent again."""

Do = Callable[[Ask], "asyncio.Future[Any]"]
"""Does what is asked here and now; its result is an Answer or bytes, its exception a RuntimeFault."""

_encode = msgspec.msgpack.Encoder().encode
_asks = msgspec.msgpack.Decoder(Asks)
_tolds = msgspec.msgpack.Decoder(Tolds)


@dataclass(eq=False)
class _Pending:
    ask: Ask
    future: "asyncio.Future[Told]"
    sent: float = 0.0


@dataclass
class _Asker:
    """What one process has asked of us, and may ask again: the answer, None while it is being done."""

    least: int = 0
    taken: dict[int, Told | None] = field(default_factory=dict)

    def waits_from(self, least: int) -> None:
        """It waits for nothing before that any more."""
        self.least = max(self.least, least)
        for name in [name for name in self.taken if name < self.least]:
            del self.taken[name]

    def told(self, told: Told) -> None:
        """Keep the answer for its copies; what was not done may be asked for again."""
        if told.fault in NOT_DONE:
            self.taken.pop(told.id, None)
        elif told.id in self.taken:
            self.taken[told.id] = told


@dataclass
class _Held:
    """Answers that wait until this process has followed to their commit."""

    day: str
    n: int
    told: list[Told]
    until: float


@dataclass(eq=False)
class Relay:
    """Both ends of it in one process. Loop-only. `head`: (day, n) to which this process has come."""

    bus: Bus
    keys: Keys
    process: str
    head: Callable[[], tuple[str, int]]
    do: dict[str, Do] = field(default_factory=dict)
    """What this process can do when it writes."""
    token: str = ""
    """The lease under which this process writes; empty: it doesn't."""
    writer: str = ""
    """The lease of the process that writes; empty: nobody is known to."""
    _next: int = 0
    _pending: dict[int, _Pending] = field(default_factory=dict)
    _out: list[Ask] = field(default_factory=list)
    _back: dict[str, list[Told]] = field(default_factory=dict)
    _held: list[_Held] = field(default_factory=list)
    _askers: dict[str, _Asker] = field(default_factory=dict)

    # --- the asking end ----------------------------------------------------------------------------------------

    async def ask(self, what: str, command: AnyCommand | None, by: str, key: str, data: bytes = b"") -> Told:
        """The writer's answer, asked for until it comes; the caller bounds the wait.

        Raises Overtaken when this process has become the writer meanwhile: do it here, under the same key.
        """
        pending = _Pending(Ask(0, what, command, by, key, data), _future())
        self._name(pending)
        self._send(pending)
        try:
            return await pending.future
        finally:
            self._pending.pop(pending.ask.id, None)

    def writer_is(self, token: str) -> None:
        """The lease's holder, as it was just seen; a new one is asked all that is not answered yet."""
        if token != self.writer:
            self.writer = token
            waiting, self._pending = tuple(self._pending.values()), {}
            for pending in waiting:
                self._name(pending)
                self._send(pending)

    def leads(self, token: str) -> None:
        """Under which lease we write now (empty: no more): what was asked of others is then ours to do."""
        self.token = token
        self._askers.clear()
        if token:
            self.writer = token
            self.ask_no_more()

    def ask_no_more(self) -> None:
        """Who waits for an answer has to look around anew: raises Overtaken there."""
        for pending in self._pending.values():
            if not pending.future.done():
                pending.future.set_exception(Overtaken())

    def beat(self) -> None:
        """Ask again what has stayed without an answer; let go of answers that were held back long enough."""
        now = asyncio.get_running_loop().time()
        for pending in self._pending.values():
            if now - pending.sent >= AGAIN_SECONDS:
                self._send(pending)
        self.followed()

    def followed(self) -> None:
        """We have come further: pass on the answers that waited for that."""
        if not self._held:
            return
        now = asyncio.get_running_loop().time()
        day, n = self.head()
        held, self._held = self._held, []
        for one in held:
            if (one.day == day and one.n <= n) or now >= one.until:
                self._pass_on(one.told)
            else:
                self._held.append(one)

    def hear_answers(self, message: bytes) -> None:
        """Answers from the writer."""
        tolds = _tolds.decode(message)
        until = asyncio.get_running_loop().time() + CATCH_UP_SECONDS
        self._held.append(_Held(tolds.day, tolds.n, tolds.told, until))
        self.followed()

    def _name(self, pending: _Pending) -> None:
        """Give it an id, greater than all before: what is said of another one is not its answer."""
        self._next += 1
        pending.ask = msgspec.structs.replace(pending.ask, id=self._next)
        self._pending[self._next] = pending

    def _send(self, pending: _Pending) -> None:
        if not self.writer or pending.future.done():
            return
        pending.sent = asyncio.get_running_loop().time()
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(pending.ask)

    def _flush(self) -> None:
        # Some were given up meanwhile, are ours to do by now, or bear another id: nobody waits for those.
        asks = [ask for ask in self._out if (one := self._pending.get(ask.id)) and not one.future.done()]
        self._out.clear()
        process = self.writer.rpartition(":")[0]
        if process and asks:
            least = next(iter(self._pending), self._next + 1)  # They stand in the order of their ids.
            self.bus.send(self.keys.ask(process), _encode(Asks(self.process, self.writer, asks, least)))

    def _pass_on(self, told: list[Told]) -> None:
        loop = asyncio.get_running_loop()
        for one in told:
            pending = self._pending.get(one.id)
            if pending is None or pending.future.done():
                continue
            if one.fault in NOT_DONE:
                loop.call_later(RECALL_SECONDS, self._send, pending)
            else:
                pending.future.set_result(one)

    # --- the answering end -------------------------------------------------------------------------------------

    def hear_asks(self, message: bytes) -> None:
        """Asks from other processes, and copies of them."""
        asks = _asks.decode(message)
        if not self.token or asks.token != self.token:
            for ask in asks.asks:
                self._answer(asks.process, Told(ask.id, fault="overtaken"))
            return
        asker = self._askers.setdefault(asks.process, _Asker())
        asker.waits_from(asks.least)
        for ask in asks.asks:
            if ask.id in asker.taken:
                if (told := asker.taken[ask.id]) is not None:
                    self._answer(asks.process, told)
            elif ask.id >= asker.least:
                asker.taken[ask.id] = None
                self._take(asks.process, asker, ask)

    def _take(self, process: str, asker: _Asker, ask: Ask) -> None:
        def tell(told: Told) -> None:
            asker.told(told)
            self._answer(process, told)

        try:
            future = self.do[ask.what](ask)
        except RuntimeFault as fault:
            tell(_told_fault(ask.id, fault))
        else:
            future.add_done_callback(lambda done: tell(_told(ask.id, done)))

    def _answer(self, process: str, told: Told) -> None:
        if not self._back:
            asyncio.get_running_loop().call_soon(self._flush_back)
        self._back.setdefault(process, []).append(told)

    def _flush_back(self) -> None:
        back, self._back = self._back, {}
        day, n = self.head()
        for process, told in back.items():
            self.bus.send(self.keys.told(process), _encode(Tolds(day, n, told)))


def _future() -> "asyncio.Future[Told]":
    return asyncio.get_running_loop().create_future()


def _told(name: int, done: "asyncio.Future[Any]") -> Told:
    if done.cancelled():
        return Told(name, fault="stopped")
    error = done.exception()
    if isinstance(error, RuntimeFault):
        return _told_fault(name, error)
    if error is not None:
        return Told(name, fault="crashed", cause=type(error).__name__)
    result = done.result()
    if isinstance(result, Reply):
        return Told(name, reply=result)
    return Told(name, refusal=result) if isinstance(result, Refusal) else Told(name, data=result)


def _told_fault(name: int, fault: RuntimeFault) -> Told:
    match fault:
        case Overtaken():
            return Told(name, fault="overtaken")
        case JournalUnavailable():
            return Told(name, fault="unavailable", cause=fault.cause, done=fault.done)
        case CommandCrashed():
            return Told(name, fault="crashed", cause=fault.command)
    return Told(name, fault="stopped")


def answer_of(told: Told) -> Answer:
    """The answer, or the fault raised as the writer raised it."""
    if told.reply is not None:
        return told.reply
    if told.refusal is not None:
        return told.refusal
    raise fault_of(told)


def fault_of(told: Told) -> RuntimeFault:
    """The fault that the writer met."""
    match told.fault:
        case "unavailable":
            return JournalUnavailable(told.cause, done=told.done)
        case "crashed":
            return CommandCrashed(told.cause)
    return WriterStopped()
