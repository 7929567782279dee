"""Fan-out in slices: everybody gets every frame in order; slices stand back for commands, and only for so long."""

import asyncio
from collections.abc import Callable

import pytest

from onewindow.displays import fanout
from onewindow.displays.channels import HALL, ticket
from onewindow.displays.clients import Client
from onewindow.displays.fanout import FIRST, PROMPT, SLICE, FanOut, Pace
from onewindow.displays.frames import Frame
from onewindow.http.under_way import UnderWay

MANY = FIRST + 3 * PROMPT


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stands back does so until the command ends: a busy machine's turns may take longer than the real bound."""
    monkeypatch.setattr(fanout, "SCREENS_STAND_BACK", 60.0)


@pytest.fixture
def beats_stand_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """… and beats longer than calls, as they really do."""
    monkeypatch.setattr(fanout, "FIGURES_STAND_BACK", 300.0)


class Outlet:
    """Takes what it is offered."""

    open = True
    pending = 0

    def __init__(self) -> None:
        self.got: list[int] = []
        self.news: list[int] = []

    def offer(self, frame: Frame, room: int | None = None) -> int:
        """Note the frame."""
        self.got.append(frame.v)
        if frame.news:
            self.news.append(frame.v)
        return 0

    def abort(self) -> None:
        """Nothing to end."""


class Crowd:
    """So many clients of one channel."""

    def __init__(self, count: int, *, phones: bool = False, shows: int = 0) -> None:
        self.outlets = [Outlet() for _ in range(count)]
        channel = ticket("t") if phones else HALL
        self.clients = [Client(channel, outlet) for outlet in self.outlets]
        for client in self.clients:
            client.v = shows

    @property
    def frames(self) -> list[int]:
        """How many each of them has."""
        return [len(outlet.got) for outlet in self.outlets]


def made(under_way: UnderWay, clock: Callable[[], float] = lambda: 0.0) -> FanOut:
    """A fan-out whose clock stands still."""
    return FanOut(Pace(), clock, lambda client: None, under_way)


async def until_idle(out: FanOut) -> None:
    """Let the loop go on until every frame is with the system."""
    while not out.idle:  # noqa: ASYNC110 - it tells nobody when it is done
        await asyncio.sleep(0)


async def turns(count: int = 50) -> None:
    """Let the loop do all that it has before it."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_call_has_its_first_slice_at_once_and_the_rest_after_the_command() -> None:
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way)
    under_way.begin()
    out.hand_out(crowd.clients, Frame(1, b"{}"), screens=True, first=FIRST)
    await turns()
    assert sum(crowd.frames) == FIRST and not out.idle
    under_way.end()
    await turns()
    assert crowd.frames == [1] * MANY and out.idle


async def test_between_two_commands_there_is_room_for_a_slice() -> None:
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way)
    out.hand_out(crowd.clients, Frame(1, b"{}"), screens=True, first=FIRST)
    for n in range(2):
        under_way.begin()
        await turns()
        assert sum(crowd.frames) == FIRST + n * PROMPT
        under_way.end()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await turns()
    assert crowd.frames == [1] * MANY


async def test_slices_that_have_stood_long_enough_still_come_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "SCREENS_STAND_BACK", 0.0)
    monkeypatch.setattr(fanout, "BETWEEN", 60.0)
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way)
    under_way.begin()
    out.hand_out(crowd.clients, Frame(1, b"{}"), screens=True, first=FIRST)
    await turns()
    assert sum(crowd.frames) == FIRST and not out.idle
    under_way.end()
    await turns()
    assert crowd.frames == [1] * MANY and out.idle


async def test_screens_stand_back_for_a_bounded_time_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "SCREENS_STAND_BACK", 0.01)
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way, asyncio.get_running_loop().time)
    under_way.begin()  # It never ends.
    for v in (1, 2):
        out.hand_out(crowd.clients, Frame(v, b"{}"), screens=True)
    await until_idle(out)
    assert all(outlet.got == [1, 2] for outlet in crowd.outlets)


async def test_phones_are_served_after_the_screens_and_not_starved_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PHONES_STAND_BACK", 0.001)
    under_way, phones, screens = UnderWay(), Crowd(3 * SLICE, phones=True), Crowd(3 * SLICE)
    out = made(under_way, asyncio.get_running_loop().time)
    under_way.begin()
    out.hand_out(screens.clients, Frame(1, b"{}"), screens=True)
    out.hand_out(phones.clients, Frame(1, b"{}"), screens=False, first=FIRST)
    while not out.idle:
        if any(phones.frames):
            assert screens.frames == [1] * 3 * SLICE
        await asyncio.sleep(0)
    assert phones.frames == [1] * 3 * SLICE


async def test_frames_keep_their_order_while_they_stand_back() -> None:
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way)
    under_way.begin()
    for v in range(1, 5):
        out.hand_out(crowd.clients, Frame(v, b"{}"), screens=True, first=FIRST)
        out.hand_out(crowd.clients, Frame(v, b"{}", news=False), screens=True)
        await turns(3)
    under_way.end()
    await until_idle(out)
    for outlet in crowd.outlets:
        assert outlet.news == [1, 2, 3, 4] and outlet.got == sorted(outlet.got)
        assert outlet.got[-2:] == [4, 4], "the last beat is of the last news"


@pytest.mark.usefixtures("beats_stand_longer")
async def test_a_call_overtakes_a_beat_and_makes_it_needless() -> None:
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way)
    out.hand_out(crowd.clients, Frame(1, b"{}"), screens=True, first=FIRST)
    await turns()
    under_way.begin()
    out.hand_out(crowd.clients, Frame(1, b"{}", news=False), screens=True)
    await turns()
    assert crowd.frames == [1] * MANY, "the beat stands back for the command"
    out.hand_out(crowd.clients, Frame(2, b"{}"), screens=True, first=FIRST)
    assert [outlet.got for outlet in crowd.outlets] == [[1, 2]] * FIRST + [[1]] * (MANY - FIRST)
    under_way.end()
    await turns()
    assert out.idle and all(outlet.got == [1, 2] for outlet in crowd.outlets)


@pytest.mark.usefixtures("beats_stand_longer")
async def test_a_call_waits_for_the_news_before_it_and_not_for_the_beat_before_that() -> None:
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way)
    under_way.begin()
    out.hand_out(crowd.clients, Frame(0, b"{}", news=False), screens=True)
    for v in (1, 2):
        out.hand_out(crowd.clients, Frame(v, b"{}"), screens=True, first=FIRST)
    assert sum(crowd.frames) == FIRST, "only the first news goes out at once"
    under_way.end()
    await turns()
    assert out.idle and all(outlet.got == [1, 2] for outlet in crowd.outlets)


async def test_a_call_hastens_the_figures_that_stand_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "FIGURES_STAND_BACK", 60.0)
    monkeypatch.setattr(fanout, "SCREENS_STAND_BACK", 0.01)
    under_way, crowd = UnderWay(), Crowd(MANY)
    out = made(under_way, asyncio.get_running_loop().time)
    under_way.begin()  # It never ends.
    out.hand_out(crowd.clients, Frame(1, b"{}"), screens=True)
    await asyncio.sleep(0)
    assert not any(crowd.frames)
    out.hand_out(crowd.clients, Frame(2, b"{}"), screens=True, first=FIRST)
    await until_idle(out)
    assert all(outlet.got == [1, 2] for outlet in crowd.outlets)


async def test_beats_of_a_quiet_channel_are_not_starved_by_news_without_an_end() -> None:
    now = 0.0
    quiet, loud = Crowd(3 * SLICE, shows=1), Crowd(3 * SLICE)
    out = made(UnderWay(), lambda: now)
    out.hand_out(loud.clients, Frame(1, b"{}"), screens=True)
    out.hand_out(quiet.clients, Frame(1, b"{}", news=False), screens=True)
    for v in range(2, 40):
        out.hand_out(loud.clients, Frame(v, b"{}"), screens=True)
    while not sum(quiet.frames):
        assert now < 10 and sum(loud.frames) < 40 * 3 * SLICE
        now += 0.05
        await asyncio.sleep(0)
    assert now > fanout.BEATS_WAIT, "news goes before beats"
    while sum(quiet.frames) < 3 * SLICE:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)
    assert not out.idle and sum(loud.frames) < 30 * 3 * SLICE
    await until_idle(out)
    assert all(outlet.got == list(range(1, 40)) for outlet in loud.outlets)
    assert all(outlet.got == [1] for outlet in quiet.outlets)


@pytest.mark.usefixtures("beats_stand_longer")
async def test_a_call_has_its_first_slice_also_when_beats_have_waited_long() -> None:
    now = 0.0
    under_way, quiet, crowd = UnderWay(), Crowd(MANY, shows=1), Crowd(MANY)
    out = made(under_way, lambda: now)
    under_way.begin()
    out.hand_out(quiet.clients, Frame(1, b"{}", news=False), screens=True)
    now = 10 * fanout.BEATS_WAIT
    out.hand_out(crowd.clients, Frame(1, b"{}"), screens=True, first=FIRST)
    assert (sum(crowd.frames), sum(quiet.frames)) == (FIRST, 0)
    under_way.end()
    await until_idle(out)
    assert crowd.frames == quiet.frames == [1] * MANY


async def test_a_beat_that_comes_before_its_news_promises_nothing() -> None:
    now = 0.0
    loud, crowd = Crowd(10 * PROMPT), Crowd(SLICE)
    out = made(UnderWay(), lambda: now)
    out.hand_out(loud.clients, Frame(1, b"{}"), screens=True)
    out.hand_out(crowd.clients, Frame(1, b"{}"), screens=True)
    out.hand_out(crowd.clients, Frame(1, b"{}", news=False), screens=True)
    now = 10 * fanout.BEATS_WAIT
    while not out.idle:
        await asyncio.sleep(0)
        assert all(outlet.news or not outlet.got for outlet in crowd.outlets), "a beat of news that it has not got"
    assert all(outlet.news == [1] for outlet in crowd.outlets)
