"""The mirror (录音同步): of several processes, those that follow keep a copy of the pack of the one that writes.

So the process that takes over has the hall's voice. The newer pack wins: a copy is fetched only when the writing
process has changed its own later. What is told may get lost; so it is also asked for now and then.
"""

import asyncio
import logging
from pathlib import Path
from typing import Final

import msgspec

from onewindow.runtime.answers import RuntimeFault
from onewindow.runtime.hall import HallRuntime
from onewindow.voice.clips.engine import Clips
from onewindow.voice.clips.pack import MANIFEST, READABLE, Manifest, PackError, parse_manifest, read_manifest
from onewindow.whole_file import put_whole

log = logging.getLogger(__name__)

SERVICE: Final = "voice.pack.file"
TOPIC: Final = "voice.pack"
AGAIN_SECONDS: Final = 30.0


class Mirror:
    """Keeps the copy. Loop-only; `run` it as a task."""

    def __init__(self, runtime: HallRuntime, clips: Clips) -> None:
        self._runtime = runtime
        self._peers = runtime.peers
        self._clips = clips
        self._wake = asyncio.Event()
        runtime.serve(SERVICE, self._file)
        self._peers.hear(TOPIC, lambda *_: self._wake.set())
        self._peers.on_writer(self._wake.set)

    def changed(self) -> None:
        """The pack has changed here."""
        self._peers.tell_all(TOPIC, b"")

    async def run(self) -> None:
        """Look after each news, and now and then, until cancelled."""
        while True:
            self._wake.clear()
            if self._peers.writer not in ("", self._peers.process):
                try:
                    await self.fetch()
                except (RuntimeFault, PackError, OSError) as error:
                    log.warning("The recordings can't be copied from the process that writes: %s", error)
            try:
                await asyncio.wait_for(self._wake.wait(), AGAIN_SECONDS)
            except TimeoutError:
                continue

    async def fetch(self) -> bool:
        """Fetch the pack of the writing process if it is newer; whether it was.

        Raises RuntimeFault, PackError, OSError.
        """
        data = await self._runtime.at_writer(SERVICE, b"")
        if not data:
            return False
        theirs, folder = parse_manifest(data), self._clips.folder
        ours = await asyncio.to_thread(read_manifest, folder)
        if theirs.changed_ms <= ours.changed_ms:
            return False
        for clip in theirs.clips:
            if not await asyncio.to_thread((folder / clip.file).is_file):
                wav = await self._runtime.at_writer(SERVICE, clip.file.encode())
                if not wav:
                    raise PackError(f"{clip.file} is missing there")
                await asyncio.to_thread(put_whole, folder / clip.file, wav, READABLE)
        # Last: it names nothing that isn't here.
        await asyncio.to_thread(put_whole, folder / MANIFEST, data, READABLE)
        await self._clips.look()
        return True

    async def _file(self, name: bytes) -> bytes:
        """The manifest, or a file that it names; empty when there is none."""
        return await asyncio.to_thread(_read, self._clips.folder, name.decode())


def _read(folder: Path, name: str) -> bytes:
    try:
        manifest = read_manifest(folder)
        if not name:
            return msgspec.json.encode(manifest) if manifest != Manifest() else b""
        return (folder / name).read_bytes() if any(clip.file == name for clip in manifest.clips) else b""
    except (PackError, OSError) as error:
        log.warning("The recordings can't be read: %s", error)
        return b""
