"""The voice's room (语音): loudspeakers, announcer and routes, put together for the application."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.routing import BaseRoute

from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.peers import Peers
from onewindow.voice.announcement import Fault
from onewindow.voice.announcer import Announcer, levels_of, names_of, quiet_at, speakers_of, style_of, templates_of
from onewindow.voice.board import Board, Show
from onewindow.voice.cache import AudioCache
from onewindow.voice.clips.engine import Clips
from onewindow.voice.clips.mirror import Mirror
from onewindow.voice.clips.script import script
from onewindow.voice.desk import VoiceDesk
from onewindow.voice.desk_calls import SERVICE, VoiceDeskCalls
from onewindow.voice.engine import Engine, WorkerEngine
from onewindow.voice.items import Outcome
from onewindow.voice.routes import VoiceRoutes
from onewindow.voice.speaker_test import SpeakerTests
from onewindow.voice.speakers import Loudspeakers
from onewindow.voice.switchboard import Switchboard
from onewindow.voice.trouble import Trouble, Troubles
from onewindow.voice.volumes import Volumes
from onewindow.web.render import Pages

ENDED: Final = "voice.ended"
FAULT: Final = "voice.fault"
PACK: Final = "voice-pack"
"""The folder of the recorded clips, under the data folder."""
_ended = msgspec.json.Decoder(tuple[str, Outcome])
_fault = msgspec.json.Decoder(Fault)


@dataclass(frozen=True)
class Voice:
    """The voice at work."""

    loudspeakers: Loudspeakers
    speakers: dict[str, str]
    """Zone -> its loudspeaker."""
    tests: SpeakerTests
    unheard: Callable[[str], bool]
    """Whether a ticket's last announcement was surely not heard; by the ticket's id."""
    silent: Callable[[], list[dict[str, Any]]]
    """The loudspeakers that can't be heard now (无声), as the supervisor's alarms take a device."""
    troubles: Callable[[], Iterable[Trouble]]
    """What else is wrong with the voice, for the supervisor's alarms."""
    routes: list[BaseRoute]


class _News:
    """What the loudspeakers say, here and at the process that runs them."""

    def __init__(self, peers: Peers, heard: Callable[[str, Outcome], None], faulty: Callable[[Fault], None]) -> None:
        self._peers = peers
        self._heard = heard
        self._faulty = faulty
        peers.hear(ENDED, lambda _, data: heard(*_ended.decode(data)))
        peers.hear(FAULT, lambda _, data: faulty(_fault.decode(data)))

    def outcome(self, speaker: str, ended: Outcome) -> None:
        """An announcement has ended here."""
        self._heard(speaker, ended)
        self._peers.tell_all(ENDED, msgspec.json.encode((speaker, ended)))

    def fault(self, found: Fault) -> None:
        """A fault has begun or ended here."""
        self._faulty(found)
        self._peers.tell_all(FAULT, msgspec.json.encode(found))

    def turns(self, announcer: Announcer) -> None:
        """Let the announcer speak while this process writes, and stand by while another does."""

        def turn() -> None:
            if self._peers.writer == self._peers.process:
                announcer.lead()
            else:
                announcer.stand_by()

        self._peers.on_writer(turn)
        turn()


@asynccontextmanager
async def open_voice(
    runtime: HallRuntime, pages: Pages, data_dir: Path, show: Show, *, engine: Engine | None = None
) -> AsyncIterator[Voice]:
    """The loudspeakers until the block ends; rendered sounds lie under `<data_dir>/voice`."""
    hall = runtime.hall
    speakers = speakers_of(hall)
    board = Board(hall, show, speakers)
    style, templates = style_of(hall.settings.voice), templates_of(hall.settings.voice)
    clips = Clips(data_dir / PACK, script(names_of(hall), style, templates))
    troubles = Troubles({name: board.named(name) for name in speakers.values()}, clips)
    await clips.look()

    def heard(speaker: str, ended: Outcome) -> None:
        announcer.ended(ended)
        tests.ended(speaker, ended)
        board.outcome(speaker, ended)

    def faulty(found: Fault) -> None:
        troubles.hear(found, runtime.clock.now_ms())
        board.fault(found)

    news = _News(runtime.peers, heard, faulty)
    cache = AudioCache(data_dir / "voice")
    loudspeakers = Loudspeakers(
        levels_of(hall, speakers),
        quiet=lambda: quiet_at(hall, runtime.clock.now_ms()),
        engine=engine if engine is not None else WorkerEngine(),
        clips=clips,
        cache=cache,
        on_outcome=news.outcome,
        on_fault=news.fault,
        templates=templates,
    )
    tests = SpeakerTests(loudspeakers)
    announcer = Announcer(hall, loudspeakers, speakers)
    switchboard = Switchboard(runtime, loudspeakers, cache)
    mirror = Mirror(runtime, clips)
    volumes = Volumes(data_dir, loudspeakers, runtime.peers)
    await volumes.load()
    names = {
        name: (board.named(name), tuple(zone for zone, one in speakers.items() if one == name))
        for name in speakers.values()
    }
    desk = VoiceDesk(
        clips, loudspeakers, tests=tests, volumes=volumes, style=style, names=names, changed=mirror.changed
    )
    runtime.serve(SERVICE, desk.serve)
    news.turns(announcer)
    end = runtime.subscribe(announcer.hear)
    if runtime.writes:
        announcer.take_up(await runtime.committed())
    tasks = [
        asyncio.create_task(announcer.run(), name="announcer"),
        asyncio.create_task(loudspeakers.run(), name="loudspeakers"),
        asyncio.create_task(switchboard.run(), name="voice switchboard"),
        asyncio.create_task(mirror.run(), name="voice pack"),
    ]
    try:
        routes = [
            *VoiceRoutes(hall, pages, switchboard, speakers).routes(),
            *VoiceDeskCalls(runtime, pages).routes(),
        ]

        def silent() -> list[dict[str, Any]]:
            return board.silent(loudspeakers.was_there)

        yield Voice(loudspeakers, speakers, tests, announcer.unheard, silent, troubles.all, routes)
    finally:
        end()
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        await loudspeakers.aclose()
