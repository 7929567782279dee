"""Cells (单元): what a channel shows, computed from the committed state. Pure.

Everything but the supervisor's is written for people who may look over a shoulder: numbers, groups by their public
names, windows, and of a person's class nothing more than 优先 or 预约. No matter, no paper, no clerk's note.
"""

from functools import cached_property

from onewindow.displays import holder
from onewindow.displays.channels import Channel, Kind
from onewindow.displays.holder import call_id
from onewindow.displays.notices import DAY_WORDS, notices, pause_words, resumes
from onewindow.displays.service import banner, heir, stopped
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase
from onewindow.views.clock import rfc3339
from onewindow.views.floor import zone_view
from onewindow.views.marks import MARK_EN, MARK_ZH, mark_of
from onewindow.views.ticket import View

STATE_WORDS = {
    "called": ("请办理", "Please come"),
    "recalled": ("重呼", "Called again"),
    "serving": ("办理中", "Serving"),
    "idle": ("请等候叫号", "Please wait"),
    "paused": ("暂停", "Paused"),
    "closed": ("未开放", "Closed"),
    "merged": ("业务请到", "Please go to"),
}
"""A window's states in words, as its strip shows them."""

ZONE_WORDS = {
    "called": ("请到窗口", "Please go"),
    "recalled": ("再次呼叫", "Called again"),
    "serving": ("办理中", "Serving"),
    "idle": ("空闲", "Free"),
    "paused": ("暂停", "Paused"),
    "closed": ("未开放", "Closed"),
    "merged": ("业务已并入", "Moved"),
}
"""The same on a zone's TV, where they stand beside the window."""

STANDING_WORDS = {
    "called": ("恢复后办理", "Later"),
    "recalled": ("恢复后办理", "Later"),
    "idle": ("暂停", "Paused"),
}
"""What stands there instead while service is suspended: nobody is to set out now."""


class Cells:
    """All that can be shown of one committed state. Made anew after each commit."""

    def __init__(self, state: HallDay) -> None:
        self.state = state

    @classmethod
    def since(cls, before: "Cells | None", state: HallDay) -> "Cells":
        """Those made since the last commit, if they are of this state: what they have gathered is gathered once."""
        return before if before is not None and before.state is state else cls(state)

    def keys(self, channel: Channel) -> tuple[str, ...]:
        """The keys that the channel may have; a cell may still be absent (None)."""
        hall = self.state.hall
        match channel.kind:
            case Kind.HALL:
                rows = [f"{what}/{no}" for no in hall.windows for what in ("window", "call")]
                return ("day", "service", "notice", *(f"zone/{code}" for code in hall.zones), *rows)
            case Kind.ZONE:
                return (
                    "day",
                    "service",
                    "notice",
                    "zone",
                    *(f"window/{no}" for no in hall.zones[channel.name].windows),
                )
            case Kind.WINDOW:
                return ("day", "service", "strip")
            case Kind.TICKET:
                return ("day", "service", "ticket", "passed")
            case Kind.SUPERVISOR:
                zones = (f"zone/{code}" for code in hall.zones)
                return ("day", "service", "totals", *zones, *(f"window/{no}" for no in hall.windows))

    def of(self, channel: Channel) -> dict[str, View | list[View]]:
        """The whole channel: what a fresh snapshot holds."""
        found = ((key, self.cell(channel, key)) for key in self.keys(channel))
        return {key: value for key, value in found if value is not None}

    def cell(self, channel: Channel, key: str) -> View | list[View] | None:
        """One cell's value; None: there is nothing to show there. Raises KeyError for a key it can't have."""
        what, _, name = key.partition("/")
        if what == "day":
            return self.day()
        if what == "service":
            return banner(self.state)
        if what == "notice":
            return self.notices(channel.name or None)
        if what == "zone":
            code = name or channel.name
            return zone_view(self.state, code) | {"stopped": stopped(self.state, code)}
        if what == "call":
            return self.call(name)
        if what == "window":
            return self.staffed(name) if channel.kind is Kind.SUPERVISOR else self.window(name)
        if what == "strip":
            return self.strip(channel.name)
        if what == "totals":
            return self.totals()
        if what in ("ticket", "passed"):
            return self.ticket(channel.name) if what == "ticket" else self.passed(channel.name)
        raise KeyError(key)

    # --- the hall ---

    def day(self) -> View:
        """The business day and its phase."""
        state = self.state
        zh, en = DAY_WORDS[state.phase]
        return {"day": state.day, "phase": state.phase.value, "zh": zh, "en": en}

    def notices(self, zone: str | None = None) -> list[View]:
        """The sentences for the foot, what is special today first; of one zone or of all."""
        return [{"zh": zh, "en": en} for zh, en in notices(self.state, zone)]

    def call(self, no: str) -> View | None:
        """The call that stands at a window: until the person has come, or is a no-show."""
        state = self.state
        ticket = self._at(no)
        if ticket is None or ticket.state is not TicketState.CALLED or ticket.call is None:
            return None
        zone = state.hall.zones[state.windows[no].zone]
        return {
            "id": call_id(state, ticket.call),
            "call": ticket.call,
            "number": ticket.number,
            "window": no,
            "zone": zone.code,
            "zone_zh": zone.short_zh,
            "hue": zone.hue,
            "group_zh": state.hall.groups[ticket.group].public_zh,
            "priority": (mark := mark_of(state, ticket)) == "priority",
            "recalled": ticket.recalls > 0,
            "since": rfc3339(state.hall, ticket.called_at or 0),
            "booked": mark == "booked",
        }

    def window(self, no: str) -> View:
        """A window as everybody sees it: its state, and the number that is called to it or served at it."""
        state = self.state
        window, static, ticket = state.windows[no], state.hall.windows[no], self._at(no)
        mark = mark_of(state, ticket) if ticket is not None else ""
        shown: View = {
            "no": no,
            "state": window_state(window.phase, ticket),
            "number": ticket.number if ticket is not None else "",
            "name_zh": static.public_zh or static.zh,
            "name_en": static.public_en,
            "call": call_id(state, ticket.call) if ticket is not None and ticket.call is not None else "",
            "priority": mark == "priority",
            "booked": mark == "booked",
            "reason_zh": "",
            "reason_en": "",
            "until": "",
            "into": "",
        }
        if window.phase is WindowPhase.CLOSED and (into := heir(state, no)) is not None:
            shown["state"], shown["into"] = "merged", into
        words = ZONE_WORDS[shown["state"]]
        if ticket is not None:
            group = state.hall.groups[ticket.group]
            first = bool(mark) and not serving(ticket)
            shown["name_zh"] = f"{MARK_ZH[mark]}·{group.public_zh}" if first else group.public_zh
            shown["name_en"] = f"{MARK_EN[mark]} · {group.public_en}" if first else group.public_en
            shown["since"] = rfc3339(state.hall, ticket.called_at or 0)
        if window.phase is WindowPhase.PAUSED:
            shown["reason_zh"], shown["reason_en"] = pause_words(state.hall, window.reason)
            shown["until"] = resumes(state, window.reason, window.since)
            words = shown["reason_zh"], shown["reason_en"]
            if until := shown["until"]:
                words = f"{words[0]}至 {until}", f"{words[1]} until {until}"
        if state.suspended is not None:
            words = STANDING_WORDS.get(shown["state"], words)
        shown["word_zh"], shown["word_en"] = words
        return shown

    def strip(self, no: str) -> View:
        """A window's LED strip: the window with its state in words."""
        shown = self.window(no)
        zh, en = STATE_WORDS[shown["state"]]
        if shown["reason_zh"]:
            zh, en = f"{zh} · {shown['reason_zh']}", f"{en} · {shown['reason_en']}"
        if shown["until"]:
            shown["name_zh"] = f"{shown['until']} 继续"
        if shown["into"]:
            shown["number"], shown["name_zh"] = f"→ {shown['into']}", f"{shown['into']} 号窗口"
        stop = banner(self.state)
        if self.state.suspended is not None and stop is not None and shown["state"] in STANDING_WORDS:
            # The number stays as it stands; nobody is to set out for it now.
            zh, _, shown["name_zh"] = stop["zh"].partition(" · ")
            shown["state"], en = "suspended", stop["en"]
        return shown | {"window": no, "state_zh": zh, "state_en": en}

    # --- the supervisor ---

    def staffed(self, no: str) -> View:
        """A window for the supervisor: with its clerk, whether help is wanted, and what it has done."""
        window = self.state.windows[no]
        return self.window(no) | {
            "state": window_state(window.phase, self._at(no)),
            "zone": window.zone,
            "kind": window.kind.value,
            "clerk": window.clerk,
            "help": window.help,
            "served": window.served,
            "held": len(window.held),
            "public": window.public,
            "pause_after": window.pause_after,
            "phase_since": rfc3339(self.state.hall, window.since) if window.since is not None else None,
            "ticket": window.ticket,
        }

    def totals(self) -> View:
        """How many tickets are in each state, and how many questions the desk has answered."""
        counts = dict.fromkeys((s.value for s in TicketState), 0)
        for ticket in self.state.tickets.values():
            counts[ticket.state.value] += 1
        return {**counts, "issued": len(self.state.tickets), "consults": self.state.consults}

    # --- a ticket's holder ---

    def ticket(self, name: str) -> View | None:
        """A ticket as its holder's phone follows it; None when it is not of this day."""
        ticket = self.state.tickets.get(name)
        return holder.holder_cell(self.state, ticket) if ticket is not None else None

    def passed(self, name: str) -> list[View] | None:
        """Who was called before this ticket at its windows though they had come later; None when it doesn't wait."""
        ticket = self.state.tickets.get(name)
        return holder.passed(self.state, ticket, self._called) if ticket is not None else None

    @cached_property
    def appointed(self) -> set[str]:
        """Zones where early visitors with an appointment wait: as its time passes they count before a newcomer."""
        tickets = self.state.tickets.values()
        return {t.zone for t in tickets if t.slot is not None and t.state is TicketState.WAITING}

    # --- inside ---

    @cached_property
    def _called(self) -> list[Ticket]:
        """The tickets that have been called, the last call first."""
        called = (t for t in self.state.tickets.values() if t.call is not None)
        return sorted(called, key=lambda t: t.call or 0, reverse=True)

    def _at(self, no: str) -> Ticket | None:
        name = self.state.windows[no].ticket
        return self.state.tickets[name] if name is not None else None


def serving(ticket: Ticket) -> bool:
    """Whether the person sits at the window."""
    return ticket.state is TicketState.SERVING


def window_state(phase: WindowPhase, ticket: Ticket | None) -> str:
    """A window's state on a screen: called, recalled, serving, idle, paused or closed."""
    if ticket is not None:
        if ticket.state is TicketState.CALLED:
            return "recalled" if ticket.recalls else "called"
        return "serving"
    return "idle" if phase is WindowPhase.OPEN else phase.value
