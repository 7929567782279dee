"""The relay: an ask is done once by whoever writes, and only the writer that is asked can answer it.

What has no effect is decided afresh each time (ADR 30): a second copy would call somebody though its asker was told
that nobody waits.
"""

import asyncio
from typing import Any, cast

from onewindow.runtime.answers import Overtaken, Reply
from onewindow.runtime.relay import Ask, Relay, Told
from onewindow.shared.bus import Bus
from onewindow.shared.link import Keys

KEYS = Keys("hall")


class Post:
    """A bus whose messages the test carries, as often as it likes."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    def send(self, channel: str, message: bytes) -> None:
        """Lay it down."""
        self.sent.append((channel, message))


class Writer:
    """A process that writes under a lease, and counts what it does."""

    def __init__(self, name: str) -> None:
        self.post, self.done, self.open = Post(), list[int](), list[asyncio.Future[Reply]]()
        self.relay = Relay(cast(Bus, self.post), KEYS, name, lambda: ("day", 0), {"submit": self.do})
        self.token = f"{name}:1"
        self.relay.leads(self.token)

    def do(self, ask: Ask) -> "asyncio.Future[Any]":
        """Begin it; the test ends it."""
        self.done.append(ask.id)
        self.open.append(asyncio.get_running_loop().create_future())
        return self.open[-1]

    async def answered(self, body: bytes) -> bytes:
        """End the oldest that is open; the message with its answer."""
        self.open.pop(0).set_result(Reply(200, body))
        await turns()
        return self.post.sent.pop()[1]


async def turns() -> None:
    """Some turns of the loop."""
    for _ in range(4):
        await asyncio.sleep(0)


class Asker:
    """A process that asks."""

    def __init__(self, writer: Writer) -> None:
        self.post = Post()
        self.relay = Relay(cast(Bus, self.post), KEYS, "asker", lambda: ("day", 0))
        self.relay.writer_is(writer.token)

    def begin(self) -> "asyncio.Task[Told]":
        """Ask something."""
        return asyncio.create_task(self.relay.ask("submit", None, "clerk", "key"))

    async def message(self) -> bytes:
        """What it has sent last."""
        await turns()
        return self.post.sent.pop()[1]

    async def again(self) -> bytes:
        """As after a second without an answer."""
        for pending in self.relay._pending.values():
            self.relay._send(pending)
        return await self.message()


async def test_copies_are_done_once_and_told_the_same() -> None:
    writer = Writer("w")
    asker = Asker(writer)
    asked = asker.begin()
    first, copy = await asker.message(), await asker.again()
    writer.relay.hear_asks(first)
    writer.relay.hear_asks(copy)
    assert writer.done == [1]
    lost = await writer.answered(b"nobody")
    writer.relay.hear_asks(await asker.again())
    await turns()
    found = writer.post.sent.pop()[1]
    assert writer.done == [1] and found == lost
    asker.relay.hear_answers(found)
    assert (await asked).reply == Reply(200, b"nobody")
    other = asker.begin()
    writer.relay.hear_asks(await asker.message())
    writer.relay.hear_asks(copy)
    await turns()
    assert writer.done == [1, 2] and not writer.post.sent  # Nobody waits for the late copy.
    asker.relay.hear_answers(await writer.answered(b"two"))
    assert (await other).reply == Reply(200, b"two")
    assert list(writer.relay._askers["asker"].taken) == [2]


async def test_a_copy_that_comes_after_it_was_given_up_is_not_done() -> None:
    writer = Writer("w")
    asker = Asker(writer)
    asked = asker.begin()
    late = await asker.message()
    asked.cancel()
    await turns()
    other = asker.begin()
    writer.relay.hear_asks(await asker.message())
    writer.relay.hear_asks(late)
    assert writer.done == [2]
    asker.relay.hear_answers(await writer.answered(b""))
    await other


async def test_only_the_writer_that_is_asked_now_can_answer() -> None:
    before, now = Writer("w"), Writer("v")
    asker = Asker(before)
    asked = asker.begin()
    before.relay.hear_asks(await asker.message())
    nobody = await before.answered(b"nobody")
    asker.relay.writer_is(now.token)
    now.relay.hear_asks(await asker.message())
    asker.relay.hear_answers(nobody)
    called = await now.answered(b"A001")
    asker.relay.hear_answers(called)
    assert (await asked).reply == Reply(200, b"A001")


async def test_what_has_become_ours_to_do_is_asked_of_nobody() -> None:
    asker = Asker(Writer("w"))
    asked = asker.begin()
    await asyncio.sleep(0)  # It stands in line to be sent …
    asker.relay.leads("asker:1")
    await turns()
    assert isinstance(asked.exception(), Overtaken) and not asker.post.sent


async def test_what_was_not_done_may_come_again() -> None:
    writer = Writer("w")
    asker = Asker(writer)
    asked = asker.begin()
    message = await asker.message()
    writer.relay.hear_asks(message)
    writer.open.pop().set_exception(Overtaken())
    await turns()
    writer.relay.hear_asks(message)
    assert writer.done == [1, 1]
    asker.relay.hear_answers(await writer.answered(b""))
    await asked
