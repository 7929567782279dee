"""Random states and traces, driven through the core and through the kernel: what the twin's test compares."""

import random
from typing import Any

import msgspec

from onewindow.forecast.areas import Area, areas_of
from onewindow.forecast.model import Model, first_model
from onewindow.forecast.snapshot import Ground, Snapshot, snapshot
from onewindow.outlook.arrays import Arrays, arrays_of
from onewindow.outlook.kernel import run_path
from onewindow.outlook.world import BUSY
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, TicketState, WindowPhase
from onewindow.zones.model import Hall, WindowKind

OPENED = 1_795_480_200_000
"""2026-11-24 08:30 in the hall, ms."""
MINUTE = 60_000
UNTIL = 240 * MINUTE
CLASSES = ("standard", "standard", "standard", "elderly", "appointment")

Called = dict[str, tuple[int, str]]
"""Ticket -> (ms from the snapshot, window)."""


def patient(hall: Hall) -> Hall:
    """The hall, with held tickets that stay with their window: the kernel doesn't let time release them."""
    timing = msgspec.structs.replace(hall.settings.timing, held_release_minutes=1440)
    return msgspec.structs.replace(hall, settings=msgspec.structs.replace(hall.settings, timing=timing))


class Story:
    """A hall in some state, made by chance through the core's own commands."""

    def __init__(self, hall: Hall, seed: int) -> None:
        self.luck = random.Random(seed)
        self.state = HallDay(patient(hall), "2026-11-24")
        self.at = OPENED
        self.do(cmd.OpenDay(day="2026-11-24", hall_digest=""))
        areas = [area for area in areas_of(self.state).all if len(area.aims) > 3]
        self.area: Area = self.luck.choice(areas)
        self.aims = [a for a in self.area.aims if a.purpose == "handle" and a.matter is not None]
        self._past()

    def do(self, command: cmd.AnyCommand, at: int | None = None) -> tuple[ev.AnyEvent, ...]:
        done = execute(self.state, command, self.at if at is None else at)
        assert not isinstance(done, Refusal), (command, done.en)
        return done

    def issue(self, at: int | None = None, most: int = 3) -> list[str]:
        items = tuple(
            cmd.Item(matter=self.luck.choice(self.aims).matter)
            for _ in range(self.luck.choice([1, 1, 1, 2, 3][: most + 2]))
        )
        done = self.do(cmd.IssueTickets(items=items, applicant=self.luck.choice(CLASSES)), at)
        return [event.ticket for event in done if isinstance(event, ev.TicketIssued)]

    def _past(self) -> None:
        luck = self.luck
        windows = [no for no in self.area.windows if self.state.hall.windows[no].kind is not WindowKind.AGENT]
        opened = [no for no in windows if luck.random() < 0.8] or windows[:1]
        for no in opened:
            self.do(cmd.OpenWindow(window=no, clerk="li"))
        for _ in range(luck.randrange(5, 60)):
            self.at += luck.randrange(1, 60_000)
            self.issue()
            no = luck.choice(opened)
            window = self.state.windows[no]
            current = self.state.tickets[window.ticket] if window.ticket is not None else None
            if window.phase is not WindowPhase.OPEN:
                continue
            if current is None:
                self.do(cmd.CallNext(window=no))
            elif current.state is TicketState.CALLED:
                self.do(cmd.StartService(window=no))
            elif luck.random() < 0.3:
                able = [w for w in self.area.aims[_aim(current)] if w != no]
                if able and luck.random() < 0.5:
                    self.do(cmd.TransferTicket(window=no, to_window=luck.choice(able)))
                else:
                    self.do(cmd.FinishService(window=no))
            elif luck.random() < 0.1:
                self.do(cmd.PauseWindow(window=no, reason="lunch", after_current=True))
            waiting = [t for t in self.state.tickets.values() if t.line is not None and not t.away_used]
            if waiting and luck.random() < 0.1:
                self.do(cmd.StepAway(ticket=luck.choice(waiting).id))


def _aim(ticket: Any) -> Any:
    from onewindow.forecast.snapshot import key_of

    return key_of(ticket)


class Both:
    """One story's future, the same for both: breaks, lengths and arrivals are drawn once."""

    def __init__(self, hall: Hall, seed: int, model: Model | None = None) -> None:
        self.story = Story(hall, seed)
        luck, state = self.story.luck, self.story.state
        model = msgspec.structs.replace(model or first_model(hall), clears=luck.random() < 0.5)
        found = snapshot(state, Ground(state.hall, self.story.area, model), self.story.at)
        self.snapshot: Snapshot = msgspec.structs.replace(
            found, windows=tuple(msgspec.structs.replace(w, breaks=self._breaks(w, found.at)) for w in found.windows)
        )
        self.arrays: Arrays = arrays_of(self.snapshot, 300)
        n = self.arrays.world.tickets
        trace, aims = self.arrays.trace, self.story.aims
        coarse = luck.choice([1, 1000, 30_000])
        lengths = [coarse * luck.randrange(1, 900_000 // coarse + 2) for _ in range(n + 150)]
        self.entries: list[tuple[int, int, Any, str]] = []
        for at, i in zip(self.arrays.chances.away_at, self.arrays.chances.away_ticket, strict=True):
            self.entries.append((int(at), int(i), None, ""))
        now = 0
        for j in range(luck.randrange(0, 150)):
            now += coarse * luck.randrange(0, 120_000 // coarse + 1)
            self.entries.append((now, n + j, luck.choice(aims), luck.choice(CLASSES)))
        self.entries.sort(key=lambda entry: (entry[0], entry[1]))
        places = {no: place for place, no in enumerate(self.story.area.windows)}
        for i, length in enumerate(lengths):
            trace.t_lasts[i] = length
        for at, i, aim, applicant in self.entries:
            if aim is not None:
                trace.t_set[i] = self.arrays.sets.index(tuple(sorted(places[w] for w in self.story.area.aims[aim])))
                known = state.hall.applicant(applicant)
                assert known is not None
                trace.t_credit[i] = self.snapshot.credits.index(round(known.credit_minutes * 60_000))
                trace.t_seniority[i] = at
                trace.t_work[i] = self.story.area.minutes[aim]
        for place, (at, i, _, _) in enumerate(self.entries):
            trace.entry_at[place], trace.entry_ticket[place] = at, i
        for w in range(self.arrays.world.windows):
            trace.w_until[w] = coarse * luck.randrange(0, 600_000 // coarse + 1)

    def _breaks(self, window: Any, at: int) -> tuple[tuple[int, int], ...]:
        luck = self.story.luck
        if window.breaks and window.breaks[0][0] <= at:
            return tuple(window.breaks[:1])
        if not window.open or luck.random() < 0.5:
            return ()
        start = at + luck.randrange(1, 60 * MINUTE)
        return ((start, start + luck.randrange(1, 60 * MINUTE)),)

    def kernel(self, arrays: Arrays | None = None) -> Called:
        """What the kernel says."""
        world, _, trace, room, _, _ = arrays or self.arrays
        run_path(world, trace, len(self.entries), room, UNTIL, 0)
        names = [t.id for t in self.snapshot.tickets]
        names += [f"+{i}" for i in range(len(names), len(names) + 150)]
        return {
            names[i]: (int(room.called_at[i]), self.snapshot.windows[room.called_by[i]].no)
            for i in range(len(names))
            if room.called_at[i] >= 0
        }

    def core(self) -> Called:
        """What the core does with the same future."""
        return CoreDrive(self).run()


class CoreDrive:
    """The core, driven from the snapshot on: services end, breaks begin and end, tickets come, in this order."""

    def __init__(self, both: Both) -> None:
        self.both = both
        self.state = both.story.state
        self.base = both.snapshot.at
        self.windows = [w.no for w in both.snapshot.windows]
        self.lasts = {t.id: int(both.arrays.trace.t_lasts[i]) for i, t in enumerate(both.snapshot.tickets)}
        self.until = {
            no: int(both.arrays.trace.w_until[w])
            for w, no in enumerate(self.windows)
            if both.arrays.world.w_state[w] == BUSY
        }
        self.breaks = {w.no: [(s - self.base, e - self.base) for s, e in w.breaks] for w in both.snapshot.windows}
        self.idle = {w.no: w.idle_since - self.base for w in both.snapshot.windows if w.open and not w.busy}
        self.names: dict[str, str] = {}
        self.called: Called = {}
        self.clears = {w.no: w.clears for w in both.snapshot.windows}

    def do(self, command: cmd.AnyCommand, now: int) -> tuple[ev.AnyEvent, ...]:
        done = self.both.story.do(command, self.base + now)
        for event in done:
            if isinstance(event, ev.TicketCalled):
                self.called[self.names.get(event.ticket, event.ticket)] = (now, event.window)
                self.until[event.window] = now + self.lasts[event.ticket]
                self.idle.pop(event.window, None)
        return done

    def run(self) -> Called:
        coming = 0
        entries = self.both.entries
        while True:
            found = [(at, 0, self.windows.index(no)) for no, at in self.until.items()]
            for w, no in enumerate(self.windows):
                if no not in self.until and self.breaks[no]:
                    start, end = self.breaks[no][0]
                    found.append((start, 1, w) if self.state.windows[no].phase is WindowPhase.OPEN else (end, 2, w))
            if coming < len(entries):
                found.append((entries[coming][0], 3, coming))
            if not found or min(found)[0] > UNTIL:
                return self.called
            now, what, which = min(found)
            if what == 0:
                self.finish(self.windows[which], now)
            elif what == 1:
                self.do(cmd.PauseWindow(window=self.windows[which], reason="lunch"), now)
                self.idle.pop(self.windows[which], None)
            elif what == 2:
                no = self.windows[which]
                self.breaks[no].pop(0)
                self.do(cmd.OpenWindow(window=no, clerk="li"), now)
                self.call(no, now)
            else:
                self.come(coming, now)
                coming += 1

    def call(self, no: str, now: int, finish: bool = False) -> None:
        self.do(cmd.CallNext(window=no, finish=finish), now)
        if self.state.windows[no].ticket is None and self.state.windows[no].phase is WindowPhase.OPEN:
            self.idle[no] = now

    def finish(self, no: str, now: int) -> None:
        del self.until[no]
        breaks = self.breaks[no]
        while breaks and breaks[0][1] <= now:
            breaks.pop(0)
        due = bool(breaks) and breaks[0][0] <= now
        window = self.state.windows[no]
        mates: list[str] = []
        if window.ticket is not None:
            ticket = self.state.tickets[window.ticket]
            mates = [t for t in self.state.visits[ticket.visit].tickets if t != ticket.id]
            if ticket.state is TicketState.CALLED:
                self.do(cmd.StartService(window=no), now)
            if window.pause_after and (self.clears[no] or not due):
                self.do(cmd.OpenWindow(window=no, clerk="li"), now)
            if due and not self.clears[no]:
                if not window.pause_after:
                    self.do(cmd.PauseWindow(window=no, reason="lunch", after_current=True), now)
                self.do(cmd.FinishService(window=no), now)
            else:
                self.call(no, now, finish=True)
        elif due and not self.clears[no]:
            self.do(cmd.PauseWindow(window=no, reason="lunch"), now)
        else:
            self.call(no, now)
        if due and no in self.idle:
            self.do(cmd.PauseWindow(window=no, reason="lunch"), now)
            del self.idle[no]
        for name in mates:
            self.offer(name, now)

    def come(self, which: int, now: int) -> None:
        _, i, aim, applicant = self.both.entries[which]
        if aim is None:
            name = self.both.snapshot.tickets[i].id
            self.do(cmd.Tick(), now)
        else:
            done = self.do(cmd.IssueTickets(items=(cmd.Item(matter=aim.matter),), applicant=applicant), now)
            name = next(event.ticket for event in done if isinstance(event, ev.TicketIssued))
            self.names[name] = f"+{i}"
            self.lasts[name] = int(self.both.arrays.trace.t_lasts[i])
        self.offer(name, now)

    def offer(self, name: str, now: int) -> None:
        kinds = self.state.hall.windows
        while (line := self.state.tickets[name].line) is not None:
            idle = [no for no in self.idle if no in line]
            if not idle:
                return
            first = min(
                idle,
                key=lambda no: (kinds[no].kind is WindowKind.COMPREHENSIVE, self.idle[no], self.windows.index(no)),
            )
            self.call(first, now)
