"""Volumes (音量) that the supervisor has set: kept over a restart, known to every process of the hall."""

import asyncio
import logging
from pathlib import Path
from typing import Final

import msgspec

from onewindow.runtime.peers import Peers
from onewindow.voice.speakers import Loudspeakers
from onewindow.whole_file import put_whole

log = logging.getLogger(__name__)

FILE: Final = "voice-volumes.json"
TOPIC: Final = "voice.volumes"
_decoder = msgspec.json.Decoder(dict[str, int])


class Volumes:
    """By loudspeaker, per cent; one that isn't here is as loud as the hall's files say. Loop-only."""

    def __init__(self, folder: Path, loudspeakers: Loudspeakers, peers: Peers) -> None:
        self._folder = folder
        self._loudspeakers = loudspeakers
        self._peers = peers
        self._saving = asyncio.Lock()
        self._set: dict[str, int] = {}
        peers.hear(TOPIC, lambda _, data: self._take(data))

    async def load(self) -> None:
        """What was set before; a file that can't be read is passed over, and said in the log."""
        try:
            data = await asyncio.to_thread((self._folder / FILE).read_bytes)
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("%s can't be read: %s", FILE, error)
            return
        self._take(data)

    async def set(self, speaker: str, volume: int | None) -> None:
        """Set it, or (None) leave it to the hall's files again. On disk when it returns. Raises OSError."""
        async with self._saving:
            fresh = {name: value for name, value in self._set.items() if name != speaker}
            if volume is not None:
                fresh[speaker] = volume
            data = msgspec.json.encode(fresh)
            await asyncio.to_thread(put_whole, self._folder / FILE, data)
            self._take(data)
            self._peers.tell_all(TOPIC, data)

    def _take(self, data: bytes) -> None:
        try:
            fresh = _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("%s makes no sense: %s", FILE, error)
            return
        for name in self._set.keys() | fresh.keys():
            try:
                self._loudspeakers.set_volume(name, fresh.get(name))
            except KeyError:
                log.warning("%s names %s, which is no loudspeaker of this hall", FILE, name)
        self._set = fresh
