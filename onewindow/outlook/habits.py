"""The habits on disk (预测参数文件): each past day's summary, and the model that they give, under the data folder.

`outlook/days/<day>.json` is written once a day is over, `outlook/model.json` after that; both are plain JSON that an
operator can read, and can be deleted: they are made anew from the journal.
"""

import asyncio
import logging
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from onewindow.forecast.day_summary import DaySummary
from onewindow.forecast.learning import DAYS
from onewindow.forecast.model import Model
from onewindow.outlook.engine import Engine, RequestFailed
from onewindow.outlook.protocol import Fold, Folded, Learn, Learned
from onewindow.queue.journal import Journal
from onewindow.whole_file import put_whole
from onewindow.worker_process import WorkerDown
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

T = TypeVar("T")

PART: Final = 2 * 1024 * 1024
"""Bytes of commits that go to the worker at a time."""


class Habits:
    """Learns from the journal's past days, off the event loop."""

    def __init__(self, hall: Hall, journal: Journal, engine: Engine, folder: Path) -> None:
        self._hall = hall
        self._journal = journal
        self._engine = engine
        self._folder = folder

    def remembered(self) -> Model | None:
        """The model that was learned last; None without a readable one."""
        return remembered(self._folder)

    async def learn(self, today: str) -> Model | None:
        """Fold the past days that aren't yet, and make the model; None when there is no past day."""
        days = [day for day in await self._journal.days() if day < today][-DAYS:]
        summaries = [summary for day in days if (summary := await self._summary(day)) is not None]
        if not summaries:
            return None
        answer = await self._engine.ask(Learn(hall=self._hall, summaries=tuple(summaries)))
        assert isinstance(answer, Learned)
        await asyncio.to_thread(_write, self._folder / "model.json", answer.model)
        return answer.model

    async def _summary(self, day: str) -> DaySummary | None:
        path = self._folder / "days" / f"{day}.json"
        known = await asyncio.to_thread(_read, path, DaySummary)
        if known is not None:
            return known
        try:
            made = await self._folded(day)
        except RequestFailed as error:
            log.warning("Nothing is learned from %s: %s", day, error)
            return None
        await asyncio.to_thread(_write, path, made)
        return made

    async def _folded(self, day: str) -> DaySummary:
        part: list[bytes] = []
        size, first = 0, True
        async for stored in self._journal.read(day):
            part.append(stored.body)
            size += len(stored.body)
            if size >= PART:
                await self._engine.ask(self._part(day, part, first, last=False))
                part, size, first = [], 0, False
        answer = await self._engine.ask(self._part(day, part, first, last=True))
        assert isinstance(answer, Folded)
        if answer.summary is None:
            raise WorkerDown("The day was not folded to its end")
        return answer.summary

    def _part(self, day: str, bodies: list[bytes], first: bool, *, last: bool) -> Fold:
        return Fold(hall=self._hall, day=day, first=first, last=last, bodies=tuple(bodies))


def remembered(folder: Path) -> Model | None:
    """The model that was learned last, in this folder; None without a readable one."""
    return _read(folder / "model.json", Model)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, value: object) -> None:
    put_whole(path, msgspec.json.encode(value))
