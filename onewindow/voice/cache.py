"""Rendered announcements on disk (语音缓存): WAV files named by what they say and how.

Content-addressed: the name is the SHA-256 of engine, words and style, so an address never changes its sound
and may be cached by every browser. Writes are atomic but not synced: what a power cut has cut short is seen by its
length, and rendered anew. An announcement is rendered once, however many ask at the same time; the oldest unused
files go when the folder grows too large.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from onewindow.whole_file import put_whole

_ADDRESS = re.compile(r"[0-9a-f]{64}")
SLACK = 0.01
"""Share of the bound that may be new before the folder is looked through again: it may hold hundreds of files."""


def address(parts: Iterable[str]) -> str:
    """The address of what the parts describe: 64 hexadecimal digits (内容地址).

    The order counts, and so do the borders: ("ab", "c") differs from ("a", "bc").
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


class AudioCache:
    """A folder of WAV files under their addresses (语音缓存). Loop-only.

    `most_bytes`: the folder is brought under this size with the first new file and whenever a hundredth of it is new,
    least recently used first (by mtime, which each use renews). Files used within `keep_seconds` stay even
    then: a loudspeaker may be about to fetch them. `clock`: wall-clock seconds, as in mtimes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int = 200_000_000,
        keep_seconds: float = 300.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._keep_seconds = keep_seconds
        self._clock = clock
        self._rendering: dict[str, asyncio.Task[Path]] = {}
        self._stored = most_bytes
        """Bytes that are new since the folder was last looked through; at first it isn't known."""

    def path(self, sha: str) -> Path | None:
        """The file at an address, or None when there is none or `sha` is no address (safe for a URL's part)."""
        if not _ADDRESS.fullmatch(sha):
            return None
        path = self._folder / f"{sha}.wav"
        return path if _whole(path) else None

    async def get(self, sha: str, render: Callable[[], Awaitable[bytes]]) -> Path:
        """The file at an address, rendered if it is not there yet.

        Whoever asks while it is being rendered waits for the same rendering, and gets the same error. A
        waiter that is cancelled doesn't stop it for the others. Raises what `render` raises, OSError when
        the disk refuses, ValueError when `sha` is no address.
        """
        if not _ADDRESS.fullmatch(sha):
            raise ValueError(f"An address has 64 hexadecimal digits; found {sha!r}")
        task = self._rendering.get(sha)
        # One that has ended in this very turn of the loop, and isn't taken out yet, is nobody's to wait for any more.
        if task is None or task.done():
            task = asyncio.create_task(self._get(sha, render), name=f"voice cache {sha[:8]}")
            self._rendering[sha] = task
            task.add_done_callback(lambda done: self._done(sha, done))
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Stop what is being rendered."""
        tasks = list(self._rendering.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _get(self, sha: str, render: Callable[[], Awaitable[bytes]]) -> Path:
        path = self._folder / f"{sha}.wav"
        if await asyncio.to_thread(self._touch, path):
            return path
        data = await render()
        await asyncio.to_thread(self._store, path, data)
        return path

    def _done(self, sha: str, task: "asyncio.Task[Path]") -> None:
        if self._rendering.get(sha) is task:
            del self._rendering[sha]
        if not task.cancelled():
            task.exception()  # seen, also when every waiter has gone

    def _touch(self, path: Path) -> bool:
        if not _whole(path):
            return False
        now = self._clock()
        with contextlib.suppress(FileNotFoundError):
            os.utime(path, (now, now))
            return True
        return False

    def _store(self, path: Path, data: bytes) -> None:
        put_whole(path, data, 0o644, lasting=False)
        self._touch(path)
        self._stored += len(data)
        if self._stored >= self._most_bytes * SLACK:
            self._stored = 0
            self._evict()

    def _evict(self) -> None:
        """Remove the least recently used files beyond the bound, and what a crash left half written."""
        now = self._clock()
        files: list[tuple[float, int, Path]] = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                if path.suffix == ".wav":
                    files.append((status.st_mtime, status.st_size, path))
                elif path.suffix == ".tmp" and now - status.st_mtime > self._keep_seconds:
                    path.unlink()
        total = sum(size for _, size, _ in files)
        for used_at, size, path in sorted(files):
            if total <= self._most_bytes or now - used_at < self._keep_seconds:
                break
            path.unlink(missing_ok=True)
            total -= size


def _whole(path: Path) -> bool:
    """Whether there is a file as long as its head (RIFF: a name, the length of the rest) says."""
    try:
        with path.open("rb") as file:
            head, size = file.read(8), os.fstat(file.fileno()).st_size
    except OSError:
        return False
    return head[:4] == b"RIFF" and size == 8 + int.from_bytes(head[4:], "little")
