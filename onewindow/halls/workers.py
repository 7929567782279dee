"""The workers of all halls (共用子进程): one process forecasts and one speaks, however many halls.

Together they take some 200 MiB, and a hall needs either for milliseconds at a time. They are started when a hall
first asks, or a loudspeaker connects. Requests are served in the order in which they come, so no hall waits for more
than one of each other's.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from onewindow.outlook.engine import Engine
from onewindow.outlook.protocol import Answer, Request
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.wording import Utterance

T = TypeVar("T")

MOST_WAITING: Final = 1024
"""Utterances that may wait for the voice, of all halls."""


class ForecastOfAll(Engine):
    """The forecast's worker for several halls. The end of a hall isn't its end."""

    async def start(self) -> None:
        """As `Engine.start`; a hall that no longer waits doesn't end a worker that compiles for all of them."""
        await _to_its_end(super().start())

    async def ask(self, request: Request) -> Answer:
        """As `Engine.ask`; a hall that no longer waits for its answer costs the others nothing."""
        return await _to_its_end(super().ask(request))

    async def aclose(self) -> None:
        """A hall has ended; the worker goes on."""

    async def end(self) -> None:
        """End the worker."""
        await super().aclose()


class VoiceOfAll(WorkerEngine):
    """The voice's worker for several halls. The end of a hall isn't its end."""

    def __init__(self) -> None:
        super().__init__(most_waiting=MOST_WAITING)

    async def start(self) -> None:
        """As `WorkerEngine.start`; a hall that no longer waits doesn't end it."""
        await _to_its_end(super().start())

    async def render(self, utterance: Utterance) -> bytes:
        """As `WorkerEngine.render`; a hall that no longer waits costs the others nothing."""
        return await _to_its_end(super().render(utterance))

    async def aclose(self) -> None:
        """A hall has ended; the worker goes on."""

    async def end(self) -> None:
        """End the worker."""
        await super().aclose()


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """What it gives; it goes on when its asker is cancelled: an answer that is owed costs a worker its life."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(task)
