"""The voice's drill (播报演练): calls in four zones while the worker and the players are killed at random.

The real application on a real socket; each zone's loudspeaker is the real program `python -m onewindow.voice.speaker`
in a process of its own (or a tab of Chromium), whose player notes what sounded and when. What the server says of each
announcement is compared with what sounded.
"""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from onewindow.access.principal import Role
from onewindow.voice.announcement import Announcement
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.items import END_UNHEARD, NO_WORD, Outcome
from onewindow.voice.studio import CHIME_ADDRESS
from onewindow.zones.model import Hall
from tests.hall_app import Api, anqiu, done
from tests.server import ROOT

WINDOWS: Final = {
    "investment": {"01": "INV-001", "02": "INV-001", "05": "INV-016"},
    "real_estate": {"07": "REA-001", "13": "REA-024", "14": "REA-009"},
    "business": {"20": "BIZ-006", "21": "BIZ-017", "23": "BIZ-024"},
    "convenience": {"32": "CNV-001", "38": "CNV-033", "40": "CNV-041"},
}
"""Zone -> window -> a matter that it serves."""
NOTE: Final = '#!/bin/sh\nprintf "%s %s\\n" "$(date +%s.%N)" "$2" >> "$1"\nsleep 0.03\n'
"""A player: notes when it began and which file it was given."""


def drill_hall(expire_seconds: int = 12) -> Hall:
    """The sample hall with short sentences, so that a thousand take minutes, and calls that expire soon."""
    hall = anqiu()
    voice = msgspec.structs.replace(
        hall.settings.voice, languages=("zh",), repeats=1, chime=False, rate=400, expire_seconds=expire_seconds
    )
    return msgspec.structs.replace(hall, settings=msgspec.structs.replace(hall.settings, voice=voice))


@dataclass
class Kept:
    """What the server was asked to say, in its order, and what came of each."""

    offered: dict[str, list[Announcement]] = field(default_factory=dict)
    """By loudspeaker."""
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    """By the announcement's id; more than one is a fault."""
    sounds: dict[tuple[str, str], str] = field(default_factory=dict)
    """(loudspeaker, the file's address) -> the announcement's id."""
    ended: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def end_of(self, name: str) -> Outcome:
        """Wait for an announcement's end."""
        async with self.ended:
            await self.ended.wait_for(lambda: name in self.outcomes)
        return self.outcomes[name][0]


def listen(api: Api) -> Kept:
    """Hear what the loudspeakers are told, send and say, without changing it."""
    kept, speakers = Kept(), api.opened.loudspeakers
    announce, outcome, frame = speakers.announce, speakers._on_outcome, speakers._frame

    async def announced(speaker: str, announcement: Announcement) -> None:
        kept.offered.setdefault(speaker, []).append(announcement)
        await announce(speaker, announcement)

    def ended(speaker: str, found: Outcome) -> None:
        kept.outcomes.setdefault(found.id, []).append(found)
        outcome(speaker, found)
        asyncio.get_running_loop().create_task(notify())

    async def notify() -> None:
        async with kept.ended:
            kept.ended.notify_all()

    def framed(of: Any, sending: Any) -> dict[str, Any]:
        sent = frame(of, sending)
        if sent["url"]:
            kept.sounds[of.name, sent["url"].removeprefix("/api/voice/")] = sent["id"]
        return sent

    speakers.announce = announced  # type: ignore[method-assign]
    speakers._on_outcome = ended
    speakers._frame = framed  # type: ignore[method-assign]
    return kept


class Box:
    """A zone's loudspeaker: a process that can be killed and started again, under its own name or another."""

    def __init__(self, api: Api, zone: str, folder: Path) -> None:
        self.zone = zone
        self.log = folder / f"{zone}.log"
        self.kills = 0
        self._url = str(api.client.base_url)
        self._env = os.environ | {"ONEWINDOW_TOKEN": api.token(Role.SPEAKER)}
        self._play = f"/bin/sh {folder / 'note.sh'} {self.log}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, device: str = "") -> None:
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "onewindow.voice.speaker", "--zone", self.zone, "--url", self._url),
            *("--device", device or f"box-{self.zone}", "--play", self._play),
            cwd=ROOT,
            env=self._env,
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        """SIGKILL."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
            self.kills += 1

    def played(self) -> list[tuple[float, str]]:
        """What sounded: when it began, and its file's name."""
        if not self.log.exists():
            return []
        lines = (line.split() for line in self.log.read_text().splitlines())
        # The program names a file after its address, every other character replaced.
        return [(float(at), Path(file).name.removeprefix("_api_voice_")) for at, file in lines]


class Drill:
    """A morning of calls. `seed` fixes what is done; when things happen is the machine's."""

    def __init__(self, api: Api, kept: Kept, engine: WorkerEngine, seed: int) -> None:
        self.api = api
        self.kept = kept
        self.chance = random.Random(seed)
        self.engine = engine
        self.left = 0
        self.told: list[str] = []
        """Ids of expired announcements whose clerk was seen to know it, or who had gone on."""
        self.not_told: list[str] = []
        self.worker_kills = 0

    async def call(self, zone: dict[str, str], most: int) -> None:
        """Work the windows of a zone until so many announcements were asked for in all."""
        self.left = most
        for window in zone:
            await self._do(window, "open")
        await asyncio.gather(*(self._clerk(window, matter) for window, matter in zone.items()))

    async def _clerk(self, window: str, matter: str) -> None:
        while self.left > 0:
            self.left -= 1
            await self.api.issue(matter=matter)
            called = (await self._do(window, "call-next"))["ticket"]
            if called is None:
                continue
            name = await self._said(called["id"])
            if self.chance.random() < 0.15 and self.left > 0:
                self.left -= 1
                await self._do(window, "recall")
                name = await self._said(called["id"], after=name)
            if self.chance.random() > 0.1:  # The others come before their call is said: it is withdrawn.
                outcome = await asyncio.wait_for(self.kept.end_of(name), 120)
                if outcome.result == "expired":
                    view = done(await self.api.get(f"/api/windows/{window}", Role.SUPERVISOR))
                    (self.told if view["unheard"] else self.not_told).append(name)
            await self._do(window, "start")
            await self._do(window, "finish")

    async def _do(self, window: str, what: str) -> Any:
        return done(await self.api.post(f"/api/windows/{window}/{what}", {}, Role.SUPERVISOR))

    async def _said(self, ticket: str, after: str = "") -> str:
        """The id of the ticket's last announcement, once the loudspeakers have been asked for it."""
        while True:
            mine = [one for some in self.kept.offered.values() for one in some if one.ticket == ticket]
            if mine and mine[-1].id != after:
                return mine[-1].id
            await asyncio.sleep(0.005)

    async def worker_killer(self, least: float, most: float) -> None:
        """Kill the worker, or stop it for good, again and again."""
        while True:
            await asyncio.sleep(self.chance.uniform(least, most))
            if (pid := self.engine.pid) is not None:
                os.kill(pid, self.chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGSTOP)))
                self.worker_kills += 1

    async def box_killer(self, boxes: list[Box], least: float, most: float) -> None:
        """Kill a loudspeaker and start it again: at once, later, or as another device."""
        while True:
            await asyncio.sleep(self.chance.uniform(least, most))
            box = self.chance.choice(boxes)
            await box.kill()
            after = self.chance.choice(("at once", "at once", "later", "another"))
            if after == "later":
                await asyncio.sleep(self.chance.uniform(5.0, 20.0))
            await box.start(f"spare-{box.zone}" if after == "another" else "")


@dataclass
class Verdict:
    """What the drill found."""

    offered: int = 0
    results: Counter[str] = field(default_factory=Counter)
    sounded: int = 0
    begun_only: int = 0
    """Counted as played because the beginning was acknowledged, by a player that was killed before it sounded."""
    chimes: int = 0
    """The chime alone: nothing could be rendered."""
    faults: list[str] = field(default_factory=list)


def judge(kept: Kept, played: dict[str, list[tuple[float, str]]]) -> Verdict:
    """Compare what was asked for, what came of it, and what sounded. `played`: by loudspeaker."""
    verdict = Verdict()
    for speaker, offered in kept.offered.items():
        places: dict[str, int] = {}
        for place, one in enumerate(offered):
            verdict.offered += 1
            ends = kept.outcomes.get(one.id, [])
            if len(ends) != 1:
                verdict.faults.append(f"{one.id}: {len(ends)} ends")
            for end in ends:
                verdict.results[end.result] += 1
            places[one.id] = place
        for one in offered:  # A recall takes the place of the waiting call that it replaces.
            for end in kept.outcomes.get(one.id, []):
                if end.result == "replaced" and end.reason.startswith("by ") and end.reason[3:] in places:
                    places[end.reason[3:]] = places[one.id]
        heard = [name for _, name in played.get(speaker, [])]
        verdict.chimes += heard.count(f"{CHIME_ADDRESS}.wav")
        sounds = [kept.sounds[speaker, name] for name in heard if name != f"{CHIME_ADDRESS}.wav"]
        verdict.sounded += len(sounds)
        verdict.faults += [f"{name} sounded {count} times" for name, count in Counter(sounds).items() if count > 1]
        order = [places[name] for name in sounds]
        if order != sorted(order):
            verdict.faults.append(f"{speaker}: out of order: {sounds}")
        for one in offered:
            for end in kept.outcomes.get(one.id, []):
                if end.result == "played" and one.id not in sounds:
                    if end.reason == END_UNHEARD:
                        verdict.begun_only += 1
                    else:
                        verdict.faults.append(f"{one.id} is said to be played, and did not sound")
                # Of a player killed at its first sound nobody knows: its clerk is told, and it isn't said again.
                if end.result == "expired" and end.reason != NO_WORD and one.id in sounds:
                    verdict.faults.append(f"{one.id} sounded and is said to have expired")
    return verdict


async def settled(kept: Kept, seconds: float = 60.0) -> None:
    """Wait until everything that was asked for has ended."""
    names = [one.id for some in kept.offered.values() for one in some]
    async with asyncio.timeout(seconds):
        for name in names:
            await kept.end_of(name)
