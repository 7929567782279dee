"""The visitors of the demonstration (来宾): they come by the hall's profile and take numbers at desk or kiosk."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from onewindow.demo.cast import Cast
from onewindow.demo.client import Answer
from onewindow.demo.stage import Stage
from onewindow.demo.traffic import Arrival, Traffic, busiest_half_hour, busy_spans

log = logging.getLogger(__name__)

CONFIRM_SECONDS: Final = 60.0
"""How soon, in the hall's time, a guide looks at a priority that was claimed at a kiosk."""
AWAY_SHARE: Final = 0.01
CANCEL_SHARE: Final = 0.01
AWAY_SECONDS: Final = 420.0
AT_ONCE: Final = 8
"""Tickets of the first crowd that are asked for at the same time."""

STOPPED: Final = ("intake_stopped", "group_stopped")
"""What a number is refused with towards closing time, and in this order when both stand in the way."""

Issued = Callable[[list[str]], None]
"""Called with the windows that may serve what was issued."""


class Visitors:
    """All who come in."""

    def __init__(self, stage: Stage, cast: Cast, traffic: Traffic, issued: Issued) -> None:
        self._stage = stage
        self._hall = stage.hall
        self._client = stage.client
        self._cast = cast
        self._traffic = traffic
        self._issued = issued

    async def crowd(self, windows: Iterable[str]) -> None:
        """Those who stood before the door: one for each of the windows, and as many others."""
        staffed = list(windows)
        wishes = [wish for no in staffed if (wish := self._wish_for(no)) is not None]
        start = busiest_half_hour(self._hall.profile)
        others = (self._traffic.arrival(start) for _ in staffed)
        wishes += [arrival.issue() for arrival in others if arrival.wants_ticket]
        gate = asyncio.Semaphore(AT_ONCE)

        async def ask(wish: dict[str, Any]) -> None:
            async with gate:
                await self._issue(wish, self._cast.guide)

        await asyncio.gather(*(ask(wish) for wish in wishes))

    async def come(self) -> None:
        """Come, by the profile, from the busiest half-hour on; a day that has ended begins anew. Until cancelled."""
        spans = busy_spans(self._hall.profile)
        now = float(busiest_half_hour(self._hall.profile))
        async with asyncio.TaskGroup() as visits:
            while True:
                for start, end in spans:
                    if now >= end:
                        continue
                    now = max(now, start)
                    for arrival in self._traffic.arrivals(now, end):
                        await self._stage.sleep(arrival.at - now)
                        now = arrival.at
                        visits.create_task(self._visit(arrival))
                    await self._stage.sleep(end - now)
                    now = end
                now = float(spans[0][0])

    async def _visit(self, arrival: Arrival) -> None:
        try:
            await self._errand(arrival)
        except (OSError, TimeoutError) as error:
            log.warning("A visitor was not answered: %r", error)

    async def _errand(self, arrival: Arrival) -> None:
        client, cast = self._client, self._cast
        if not arrival.wants_ticket:
            asked = {"matter": arrival.matters[0]} if arrival.matters else {"zone": arrival.zone}
            await client.post("/api/consults", asked, cast.guide)
            return
        reply = await self._issue(arrival.issue(), cast.kiosk if arrival.kiosk else cast.guide)
        if reply is None:
            return
        ticket, holder = reply["ticket"], reply["track"].removeprefix("/t/")
        path = f"/api/tickets/{ticket['id']}"
        if arrival.kiosk and arrival.applicant != self._hall.settings.applicants[0].code:
            await self._stage.visibly(CONFIRM_SECONDS)
            await client.post(f"{path}/applicant", {"applicant": arrival.applicant}, cast.guide)
        if self._traffic.chance(CANCEL_SHARE):
            await self._stage.visibly(AWAY_SECONDS)
            await client.post(f"{path}/cancel", None, holder)
        elif self._traffic.chance(AWAY_SHARE) and (await client.post(f"{path}/away", None, holder)).ok:
            await self._stage.visibly(AWAY_SECONDS)
            await client.post(f"{path}/return", None, holder)

    async def _issue(self, wish: dict[str, Any], token: str) -> dict[str, Any] | None:
        """Take a number; None when it was refused. Towards the evening a supervisor lets the day go on."""
        answer = await self._client.post("/api/tickets", wish, token)
        for code in STOPPED:
            if answer.code == code:
                await self._resume(code, wish)
                answer = await self._client.post("/api/tickets", wish, token)
        if not answer.ok:
            _say(wish, answer)
            return None
        reply: dict[str, Any] = answer.json()
        for ticket in reply.get("tickets", [reply["ticket"]]):
            self._issued(ticket["windows"])
        return reply

    async def _resume(self, stopped: str, wish: dict[str, Any]) -> None:
        """A supervisor resumes the day, or the wish's groups; one that takes numbers refuses, and nothing changes."""
        paths = ["/api/day/resume"]
        if stopped == "group_stopped":
            codes = wish.get("matters", [wish["matter"]] if "matter" in wish else [])
            letters = [wish["group"]] if "group" in wish else sorted({self._hall.matters[c].group for c in codes})
            paths = [f"/api/groups/{letter}/resume" for letter in letters]
        for path in paths:
            await self._client.post(path, None, self._cast.supervisor)

    def _wish_for(self, no: str) -> dict[str, Any] | None:
        """What somebody might want at this window."""
        window, luck = self._hall.windows[no], self._traffic.luck
        if window.serves:
            return {"zone": luck.choice(window.serves), "purpose": "collect"}
        return {"matter": luck.choice(sorted(window.matters))} if window.matters else None


def _say(wish: dict[str, Any], answer: Answer) -> None:
    log.warning("No number for %s: %s %s", wish, answer.status, answer.code)
