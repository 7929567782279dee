"""A clerk of the demonstration (窗口人员): calls, waits for the visitor, serves; sometimes holds, transfers, pauses.

A person may use the same window at any moment: every refusal only makes the clerk look at the window again.
"""

import asyncio
from collections import deque
from typing import Any, Final

from onewindow.demo.cast import clerk_name
from onewindow.demo.client import Answer
from onewindow.demo.stage import Stage
from onewindow.demo.traffic import Traffic
from onewindow.zones.model import TimingSettings

RECALL_SHARE: Final = 0.08
HOLD_SHARE: Final = 0.03
TRANSFER_SHARE: Final = 0.02
PAUSE_SHARE: Final = 0.01
"""After how many of the services: estimates, frequent enough to be seen."""
HELD_SECONDS: Final = 300.0
PAUSE_SECONDS: Final = 240.0
"""How long, in the hall's time."""
LOOK_SECONDS: Final = (2.0, 4.0)
"""How often an idle clerk tries, in real seconds: people at the guide's page issue tickets too."""
NO_SHOW_SPEED: Final = 4.0
"""The time before a no-show can't be compressed: above this speed they become rarer, or windows would stand still."""


class Clerk:
    """One window's clerk."""

    def __init__(self, stage: Stage, token: str, window: str, traffic: Traffic) -> None:
        self.window = window
        self.wanted = asyncio.Event()
        """Set by whoever has issued a ticket for this window."""
        self._stage = stage
        self._hall = stage.hall
        self._client = stage.client
        self._token = token
        self._traffic = traffic
        self._held: deque[str] = deque()
        self._first = True
        self._missed_share = self._hall.profile.missed_call_share / max(1.0, stage.speed / NO_SHOW_SPEED) ** 2

    async def open(self) -> None:
        """Open the window; it may be open already."""
        await self._do("open", {"clerk": clerk_name(self.window)})

    async def work(self) -> None:
        """Work until cancelled."""
        while True:
            ticket = await self._next()
            if ticket is None:
                await self._idle()
            else:
                await self._meet(ticket)

    # --- one ticket after the other ---

    async def _next(self) -> dict[str, Any] | None:
        """The ticket to be served now: the one that was held, the next by the rule, or what stands here already."""
        if self._held and self._traffic.chance(0.5):
            await self._do("finish")
            taken = await self._do("call", {"ticket": self._held.popleft(), "reason": ""})
            if taken.ok:
                return _ticket(taken)
        answer = await self._do("call-next", {"finish": True})
        if answer.ok:
            return _ticket(answer)
        if answer.code == "window_not_open":
            await self._stage.visibly(PAUSE_SECONDS)
            await self.open()
        elif answer.code == "window_occupied":
            seen = await self._client.get(f"/api/windows/{self.window}", self._token)
            current = seen.json().get("current") if seen.ok else None
            return current if current and current["state"] == "called" else None
        return None

    async def _idle(self) -> None:
        self.wanted.clear()
        low, high = LOOK_SECONDS
        try:
            async with asyncio.timeout(low + (high - low) * self._traffic.luck.random()):
                await self.wanted.wait()
        except TimeoutError:
            return

    async def _meet(self, ticket: dict[str, Any]) -> None:
        """From the call to the end of the service; the next call finishes it."""
        traffic, stage = self._traffic, self._stage
        if traffic.chance(self._missed_share):
            await self._miss()
            return
        await stage.walk(traffic.walk_seconds())
        if traffic.chance(RECALL_SHARE):
            await self._do("recall")
            await stage.walk(traffic.walk_seconds())
        started = await self._do("start", {} if ticket["matter"] else self._matter_for(ticket))
        if not started.ok:
            return
        minutes = traffic.service_minutes(
            matter=ticket["matter"], group=ticket["group"], purpose=str(ticket["purpose"])
        )
        if self._first:
            # As if it had been under way when the demonstration began: the windows don't finish all at once.
            self._first = False
            minutes *= traffic.luck.random()
        if traffic.chance(HOLD_SHARE) and await self._hold(ticket, minutes):
            return
        if traffic.chance(TRANSFER_SHARE) and await self._transfer(ticket, minutes):
            return
        await stage.visibly(minutes * 60)
        if traffic.chance(PAUSE_SHARE):
            await self._pause()

    def _matter_for(self, ticket: dict[str, Any]) -> dict[str, str]:
        """What somebody who named only a group wants, as it turns out at the window."""
        here = self._hall.windows[self.window].matters
        able = [code for code in self._hall.groups[ticket["group"]].matters if code in here]
        if not able or ticket["purpose"] != "handle":
            return {}
        return {"matter": self._traffic.luck.choice(able)}

    async def _miss(self) -> None:
        """Nobody comes: recall, wait as long as the hall's files say, by the real clock, and pass on."""
        timing: TimingSettings = self._hall.settings.timing
        wait = timing.no_show_after_seconds + 1.0
        for _ in range(timing.no_show_after_recalls):
            await asyncio.sleep(wait / (timing.no_show_after_recalls + 1))
            await self._do("recall")
        await asyncio.sleep(wait / (timing.no_show_after_recalls + 1))
        await self._do("no-show")

    async def _hold(self, ticket: dict[str, Any], minutes: float) -> bool:
        await self._stage.visibly(minutes * 20)
        reason = self._traffic.luck.choice(self._hall.settings.hold_reasons).code
        if not (await self._do("hold", {"reason": reason})).ok:
            return False
        # It comes back after its time; until then the window goes on with others.
        asyncio.get_running_loop().call_later(HELD_SECONDS / self._stage.speed, self._held.append, ticket["id"])
        return True

    async def _transfer(self, ticket: dict[str, Any], minutes: float) -> bool:
        seen = await self._client.get(f"/api/windows/{self.window}", self._token)
        current = (seen.json().get("current") if seen.ok else None) or {}
        places = [place["no"] for place in current.get("elsewhere", ()) if place["phase"] == "open"]
        if not places or current.get("id") != ticket["id"]:
            return False
        await self._stage.visibly(minutes * 20)
        return (await self._do("transfer", {"window": self._traffic.luck.choice(places)})).ok

    async def _pause(self) -> None:
        await self._do("finish")
        reason = self._traffic.luck.choice(self._hall.settings.pause_reasons).code
        if (await self._do("pause", {"reason": reason})).ok:
            await self._stage.visibly(PAUSE_SECONDS)
            await self.open()

    async def _do(self, what: str, body: dict[str, Any] | None = None) -> Answer:
        return await self._client.post(f"/api/windows/{self.window}/{what}", body, self._token)


def _ticket(answer: Answer) -> dict[str, Any] | None:
    found: dict[str, Any] | None = answer.json()["ticket"]
    return found
