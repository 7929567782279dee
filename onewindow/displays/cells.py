"""Cells (单元): what a channel shows, computed from the committed state. Pure.

Everything but the supervisor's is written for people who may look over a shoulder: numbers, groups by their public
names, windows, and of a person's class nothing more than 优先. No matter, no paper, no clerk's note.
"""

from functools import cached_property
from hashlib import sha256
from itertools import islice, takewhile

from onewindow.displays.channels import Channel, Kind
from onewindow.queue.capability import credit_of, windows_of
from onewindow.queue.decide_desk import ahead_of
from onewindow.queue.standing import waits_for
from onewindow.queue.state import ALIVE, DayPhase, HallDay, Ticket, TicketState, WindowPhase
from onewindow.queue.words import TICKET_EN, TICKET_ZH
from onewindow.routing.reasons import reason
from onewindow.views.clock import hhmm, local, rfc3339
from onewindow.views.floor import zone_view
from onewindow.views.ticket import View, shown_windows, wait_of, wait_view
from onewindow.zones.model import Hall

PASSED = 6
"""How many of those who went first a phone is told."""

STATE_WORDS = {
    "called": ("请办理", "Please come"),
    "recalled": ("重呼", "Called again"),
    "serving": ("办理中", "Serving"),
    "idle": ("请等候叫号", "Please wait"),
    "paused": ("暂停", "Paused"),
    "closed": ("未开放", "Closed"),
}
"""A window's states in words, as its strip shows them."""

ZONE_WORDS = {
    "called": "请到窗口",
    "recalled": "再次呼叫",
    "serving": "办理中",
    "idle": "空闲",
    "paused": "暂停",
    "closed": "未开放",
}
"""The same on a zone's TV, where they stand beside the window."""

DAY_WORDS = {
    DayPhase.BEFORE: "今天尚未开始",
    DayPhase.OPEN: "",
    DayPhase.CLOSING: "今日已停止取号，已取号的来宾继续办理",
    DayPhase.CLOSED: "今日办理已结束",
}
"""What the foot of the screens says of the day's phase."""


def call_id(state: HallDay, call: int) -> str:
    """A call's id beyond its day, for example "20261124-17"; a recall has another one."""
    return f"{state.day.replace('-', '')}-{call}"


class Cells:
    """All that can be shown of one committed state. Made anew for each state that is looked at."""

    def __init__(self, state: HallDay) -> None:
        self.state = state

    def keys(self, channel: Channel) -> tuple[str, ...]:
        """The keys that the channel may have; a cell may still be absent (None)."""
        hall = self.state.hall
        match channel.kind:
            case Kind.HALL:
                rows = [f"{what}/{no}" for no in hall.windows for what in ("window", "call")]
                return ("day", "notice", *(f"zone/{code}" for code in hall.zones), *rows)
            case Kind.ZONE:
                return ("day", "notice", "zone", *(f"window/{no}" for no in hall.zones[channel.name].windows))
            case Kind.WINDOW:
                return ("day", "strip")
            case Kind.TICKET:
                return ("day", "ticket", "passed")
            case Kind.SUPERVISOR:
                zones = (f"zone/{code}" for code in hall.zones)
                return ("day", "totals", *zones, *(f"window/{no}" for no in hall.windows))

    def of(self, channel: Channel) -> dict[str, View | list[View] | list[str]]:
        """The whole channel: what a fresh snapshot holds."""
        found = ((key, self.cell(channel, key)) for key in self.keys(channel))
        return {key: value for key, value in found if value is not None}

    def cell(self, channel: Channel, key: str) -> View | list[View] | list[str] | None:
        """One cell's value; None: there is nothing to show there. Raises KeyError for a key it can't have."""
        what, _, name = key.partition("/")
        if what == "day":
            return self.day()
        if what == "notice":
            return self.notices()
        if what == "zone":
            return zone_view(self.state, name or channel.name)
        if what == "call":
            return self.call(name)
        if what == "window":
            return self.staffed(name) if channel.kind is Kind.SUPERVISOR else self.window(name)
        if what == "strip":
            return self.strip(channel.name)
        if what == "totals":
            return self.totals()
        if what == "ticket":
            return self.ticket(channel.name)
        if what == "passed":
            return self.passed(channel.name)
        raise KeyError(key)

    # --- the hall ---

    def day(self) -> View:
        """The business day and its phase."""
        state = self.state
        return {"day": state.day, "phase": state.phase.value, "zh": DAY_WORDS[state.phase]}

    def notices(self) -> list[str]:
        """The sentences for the foot, what is special today first."""
        state = self.state
        said = [DAY_WORDS[state.phase]] if DAY_WORDS[state.phase] else []
        paused: dict[tuple[str, str], list[str]] = {}
        for no, window in state.windows.items():
            if window.phase is WindowPhase.PAUSED:
                until = resumes(state, window.reason, window.since)
                paused.setdefault((window.reason, until), []).append(no)
        for (code, until), numbers in paused.items():
            when = f"{until} " if until else "稍后"
            said.append(f"{'、'.join(numbers)} 号窗口{pause_words(state.hall, code)[0]}，{when}继续")
        return [*said, *state.hall.settings.notices_zh]

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
            "priority": credit_of(state, ticket) > 0,
            "recalled": ticket.recalls > 0,
            "since": rfc3339(state.hall, ticket.called_at or 0),
        }

    def window(self, no: str) -> View:
        """A window as everybody sees it: its state, and the number that is called to it or served at it."""
        state = self.state
        window, static, ticket = state.windows[no], state.hall.windows[no], self._at(no)
        shown: View = {
            "no": no,
            "state": window_state(window.phase, ticket),
            "number": ticket.number if ticket is not None else "",
            "name_zh": static.public_zh or static.zh,
            "call": call_id(state, ticket.call) if ticket is not None and ticket.call is not None else "",
            "priority": ticket is not None and credit_of(state, ticket) > 0,
            "reason_zh": "",
            "reason_en": "",
            "until": "",
        }
        shown["word_zh"] = ZONE_WORDS[shown["state"]]
        if ticket is not None:
            group_zh = state.hall.groups[ticket.group].public_zh
            shown["name_zh"] = f"优先 · {group_zh}" if shown["priority"] and not serving(ticket) else group_zh
            shown["since"] = rfc3339(state.hall, ticket.called_at or 0)
        if window.phase is WindowPhase.PAUSED:
            shown["reason_zh"], shown["reason_en"] = pause_words(state.hall, window.reason)
            shown["until"] = resumes(state, window.reason, window.since)
            shown["word_zh"] = f"{shown['reason_zh']}至 {shown['until']}" if shown["until"] else shown["reason_zh"]
        return shown

    def strip(self, no: str) -> View:
        """A window's LED strip: the window with its state in words."""
        shown = self.window(no)
        zh, en = STATE_WORDS[shown["state"]]
        if shown["reason_zh"]:
            zh, en = f"{zh} · {shown['reason_zh']}", f"{en} · {shown['reason_en']}"
        if shown["until"]:
            shown["name_zh"] = f"{shown['until']} 继续"
        return shown | {"window": no, "state_zh": zh, "state_en": en}

    # --- the supervisor ---

    def staffed(self, no: str) -> View:
        """A window for the supervisor: with its clerk, whether help is wanted, and what it has done."""
        window = self.state.windows[no]
        return self.window(no) | {
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
        state, ticket = self.state, self.state.tickets.get(name)
        if ticket is None:
            return None
        group, zone = state.hall.groups[ticket.group], state.hall.zones[ticket.zone]
        windows, is_open = shown_windows(state, ticket)
        waiting = ticket.state is TicketState.WAITING
        at_window = ticket.state in (TicketState.CALLED, TicketState.SERVING)
        busy = state.visits[ticket.visit].busy
        return {
            "number": ticket.number,
            "zone": ticket.zone,
            "zone_zh": zone.short_zh,
            "hue": zone.hue,
            "group_zh": group.public_zh,
            "group_en": group.public_en or group.en,
            "state": ticket.state.value,
            "state_zh": TICKET_ZH[ticket.state],
            "state_en": TICKET_EN[ticket.state],
            "window": ticket.window if at_window else None,
            "call": call_id(state, ticket.call) if at_window and ticket.call is not None else "",
            "since": rfc3339(state.hall, ticket.called_at) if at_window and ticket.called_at else None,
            "recalled": at_window and ticket.recalls > 0,
            "priority": credit_of(state, ticket) > 0,
            "windows": windows,
            "open": is_open,
            "ahead": ahead_of(state, ticket) if waiting else 0,
            "wait": wait_view(wait_of(state, ticket)),
            "issued": hhmm(state.hall, ticket.issued_at),
            "away_until": hhmm(state.hall, ticket.away_until) if ticket.away_until else None,
            "after": [t.number for t in waits_for(state, ticket)],
            "elsewhere": state.tickets[busy].number if waiting and busy is not None else None,
            "can_step_away": waiting and ticket.away_until is None and not ticket.away_used,
            "can_return": ticket.away_until is not None or ticket.state in (TicketState.NO_SHOW, TicketState.HELD),
            "can_cancel": ticket.state in (TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW),
            "alive": ticket.state in ALIVE or ticket.state is TicketState.NO_SHOW,
            **lead(state, ticket),
            "why": self._own_reason(ticket),
            "papers": papers_mark(ticket),
        }

    def passed(self, name: str) -> list[View] | None:
        """Who was called before this ticket at its windows though they had come later, and why, newest first."""
        state, mine = self.state, self.state.tickets.get(name)
        if mine is None or mine.state is not TicketState.WAITING:
            return None
        windows = windows_of(state, mine)
        since = takewhile(lambda t: (t.called_at or 0) >= mine.issued_at, self._called)
        found = islice((t for t in since if t.window in windows and _after(t, mine)), PASSED)
        return [
            {
                "number": t.number,
                "window": t.window,
                "at": hhmm(state.hall, t.first_called_at or 0),
                "zh": passed_words(t),
            }
            for t in found
        ]

    # --- inside ---

    @cached_property
    def _called(self) -> list[Ticket]:
        """The tickets that have been called, the last call first."""
        called = (t for t in self.state.tickets.values() if t.call is not None)
        return sorted(called, key=lambda t: t.call or 0, reverse=True)

    def _at(self, no: str) -> Ticket | None:
        name = self.state.windows[no].ticket
        return self.state.tickets[name] if name is not None else None

    def _own_reason(self, ticket: Ticket) -> str | None:
        if ticket.why is None or ticket.state not in (TicketState.CALLED, TicketState.SERVING):
            return None
        if ticket.why.term == "clerk":
            return "指定叫号，已记录。"  # The clerk's own words may name a class.
        return reason(ticket.why, lambda at: hhmm(self.state.hall, at)).zh


def lead(state: HallDay, ticket: Ticket) -> View:
    """The sentence under a ticket's number on its phone: where it stands, or what to do now."""
    busy = state.visits[ticket.visit].busy
    zh, en = TICKET_ZH[ticket.state], TICKET_EN[ticket.state]
    match ticket.state:
        case TicketState.CALLED:
            zh, en = f"请到 {ticket.window} 号窗口", f"Please go to window {ticket.window}"
        case TicketState.SERVING:
            zh, en = f"正在 {ticket.window} 号窗口办理", f"Being served at window {ticket.window}"
        case TicketState.WAITING if ticket.away_until is not None:
            until = hhmm(state.hall, ticket.away_until)
            zh, en = f"已暂离，请在 {until} 前回来", f"You stepped out; be back by {until}"
        case TicketState.WAITING if busy is not None:
            other = state.tickets[busy].number
            zh, en = (
                f"您的 {other} 正在办理，本号次序保留",
                f"{other} of yours is being served; this one keeps its place",
            )
        case TicketState.WAITING if first := waits_for(state, ticket):
            others = [t.number for t in first]
            zh, en = f"先办 {'、'.join(others)}，办完轮到本号", f"{', '.join(others)} first, then this one"
        case TicketState.WAITING:
            ahead = ahead_of(state, ticket)
            zh, en = (f"前面 {ahead} 人", f"{ahead} ahead of you") if ahead else ("下一位就是您", "You are next")
        case TicketState.HELD if ticket.choice == "tomorrow":
            zh, en = "转下一个工作日，到时凭此号在导询台换号", "Moved to the next working day"
        case TicketState.HELD:
            zh, en = "已挂起，备齐后回到窗口或导询台", "On hold; come back when you have everything"
        case TicketState.NO_SHOW:
            zh, en = "已过号，请尽快找导询台，不用重新取号", "You were missed; see the guide desk soon"
    return {"lead_zh": zh, "lead_en": en}


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


def pause_words(hall: Hall, code: str) -> tuple[str, str]:
    """A pause's reason in Chinese and English; the plain word for one that the hall's files don't have."""
    found = next((r for r in hall.settings.pause_reasons if r.code == code), None)
    return (found.zh, found.en) if found is not None else STATE_WORDS["paused"]


def resumes(state: HallDay, reason_code: str, since: int | None) -> str:
    """When a window at lunch goes on, "13:30": the start of the next session; empty for other pauses."""
    if reason_code != "lunch" or since is None:
        return ""
    began = local(state.hall, since)
    minute = began.hour * 60 + began.minute
    starts = (s.start_minute for s in state.hall.settings.sessions)
    start = next((s for s in starts if s > minute), None)
    return "" if start is None else f"{start // 60:02}:{start % 60:02}"


def papers_mark(ticket: Ticket) -> str:
    """Changes when the ticket's matters change, so that the phone fetches its papers anew; says nothing else."""
    return sha256("\n".join((ticket.id, ticket.matter or "", *ticket.more)).encode()).hexdigest()[:8]


def passed_words(ticket: Ticket) -> str:
    """Why a later ticket was called first, in words that tell nothing of its person but 优先."""
    term = ticket.why.term if ticket.why is not None else "clerk"
    return {
        "credit": "优先",
        "both": "优先",
        "head_start": "只有综合窗口能办",
        "held": "先前已在窗口办理，补齐后继续",
        "clerk": "指定叫号，理由已记录",
    }.get(term, "按号先到，或您的事项不在该窗口优先序内" if term == "rule" else "该窗口可办的最早一位")


def _after(other: Ticket, mine: Ticket) -> bool:
    """Whether `other` had come later than `mine`."""
    return (other.seniority, other.order) > (mine.seniority, mine.order)
