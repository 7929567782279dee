"""Long work stands back for commands, and not longer than it said."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from onewindow.http.under_way import CommandsFirst, UnderWay

LONG = 60.0
"""Seconds; no test waits for them."""


async def turns() -> None:
    """Let the loop do all that it has before it."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_with_nothing_under_way_work_is_done_in_a_later_turn() -> None:
    done: list[int] = []
    UnderWay().when_free(lambda: done.append(1), LONG)
    assert not done
    await turns()
    assert done == [1]


async def test_work_stands_back_until_the_last_command_is_answered() -> None:
    under_way, done = UnderWay(), list[int]()
    under_way.begin()
    under_way.begin()
    under_way.when_free(lambda: done.append(1), LONG)
    under_way.when_free(lambda: done.append(2), LONG)
    await turns()
    under_way.end()
    await turns()
    assert not done and under_way.busy
    under_way.end()
    await turns()
    assert done == [1, 2] and not under_way.busy


async def test_a_command_that_comes_in_the_same_turn_is_waited_for() -> None:
    under_way, done = UnderWay(), list[int]()
    under_way.when_free(lambda: done.append(1), LONG)
    asyncio.get_running_loop().call_soon(under_way.begin)
    await turns()
    assert not done
    under_way.end()
    await turns()
    assert done == [1]


async def test_no_command_holds_work_up_for_longer_than_it_said() -> None:
    under_way, done = UnderWay(), asyncio.Event()
    under_way.begin()
    under_way.when_free(done.set, 0.01)
    await done.wait()
    await under_way.free(0.01)
    under_way.end()
    await turns()


async def test_work_that_has_stood_back_enough_doesnt_stand_back_any_more() -> None:
    under_way, done = UnderWay(), list[int]()
    under_way.begin()
    under_way.when_free(lambda: done.append(1), 0.0)
    await turns()
    assert done == [1]


async def test_between_two_commands_work_goes_one_at_a_time_and_the_first_rank_first() -> None:
    under_way, done = UnderWay(), list[str]()

    def work(name: str) -> Callable[[], None]:
        def go() -> None:
            done.append(name)
            asyncio.get_running_loop().call_soon(under_way.begin)  # The next command comes meanwhile.

        return go

    under_way.begin()
    for name, rank in (("figures", 1), ("beats", 1), ("screens", 0)):
        under_way.when_free(work(name), LONG, rank)
    for name in ("screens", "figures", "beats"):
        under_way.end()
        await turns()
        assert done.pop() == name and not done


async def test_what_stands_already_is_given_a_new_bound() -> None:
    under_way, done = UnderWay(), asyncio.Event()
    under_way.begin()
    under_way.when_free(done.set, LONG)
    under_way.when_free(done.set, 0.01)
    await done.wait()


async def test_commands_alone_are_counted_and_only_until_they_end() -> None:
    under_way = UnderWay()
    busy: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await receive()
        busy.append(under_way.busy)
        if scope["path"] == "/crash":
            raise RuntimeError(scope["path"])

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    def asked(path: str, kind: str = "http", method: str = "POST") -> Scope:
        return {"type": kind, "method": method, "path": path}

    commands = CommandsFirst(app, under_way)
    await commands(asked("/"), receive, send)
    await commands(asked("/", method="GET"), receive, send)
    await commands({"type": "websocket", "path": "/"}, receive, send)
    with pytest.raises(RuntimeError):
        await commands(asked("/crash"), receive, send)
    assert busy == [True, False, False, True] and not under_way.busy


async def test_a_command_that_has_not_come_whole_holds_nobody_up() -> None:
    under_way = UnderWay()
    sent: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.request"}]
    busy: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        busy.append(under_way.busy)
        while sent:
            await receive()
            busy.append(under_way.busy)

    async def receive() -> Message:
        return sent.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await CommandsFirst(app, under_way)({"type": "http", "method": "POST", "path": "/"}, receive, send)
    assert busy == [False, False, True] and not under_way.busy
