"""The voice's room (语音): loudspeakers, announcer and routes, put together for the application."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.routing import BaseRoute

from onewindow.runtime.hall import HallRuntime
from onewindow.voice.announcer import Announcer, speakers_of, style_of, templates_of
from onewindow.voice.cache import AudioCache
from onewindow.voice.engine import Engine, WorkerEngine
from onewindow.voice.routes import VoiceRoutes
from onewindow.voice.sequencer import Outcome
from onewindow.voice.speaker_test import SpeakerTests
from onewindow.voice.speakers import Fault, Loudspeakers
from onewindow.voice.switchboard import Switchboard
from onewindow.web.render import Pages
from onewindow.zones.model import Hall

ENDED: Final = "voice.ended"
FAULT: Final = "voice.fault"
_ended = msgspec.json.Decoder(tuple[str, Outcome])
_fault = msgspec.json.Decoder(Fault)

Show = Callable[[str, Any], None]
"""(key, value): puts a loudspeaker's state before the supervisor."""


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
    routes: list[BaseRoute]


class Board:
    """What the supervisor sees of each loudspeaker: its faults, and the calls that were not heard."""

    def __init__(self, hall: Hall, show: Show, speakers: Mapping[str, str]) -> None:
        """`speakers`: zone -> loudspeaker."""
        self._hall = hall
        self._speakers = speakers
        self._show = show
        self._told: dict[str, dict[str, Any]] = {}

    def fault(self, fault: Fault) -> None:
        """A fault began or ended."""
        told = self._of(fault.speaker)
        told["faults"] = [f for f in told["faults"] if f["code"] != fault.code]
        if fault.on:
            told["faults"].append({"code": fault.code, "detail": fault.detail})
        self._show(f"speaker/{fault.speaker}", dict(told))

    def outcome(self, speaker: str, outcome: Outcome) -> None:
        """An announcement ended; one that was not heard is kept until the next is."""
        told = self._of(speaker)
        missed = None
        if outcome.result in ("expired", "failed"):
            missed = {"call": outcome.id, "ticket": outcome.ticket, "result": outcome.result, "why": outcome.reason}
        if missed or (outcome.result == "played" and told["missed"] is not None):
            told["missed"] = missed
            self._show(f"speaker/{speaker}", dict(told))

    def silent(self, was_there: Callable[[str], bool]) -> list[dict[str, Any]]:
        """Those whose sound is blocked, or whose player has gone though something is to be said.

        `was_there`: whether a loudspeaker had a player since the program began; one that a hall never opens is no
        alarm.
        """
        return [
            {"device": name, "zh": told["zh"], "zone": self._zone(name), "silent_seconds": 0, "muted": True}
            for name, told in self._told.items()
            if was_there(name) and any(fault["code"] == "silent" for fault in told["faults"])
        ]

    def _zone(self, speaker: str) -> str | None:
        """The loudspeaker's zone; None when it has several."""
        zones = [zone for zone, name in self._speakers.items() if name == speaker]
        return zones[0] if len(zones) == 1 else None

    def _of(self, speaker: str) -> dict[str, Any]:
        device, zone = self._hall.devices.get(speaker), self._zone(speaker)
        zh = device.zh if device is not None else speaker
        if device is None and zone is not None:
            zh = f"{self._hall.zones[zone].short_zh}扬声器"
        return self._told.setdefault(speaker, {"device": speaker, "zh": zh, "faults": [], "missed": None})


@asynccontextmanager
async def open_voice(
    runtime: HallRuntime, pages: Pages, data_dir: Path, show: Show, *, engine: Engine | None = None
) -> AsyncIterator[Voice]:
    """The loudspeakers until the block ends; rendered sounds lie under `<data_dir>/voice`."""
    hall = runtime.hall
    speakers = speakers_of(hall)
    board = Board(hall, show, speakers)
    style, templates = style_of(hall.settings.voice), templates_of(hall.settings.voice)

    peers = runtime.peers

    def outcome(speaker: str, ended: Outcome) -> None:
        heard(speaker, ended)
        peers.tell_all(ENDED, msgspec.json.encode((speaker, ended)))

    def heard(speaker: str, ended: Outcome) -> None:
        announcer.ended(ended)
        tests.ended(speaker, ended)
        board.outcome(speaker, ended)

    def fault(found: Fault) -> None:
        board.fault(found)
        peers.tell_all(FAULT, msgspec.json.encode(found))

    def turn() -> None:
        if peers.writer == peers.process:
            announcer.lead()
        else:
            announcer.stand_by()

    cache = AudioCache(data_dir / "voice")
    loudspeakers = Loudspeakers(
        dict.fromkeys(speakers.values(), style),
        engine=engine if engine is not None else WorkerEngine(),
        cache=cache,
        on_outcome=outcome,
        on_fault=fault,
        templates=templates,
    )
    tests = SpeakerTests(loudspeakers)
    announcer = Announcer(hall, loudspeakers, speakers)
    switchboard = Switchboard(runtime, loudspeakers, cache)
    peers.hear(ENDED, lambda _, data: heard(*_ended.decode(data)))
    peers.hear(FAULT, lambda _, data: board.fault(_fault.decode(data)))
    peers.on_writer(turn)
    turn()
    end = runtime.subscribe(announcer.hear)
    if runtime.writes:
        announcer.take_up(await runtime.committed())
    tasks = [
        asyncio.create_task(announcer.run(), name="announcer"),
        asyncio.create_task(loudspeakers.run(), name="loudspeakers"),
        asyncio.create_task(switchboard.run(), name="voice switchboard"),
    ]
    try:
        routes = VoiceRoutes(hall, pages, switchboard, speakers).routes()

        def silent() -> list[dict[str, Any]]:
            return board.silent(loudspeakers.was_there)

        yield Voice(loudspeakers, speakers, tests, announcer.unheard, silent, routes)
    finally:
        end()
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        await loudspeakers.aclose()
