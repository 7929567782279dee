"""Doing the morning check (进行检查): one run at a time, its findings as they come, the last one kept on the disk."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from onewindow.supervision.check import Check, Found, Verdict, to_try
from onewindow.supervision.trials import Trials
from onewindow.whole_file import put_whole
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

FILE: Final = "check.json"
_decoder = msgspec.json.Decoder(Check)


class Checking:
    """The hall's check: the run under way, and the last one. Loop-only; `stop` it."""

    def __init__(
        self, hall: Hall, folder: Path, trials: Trials, now_ms: Callable[[], int], changed: Callable[[], None]
    ) -> None:
        """`folder`: the data directory; `changed` is told of each finding."""
        self._hall = hall
        self._file = folder / FILE
        self._trials = trials
        self._now_ms = now_ms
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self.last = _kept(self._file)
        """The run under way, or the one before; None: there was none."""

    @property
    def running(self) -> bool:
        """Whether devices are being tried now."""
        return self._task is not None and not self._task.done()

    def begin(self, day: str, by: str) -> Check:
        """Begin a run, unless one is under way; that run."""
        if not self.running:
            devices = to_try(self._hall, self._trials.speakers)
            self.last = Check(day=day, by=by, began=self._now_ms(), devices=devices)
            self._task = asyncio.create_task(self._run(), name="morning check")
        assert self.last is not None
        return self.last

    async def seen(self, device: str, by: str) -> Found | None:
        """Somebody has looked at what no machine can tell, and it is well; None when there is no such finding."""
        found = self.last.of(device) if self.last is not None else None
        if self.last is None or found is None or found.verdict is not Verdict.BY_HAND:
            return None
        well = msgspec.structs.replace(
            found, verdict=Verdict.GOOD, what_zh=f"{by} 看过了", what_en=f"Seen by {by}", todo_zh="", seen_by=by
        )
        self.last = self.last.having(well)
        if not self.running:
            await self._keep()
        self._changed()
        return well

    async def stop(self) -> None:
        """Break a run off."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        assert self.last is not None
        run = f"check-{secrets.token_hex(6)}"
        devices = self.last.devices
        others = [self._try(device, run) for device in devices if device.kind != "speaker"]
        await asyncio.gather(self._one_after_the_other(devices, run), *others)
        self.last = msgspec.structs.replace(self.last, ended=self._now_ms())
        await self._keep()
        self._changed()

    async def _one_after_the_other(self, devices: tuple[Found, ...], run: str) -> None:
        """The loudspeakers, so that an ear in the hall can tell which one is silent."""
        for device in devices:
            if device.kind == "speaker":
                await self._try(device, run)

    async def _try(self, device: Found, run: str) -> None:
        try:
            found = await self._trials.of(device, run, self._now_ms())
        except Exception:
            # One device's defect must not keep the others from being tried.
            log.exception("%s can't be tried", device.device)
            found = msgspec.structs.replace(
                device,
                verdict=Verdict.BAD,
                what_zh="测试程序出错",
                what_en="The trial failed by a defect of the program",
                todo_zh="请把服务器日志交给维护人员",
                todo_en="Give the server's log to its maintainers",
            )
        assert self.last is not None
        self.last = self.last.having(found)
        self._changed()

    async def _keep(self) -> None:
        assert self.last is not None
        content = msgspec.json.encode(self.last)
        try:
            await asyncio.to_thread(put_whole, self._file, content)
        except OSError as error:
            log.warning("The check can't be kept in %s: %s", self._file, error)


def _kept(file: Path) -> Check | None:
    """The check on the disk; None when there is none that can be read."""
    try:
        return _decoder.decode(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s can't be read and is passed over: %s", file, error)
        return None
