"""Frames: the bytes that go over the wire, and that they are made once for all."""

import pytest
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from onewindow.displays import channels as ch
from onewindow.displays import frames
from onewindow.displays.clients import Client
from onewindow.displays.fanout import Pace
from onewindow.displays.frames import Frame
from onewindow.displays.hub import Hub
from onewindow.queue import commands as cmd
from onewindow.queue.journal import Entry
from onewindow.runtime.feed import Committed, Feed
from tests.queue.story import Story


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536, 70000])
def test_a_frame_is_what_the_protocol_says(length: int) -> None:
    text = b"x" * length
    assert Frame(1, text).wire == WireFrame(Opcode.TEXT, text).serialize(mask=False)


class Kept:
    """An outlet that keeps what it is given."""

    open = True
    pending = 0

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def offer(self, frame: Frame, room: int | None = None) -> int:
        self.frames.append(frame)
        return 0

    def abort(self) -> None:
        raise AssertionError("nobody is stuck here")


class Told(Feed):
    """A source of commits that a story feeds."""

    def __init__(self, story: Story) -> None:
        super().__init__()
        self.story = story

    async def committed(self) -> object:
        return self.story.state

    def tell(self, command: cmd.AnyCommand) -> None:
        events = self.story.do(command)
        entry = Entry(at=self.story.at, by="test", do="test", events=events)
        self.publish(Committed(day=self.story.state.day, n=1, entries=(entry,), state=self.story.state))


async def test_a_frame_is_encoded_once_for_all_who_follow() -> None:
    story = Story()
    story.open("01")
    story.issue("N-1")
    source = Told(story)
    hub = Hub(story.hall, source, pace=Pace(beat=60, figures=60))  # type: ignore[arg-type]
    hub.start()
    outlets = [Kept() for _ in range(500)]
    for outlet in outlets:
        assert await hub.follow(Client(ch.HALL, outlet))
    source.tell(cmd.CallNext(window="01"))
    while len(outlets[-1].frames) < 2:
        await frames_pass()
    first = outlets[0].frames
    assert [f.v - first[0].v for f in first] == [0, 1]
    assert all(len(o.frames) == 2 and all(a is b for a, b in zip(o.frames, first, strict=True)) for o in outlets), (
        "each follower gets the very same frames"
    )
    assert first[0].wire is first[0].wire
    await hub.stop()


async def frames_pass() -> None:
    """Let the loop hand out another slice."""
    import asyncio

    await asyncio.sleep(0)


def test_beats_make_no_version() -> None:
    assert not frames.beat(3, "now").news
    assert frames.delta(3, {}, (), (), "now").news
