"""The announcer (播报员): turns the hall's commits into announcements, each on one loudspeaker, in their order.

A call is said in the zone of its window; zones that share a loudspeaker share its sequence. A ticket whose person has
come needs no more calling. An undone call is corrected aloud only when it may have been heard.
"""

import asyncio
import logging
from collections.abc import Mapping

import msgspec

from onewindow.queue import events as ev
from onewindow.queue.capability import credit_of
from onewindow.queue.state import HallDay
from onewindow.runtime.feed import Committed
from onewindow.voice.sequencer import Outcome
from onewindow.voice.speakers import Announcement, Loudspeakers
from onewindow.voice.style import Style, Templates
from onewindow.voice.wording import SpokenCall
from onewindow.zones.model import DeviceKind, Hall, VoiceSettings

log = logging.getLogger(__name__)

CALLED_AWAY = (ev.ServiceStarted, ev.TicketMissed, ev.TicketHeld, ev.TicketTransferred)
"""Events after which a call that was not said yet need not be said."""


def speakers_of(hall: Hall) -> dict[str, str]:
    """The loudspeaker of each zone: the device that serves the fewest zones, the first in the file among equals.

    A zone without a device has one of its own all the same, named `speaker-<zone>`: its page may be opened anywhere.
    """
    devices = [d for d in hall.devices.values() if d.kind is DeviceKind.SPEAKER]
    devices.sort(key=lambda device: len(device.zones))
    return {
        zone: next((d.id for d in devices if zone in d.zones), f"speaker-{zone.replace('_', '-')}")
        for zone in hall.zones
    }


def style_of(settings: VoiceSettings) -> Style:
    """How the hall's files want announcements given."""
    return msgspec.convert(
        {
            "languages": settings.languages,
            "repeats": settings.repeats,
            "chime": "full" if settings.chime else "none",
            "digit_one": settings.digit_one,
            "rate": settings.rate,
        },
        Style,
    )


def templates_of(settings: VoiceSettings) -> Templates:
    """The hall's own sentences; an English recall is said as a call."""
    return Templates(
        call_zh=settings.call_zh,
        call_en=settings.call_en,
        recall_zh=settings.recall_zh,
        recall_en=settings.call_en,
        correction_zh=settings.correction_zh,
        correction_en=settings.correction_en,
    )


class _Job(msgspec.Struct, frozen=True):
    """Something to be done on a loudspeaker."""

    speaker: str
    ticket: str
    announcement: Announcement | None = None
    """None: the ticket needs no more calling."""


class Announcer:
    """Hears commits and keeps the loudspeakers in work. Loop-only; `run` it as a task."""

    def __init__(self, hall: Hall, loudspeakers: Loudspeakers, speakers: Mapping[str, str]) -> None:
        """`speakers`: zone -> loudspeaker, as of `speakers_of`."""
        self._hall = hall
        self._loudspeakers = loudspeakers
        self._speakers = speakers
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._unheard: set[str] = set()
        """Tickets whose last announcement surely was not heard."""

    def hear(self, committed: Committed) -> None:
        """Take what a commit says down; the state is not looked at later."""
        for entry in committed.entries:
            for event in entry.events:
                if (job := self._job(committed.state, event)) is not None:
                    self._jobs.put_nowait(job)

    def ended(self, outcome: Outcome) -> None:
        """An announcement has ended; called by the loudspeakers."""
        if outcome.ticket is None:
            return
        if outcome.result == "played":
            self._unheard.discard(outcome.ticket)
        else:
            self._unheard.add(outcome.ticket)

    def unheard(self, ticket: str) -> bool:
        """Whether the ticket's last announcement ended without having been played: its clerk must know (没有播出)."""
        return ticket in self._unheard

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.step()

    async def step(self) -> None:
        """Do one job, waiting for it if there is none."""
        job = await self._jobs.get()
        try:
            await self._do(job)
        except Exception:
            # What can't be said must not keep the next from being said.
            log.exception("%s can't be announced on %s", job.ticket, job.speaker)

    async def _do(self, job: _Job) -> None:
        said = job.announcement
        if said is None or said.call.kind == "correction":
            await self._loudspeakers.cancel(job.speaker, job.ticket)
            if said is None or job.ticket in self._unheard:
                return
        self._unheard.discard(job.ticket)
        await self._loudspeakers.announce(job.speaker, said)

    def _job(self, state: HallDay, event: ev.AnyEvent) -> _Job | None:
        if isinstance(event, ev.TicketCalled | ev.TicketRecalled):
            kind = "call" if isinstance(event, ev.TicketCalled) else "recall"
            return self._say(state, event, kind, f"{state.day}-{event.call}")
        if isinstance(event, ev.CommandUndone) and event.what in ("call", "next"):
            return self._say(state, event, "correction", f"{state.day}-{event.window}-{event.at}")
        if isinstance(event, CALLED_AWAY):
            return _Job(self._speakers[state.windows[event.window].zone], event.ticket)
        return None

    def _say(
        self, state: HallDay, event: ev.TicketCalled | ev.TicketRecalled | ev.CommandUndone, kind: str, name: str
    ) -> _Job:
        ticket = state.tickets[event.ticket]
        letter = ticket.number.rstrip("0123456789")
        spoken, spoken_en = self._series(letter, ticket.zone)
        call = msgspec.convert(
            {
                "kind": kind,
                "group_spoken_zh": spoken,
                "group_en": spoken_en,
                "number_digits": ticket.number[len(letter) :],
                "letter": letter,
                "window_no": event.window,
                "priority": credit_of(state, ticket) > 0,
            },
            SpokenCall,
        )
        announcement = Announcement(
            id=name, ticket=ticket.id, call=call, expires_seconds=self._hall.settings.voice.expire_seconds
        )
        return _Job(self._speakers[state.windows[event.window].zone], ticket.id, announcement)

    def _series(self, letter: str, zone: str) -> tuple[str, str]:
        """The spoken name of a number's series, which a rerouted ticket keeps: else two numbers would sound alike."""
        if self._hall.settings.numbers.series == "group" and letter in self._hall.groups:
            group = self._hall.groups[letter]
            return group.spoken_zh, group.public_en or group.en
        found = next((z for z in self._hall.zones.values() if z.letter == letter), self._hall.zones[zone])
        return found.short_zh, found.en
