"""The announcer (播报员): turns the hall's commits into announcements, each on one loudspeaker, in their order.

A call is said in the zone of its window; zones that share a loudspeaker share its sequence. A ticket whose person has
come needs no more calling. An undone call is corrected aloud only when it may have been heard. Where the people of a
merged window go is said once in its zone, if there are any.

While service is suspended nobody is called: what waits to be said is withdrawn. When it goes on, that is said once,
and then the calls that still stand and that nobody has heard, so that none is lost and none rings late.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping

import msgspec

from onewindow.queue import events as ev
from onewindow.queue.state import HallDay, Ticket, TicketState
from onewindow.runtime.feed import Committed
from onewindow.views.clock import local
from onewindow.views.marks import mark_of
from onewindow.voice.announcement import Announcement
from onewindow.voice.clips.script import Names
from onewindow.voice.items import WITHDRAWN, Outcome
from onewindow.voice.speakers import Loudspeakers
from onewindow.voice.standby import Standby
from onewindow.voice.style import Level, Style, Templates
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


def levels_of(hall: Hall, speakers: Mapping[str, str]) -> dict[str, Level]:
    """Each loudspeaker's style and volume: its first zone's, in the order of the files, else the hall's."""
    settings = hall.settings.voice
    style = style_of(settings)
    levels: dict[str, Level] = {}
    for code, zone in hall.zones.items():
        levels.setdefault(
            speakers[code],
            Level(
                style=msgspec.structs.replace(style, rate=settings.rate if zone.rate is None else zone.rate),
                volume=settings.volume if zone.volume is None else zone.volume,
            ),
        )
    return levels


def quiet_at(hall: Hall, now: int) -> int | None:
    """How loud it may be at most at `now` (ms), per cent; None outside quiet hours (静音时段)."""
    settings = hall.settings.voice
    if not settings.quiet:
        return None
    clock = local(hall, now)
    minute = 60 * clock.hour + clock.minute
    hushed = any(session.start_minute <= minute < session.end_minute for session in settings.quiet)
    return settings.quiet_volume if hushed else None


def templates_of(settings: VoiceSettings) -> Templates:
    """The hall's own sentences; an English recall is said as a call."""
    return Templates(
        call_zh=settings.call_zh,
        call_en=settings.call_en,
        recall_zh=settings.recall_zh,
        recall_en=settings.call_en,
        correction_zh=settings.correction_zh,
        correction_en=settings.correction_en,
        merged_zh=settings.merged_zh,
        merged_en=settings.merged_en,
        resumed_zh=settings.resumed_zh,
        resumed_en=settings.resumed_en,
    )


def series_names(hall: Hall, letter: str, zone: str) -> tuple[str, str]:
    """The spoken Chinese and English name of a number's series, which a rerouted ticket keeps.

    Else two numbers would sound alike. `zone`: the ticket's, for a letter that nobody knows.
    """
    if hall.settings.numbers.series == "group" and letter in hall.groups:
        group = hall.groups[letter]
        return group.spoken_zh, group.public_en or group.en
    found = next((z for z in hall.zones.values() if z.letter == letter), hall.zones[zone])
    return found.short_zh, found.en


def names_of(hall: Hall) -> Names:
    """What the hall's calls may name: the script of a pack is made of it."""
    if hall.settings.numbers.series == "group":
        letters = [(group.letter, group.zone) for group in hall.groups.values()]
    else:
        letters = [(zone.letter, zone.code) for zone in hall.zones.values()]
    series = dict.fromkeys(series_names(hall, letter, zone) for letter, zone in letters)
    return Names(series=tuple(series), windows=tuple(hall.windows))


class _Job(msgspec.Struct, frozen=True):
    """Something to be done on a loudspeaker."""

    speaker: str
    ticket: str | None = None
    announcement: Announcement | None = None
    """None: the ticket needs no more calling; without a ticket, nobody does at the moment."""
    standing: tuple[Announcement, ...] = ()
    """Calls that stand as service goes on: those that nobody has heard are said after it."""


class Announcer:
    """Hears commits and keeps the loudspeakers in work. Loop-only; `run` it as a task."""

    def __init__(self, hall: Hall, loudspeakers: Loudspeakers, speakers: Mapping[str, str]) -> None:
        """`speakers`: zone -> loudspeaker, as of `speakers_of`."""
        self._hall = hall
        self._loudspeakers = loudspeakers
        self._speakers = speakers
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._stands_by = False
        self._standby = Standby[_Job](hall.settings.voice.expire_seconds)
        self._unheard: set[str] = set()
        """Tickets whose last announcement surely was not heard."""
        self._notices: dict[str, _Job] = {}
        """What was said to nobody in particular and has not ended, by its id."""
        self._kept: list[_Job] = []
        """Those of them that a suspension has withdrawn, until service goes on."""

    def hear(self, committed: Committed) -> None:
        """Take what a commit says down; the state is not looked at later."""
        for entry in committed.entries:
            for event in entry.events:
                for job in self._jobs_of(committed.state, event):
                    if self._stands_by:
                        self._standby.keep(job.announcement.id if job.announcement is not None else "", job)
                    else:
                        self._jobs.put_nowait(job)

    def lead(self) -> None:
        """Have things said from now on, beginning with what the process before may not have said."""
        self._stands_by = False
        for at, job in self._standby.take():
            self._jobs.put_nowait(job if job.announcement is None else _called_at(job, job.announcement, at))

    def stand_by(self) -> None:
        """Another process has things said."""
        self._stands_by = True
        while not self._jobs.empty():
            job = self._jobs.get_nowait()
            self._standby.keep(job.announcement.id if job.announcement is not None else "", job)

    def take_up(self, state: HallDay) -> None:
        """Begin with this state: after a power cut nobody knows what was still heard, so what stands is said again.

        To be called once, at the start; a restart that was no outage says nothing.
        """
        last = state.stops[-1] if state.stops else None
        if state.suspended is not None or last is None or last.kind != "outage" or last.until != state.last_at:
            return
        for job in self._resumption(state, state.last_at):
            self._unheard.update(call.ticket for call in job.standing if call.ticket is not None)
            self._jobs.put_nowait(job)

    def ended(self, outcome: Outcome) -> None:
        """An announcement has ended; called by the loudspeakers, or told by the process that has things said."""
        self._standby.ended(outcome.id)
        if outcome.ticket is None:
            notice = self._notices.pop(outcome.id, None)
            if notice is not None and outcome.reason == WITHDRAWN:
                self._kept.append(notice)
            return
        if outcome.result == "played":
            self._unheard.discard(outcome.ticket)
        elif not outcome.anew:
            self._unheard.add(outcome.ticket)

    def unheard(self, ticket: str) -> bool:
        """Whether the ticket's last announcement ended without having been played: its clerk must know (没有播出)."""
        return ticket in self._unheard

    @property
    def waiting(self) -> int:
        """How many jobs are to be done."""
        return self._jobs.qsize()

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
            log.exception("%s can't be announced on %s", job.ticket or job.announcement, job.speaker)

    async def _do(self, job: _Job) -> None:
        said = job.announcement
        if said is None and job.ticket is None:
            await self._loudspeakers.withdraw(job.speaker)
            return
        if job.ticket is not None and (said is None or said.call.kind == "correction"):
            await self._loudspeakers.cancel(job.speaker, job.ticket)
            if job.ticket in self._unheard:
                return
        if said is not None:
            await self._announce(job.speaker, said)
        if said is not None and said.call.kind == "resumed":
            await self._go_on(job)

    async def _announce(self, speaker: str, said: Announcement) -> None:
        if said.ticket is None:
            self._notices[said.id] = _Job(speaker, announcement=said)
        else:
            self._unheard.discard(said.ticket)
        await self._loudspeakers.announce(speaker, said)

    async def _go_on(self, job: _Job) -> None:
        """Say what the suspension has kept back: notices, then the calls that stand and that nobody has heard."""
        assert job.announcement is not None
        kept = [notice.announcement for notice in self._kept if notice.speaker == job.speaker]
        self._kept = [notice for notice in self._kept if notice.speaker != job.speaker]
        for said in kept:
            if said is not None and said.call.kind != "resumed":
                # Under another name: the withdrawn one has ended.
                name = f"{said.id}-{job.announcement.id}"
                await self._announce(job.speaker, msgspec.structs.replace(said, id=name))
        for said in job.standing:
            if said.ticket in self._unheard:
                await self._announce(job.speaker, said)

    def _jobs_of(self, state: HallDay, event: ev.AnyEvent) -> Iterable[_Job]:
        if isinstance(event, ev.TicketCalled | ev.TicketRecalled):
            kind = "call" if isinstance(event, ev.TicketCalled) else "recall"
            yield self._say(state, state.tickets[event.ticket], event.window, kind, f"{state.day}-{event.call}")
        elif isinstance(event, ev.CommandUndone) and event.what in ("call", "next"):
            name = f"{state.day}-{event.window}-{event.at}"
            yield self._say(state, state.tickets[event.ticket], event.window, "correction", name)
        elif isinstance(event, CALLED_AWAY):
            yield _Job(self._speakers[state.windows[event.window].zone], event.ticket)
        elif isinstance(event, ev.WindowMerged):
            yield from self._merged(state, event)
        elif isinstance(event, ev.ServiceSuspended):
            yield from (_Job(speaker) for speaker in self._all())
        elif isinstance(event, ev.ServiceResumed):
            yield from self._resumption(state, event.at)

    def _all(self) -> tuple[str, ...]:
        """The loudspeakers, each once, however many zones it serves."""
        return tuple(dict.fromkeys(self._speakers.values()))

    def _merged(self, state: HallDay, event: ev.WindowMerged) -> Iterable[_Job]:
        """Where the window's people go, if that concerns anybody."""
        if not event.tickets:
            return
        call = SpokenCall(kind="merged", window_no=event.window, into_no=event.into)
        said = self._notice(f"{state.day}-merged-{event.window}-{event.at}", call)
        yield _Job(self._speakers[state.windows[event.window].zone], announcement=said)

    def _resumption(self, state: HallDay, at: int) -> Iterable[_Job]:
        """That calling goes on, said once on each loudspeaker, with the calls that stand there."""
        standing: dict[str, list[Announcement]] = {speaker: [] for speaker in self._all()}
        for window in state.windows.values():
            ticket = state.tickets[window.ticket] if window.ticket is not None else None
            if ticket is not None and ticket.state is TicketState.CALLED:
                kind = "recall" if ticket.recalls else "call"
                job = self._say(state, ticket, window.no, kind, f"{state.day}-{ticket.call}-{at}")
                assert job.announcement is not None
                standing[job.speaker].append(job.announcement)
        for speaker, calls in standing.items():
            said = self._notice(f"{state.day}-resumed-{at}-{speaker}", SpokenCall(kind="resumed"))
            yield _Job(speaker, announcement=said, standing=tuple(calls))

    def _notice(self, name: str, call: SpokenCall) -> Announcement:
        expires = self._hall.settings.voice.expire_seconds
        return Announcement(id=name, ticket=None, call=call, expires_seconds=expires)

    def _say(self, state: HallDay, ticket: Ticket, window: str, kind: str, name: str) -> _Job:
        letter = ticket.number.rstrip("0123456789")
        spoken, spoken_en = series_names(self._hall, letter, ticket.zone)
        call = msgspec.convert(
            {
                "kind": kind,
                "group_spoken_zh": spoken,
                "group_en": spoken_en,
                "number_digits": ticket.number[len(letter) :],
                "letter": letter,
                "window_no": window,
                "priority": mark_of(state, ticket) == "priority",
            },
            SpokenCall,
        )
        announcement = Announcement(
            id=name, ticket=ticket.id, call=call, expires_seconds=self._hall.settings.voice.expire_seconds
        )
        return _Job(self._speakers[state.windows[window].zone], ticket.id, announcement)


def _called_at(job: _Job, said: Announcement, at: float) -> _Job:
    """The job as of the time at which it was to be said first."""
    return msgspec.structs.replace(job, announcement=msgspec.structs.replace(said, called_at=at))
