"""The switchboard (总机): a loudspeaker's page may be connected to any process; the one that writes speaks to it.

One process at a time decides what a loudspeaker says: the one that writes the hall. The others carry the frames of
their players there and back. When another process takes over, the players here are connected to it anew.
"""

import asyncio
import itertools
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from onewindow.runtime.answers import RuntimeFault
from onewindow.runtime.hall import HallRuntime
from onewindow.voice.cache import AudioCache
from onewindow.voice.players import Player
from onewindow.voice.speakers import Loudspeakers

log = logging.getLogger(__name__)

TOPIC: Final = "voice"
SOUND: Final = "voice.wav"


class Line(msgspec.Struct, array_like=True):
    """One message between a player's process and the one that writes."""

    kind: Literal["connect", "frame", "gone", "send", "who"]
    """To the writer: a player has come, says something, has gone. From it: a frame for the player, or that the
    player isn't known and should be announced."""
    name: int
    """The connection's, in the player's process."""
    speaker: str
    device: str
    frame: dict[str, Any] = {}


_encode = msgspec.msgpack.Encoder().encode
_line = msgspec.msgpack.Decoder(Line)


class FarPlayer:
    """A player that is connected to another process."""

    def __init__(self, board: "Switchboard", process: str, line: Line) -> None:
        self.device_id = line.device
        self._board = board
        self._process = process
        self._line = line

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame."""
        line = Line("send", self._line.name, self._line.speaker, self._line.device, frame)
        self._board.tell(self._process, line)


class Switchboard:
    """Connects the players of this process to the loudspeakers, wherever those are run. Loop-only."""

    def __init__(self, runtime: HallRuntime, loudspeakers: Loudspeakers, cache: AudioCache) -> None:
        self._runtime = runtime
        self._peers = runtime.peers
        self._loudspeakers = loudspeakers
        self._cache = cache
        self._names = itertools.count(1)
        self._here: dict[int, tuple[str, Player]] = {}
        self._there: dict[tuple[str, int], tuple[str, FarPlayer]] = {}
        self._jobs: asyncio.Queue[Any] = asyncio.Queue()
        self.leads = self._peers.writer == self._peers.process
        self._peers.hear(TOPIC, self._hear)
        self._peers.on_writer(lambda: self._jobs.put_nowait(None))
        runtime.serve(SOUND, self._sound)

    # --- for the routes ----------------------------------------------------------------------------------------

    async def connect(self, speaker: str, player: Player) -> None:
        """A player has connected to this process."""
        name = next(self._names)
        self._here[name] = speaker, player
        await self._announce(name)

    async def disconnect(self, speaker: str, player: Player) -> None:
        """Its connection has ended."""
        for name, one in list(self._here.items()):
            if one == (speaker, player):
                del self._here[name]
                if not self.leads:
                    self._tell_writer(Line("gone", name, speaker, player.device_id))
        if self.leads:
            await self._loudspeakers.disconnect(speaker, player)

    async def receive(self, speaker: str, player: Player, frame: Mapping[str, Any]) -> None:
        """It says something. Raises msgspec.ValidationError on what makes no sense."""
        if self.leads:
            await self._loudspeakers.receive(speaker, player, frame)
            return
        name = next((name for name, one in self._here.items() if one == (speaker, player)), None)
        if name is not None:
            self._tell_writer(Line("frame", name, speaker, player.device_id, dict(frame)))

    async def wav(self, sha: str) -> Path | None:
        """The file behind an announcement's address, fetched from where it was rendered; None: there is none."""
        path = self._loudspeakers.wav(sha)
        if path is not None or self.leads:
            return path
        try:
            sound = await self._runtime.at_writer(SOUND, sha.encode())
            if not sound:
                return None

            async def fetched() -> bytes:
                return sound

            return await self._cache.get(sha, fetched)
        except (RuntimeFault, OSError, ValueError) as error:
            log.warning("The sound %s can't be fetched: %s", sha, error)
            return None

    # --- life --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Carry what comes from other processes, in its order, until cancelled."""
        while True:
            job = await self._jobs.get()
            try:
                if job is None:
                    await self._turn()
                else:
                    await self._do(*job)
            except msgspec.ValidationError as error:
                log.debug("A player said what makes no sense: %s", error)
            except Exception:
                log.exception("A loudspeaker's message could not be carried.")

    async def _turn(self) -> None:
        """Another process writes: connect the players here to it."""
        leads = self._peers.writer == self._peers.process
        if self.leads and not leads:
            for speaker, player in self._here.values():
                await self._loudspeakers.disconnect(speaker, player)
            for speaker, far in self._there.values():
                await self._loudspeakers.disconnect(speaker, far)
            self._there.clear()
            self._loudspeakers.forget()
        self.leads = leads
        for name in list(self._here):
            await self._announce(name)

    async def _announce(self, name: int) -> None:
        speaker, player = self._here[name]
        if self.leads:
            await self._loudspeakers.connect(speaker, player)
        else:
            self._tell_writer(Line("connect", name, speaker, player.device_id))

    async def _do(self, process: str, line: Line) -> None:
        if line.kind in ("send", "who"):
            found = self._here.get(line.name)
            if found is not None and process == self._peers.writer:
                if line.kind == "send":
                    await found[1].send(line.frame)
                else:
                    await self._announce(line.name)
            return
        if not self.leads:
            return
        key = process, line.name
        known = self._there.get(key)
        if line.kind == "connect":
            far = FarPlayer(self, process, line)
            self._there[key] = line.speaker, far
            await self._loudspeakers.connect(line.speaker, far)
        elif line.kind == "gone":
            if known is not None:
                del self._there[key]
                await self._loudspeakers.disconnect(*known)
        elif known is None:
            self.tell(process, Line("who", line.name, line.speaker, line.device))
        else:
            await self._loudspeakers.receive(*known, line.frame)

    # --- inside ------------------------------------------------------------------------------------------------

    def tell(self, process: str, line: Line) -> None:
        """Send one message to another process."""
        self._peers.tell(process, TOPIC, _encode(line))

    def _tell_writer(self, line: Line) -> None:
        if self._peers.writer:
            self.tell(self._peers.writer, line)

    def _hear(self, process: str, data: bytes) -> None:
        self._jobs.put_nowait((process, _line.decode(data)))

    async def _sound(self, sha: bytes) -> bytes:
        path = self._loudspeakers.wav(sha.decode())
        return await asyncio.to_thread(path.read_bytes) if path is not None else b""
