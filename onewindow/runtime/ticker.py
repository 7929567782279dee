"""The ticker (计时): lets time pass in the core, and turns the day. It submits only when something is due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from onewindow.forecast.closing import full_groups
from onewindow.queue.commands import Tick
from onewindow.queue.decide import decide
from onewindow.queue.refusals import Refusal
from onewindow.runtime.answers import RuntimeFault
from onewindow.runtime.clock import Clock
from onewindow.runtime.live_day import LiveDay
from onewindow.runtime.pulse import Pulse
from onewindow.runtime.writer import HallWriter
from onewindow.zones.calendar import closing_of, lunch

log = logging.getLogger(__name__)


def due(live: LiveDay, at: int) -> Tick | None:
    """The `Tick` that has something to do at `at` (ms), or None.

    Intake stops at the set closing time of a day that was opened before it; a day that is opened in the evening (a
    rehearsal, a demonstration) stays open until a person stops it. So it is with lunch.
    """
    if not live.head.n:
        return None
    settings = live.state.hall.settings
    closing, pause = closing_of(settings, live.day), lunch(settings, at)
    tick = Tick(
        closing_due=live.opened_at < closing <= at,
        break_until=pause.end_ms if pause is not None and live.opened_at < pause.start_ms else None,
        full_groups=full_groups(live.state, at, closing) if settings.timing.stop_intake_by_forecast else (),
    )
    events = decide(live.state, tick, max(at, live.state.last_at))
    return None if isinstance(events, Refusal) or not events else tick


class Ticker:
    """Beats about once a second while the hall runs. Loop-only."""

    def __init__(
        self, writer: HallWriter, clock: Clock, turn: Callable[[], Awaitable[bool]], pulse: Pulse | None = None
    ) -> None:
        """`turn` turns the day when that is due, and says whether it goes on."""
        self._pulse = pulse
        self._writer = writer
        self._clock = clock
        self._turn = turn
        self._task: asyncio.Task[None] | None = None

    async def beat(self) -> None:
        """Look once: mend what could not be read, turn the day, submit a `Tick` if one is due."""
        if self._pulse is not None and self._pulse.due(now := self._clock.now_ms()):
            await asyncio.to_thread(self._pulse.beat, now)
        self._writer.nudge()
        if not await self._turn():
            return
        tick = await self._writer.read(lambda live: due(live, self._clock.now_ms()))
        if tick is not None:
            await self._writer.submit(tick, by="system")

    async def settle(self) -> None:
        """Beat once, whatever comes of it: what came due while nobody looked is served before anything else."""
        try:
            await self.beat()
        except RuntimeFault as fault:
            log.warning("%s", fault)
        except Exception:
            log.exception("The ticker's beat failed; it goes on.")

    def start(self, seconds: float) -> None:
        """Beat every so many seconds from now on."""
        self._task = asyncio.create_task(self._run(seconds), name="hall-ticker")

    async def stop(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _run(self, seconds: float) -> None:
        while True:
            await self.settle()
            await asyncio.sleep(seconds)
