"""The slip (小票): what is printed when a ticket is issued, as content; pictures and pages are made from it.

Everything on it is as it was at the time of issue, which it carries: a reprint says the same. It is a paper that may
lie about, so the class is not on it, only 优先.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from onewindow.guide_desk.way import Way, way_to
from onewindow.queue.capability import credit_of, windows_of
from onewindow.queue.commands import Wait
from onewindow.queue.standing import waits_for
from onewindow.queue.state import HallDay, Ticket
from onewindow.views.clock import local
from onewindow.views.ticket import shown_windows
from onewindow.zones.model import Frozen, Hall

MOST_PAPERS: Final = 8
"""Papers that a slip lists; of longer lists it says how many more there are."""
HANDLE: Final = "handle"


class Slip(Frozen, frozen=True, kw_only=True):
    """The content of one slip (小票内容), in the order in which it is read."""

    ticket: str
    hall_zh: str
    hall_en: str
    number: str
    group_zh: str
    group_en: str
    zone_zh: str
    zone_en: str
    priority: bool
    """Shows 优先, and nothing more of the class."""
    purpose_zh: str
    """Empty for the ordinary purpose, to handle a matter."""
    purpose_en: str
    copies: int
    """All folders, those of later turns too."""
    per_turn: int
    windows: tuple[str, ...]
    open: bool
    """False: no window for it is open yet, and `windows` are all that could."""
    way: Way | None
    ahead: int
    wait_zh: str
    wait_en: str
    issued: str
    """Local date and time, "2026-11-24 09:41"."""
    matter_zh: str
    matter_en: str
    papers: tuple[str, ...]
    papers_more: int
    """How many papers the slip has no room for."""
    after: tuple[str, ...]
    """Numbers of the visit that must be done first (一链办理的前置); until then it stands in no line."""
    others: tuple[str, ...]
    """Numbers of the visit's other tickets."""
    rule_zh: str
    rule_en: str
    url: str
    """Address behind the QR; empty: none is printed."""
    offline: bool = False
    """Issued while the server was away (离线号): a reprint says so too."""

    @property
    def windows_words(self) -> tuple[str, ...]:
        """The windows as they are read: three and more in a row as a range."""
        return tuple(ranges(self.windows))

    @property
    def place_zh(self) -> str:
        """Its place when it was issued, in Chinese; of a step with a precondition, when it gets one."""
        if self.after:
            return f"先办 {'、'.join(self.after)}，办完轮到本号"
        ahead = f"前面 {self.ahead} 人" if self.ahead else "前面没有人"
        return f"取号时{ahead}，{self.wait_zh}"

    @property
    def place_en(self) -> str:
        """The same in English."""
        if self.after:
            return f"{', '.join(self.after)} first, then this one"
        ahead = f"{self.ahead} ahead of you" if self.ahead else "Nobody ahead of you"
        return f"{ahead} · {self.wait_en}"

    @property
    def folders_zh(self) -> str:
        """How many folders, and how many of them a turn takes; empty for one."""
        if self.copies <= 1:
            return ""
        turns = f"，每轮最多 {self.per_turn} 件，办完一轮排到队尾" if self.copies > self.per_turn else ""
        return f"共 {self.copies} 件{turns}"


def slip_lines(hall: Hall, state: HallDay, ticket: Ticket, track_url: str | None) -> Slip:
    """The slip of a ticket. `track_url`: what its QR leads to; None or empty where no phone can reach the server."""
    group, zone = hall.groups[ticket.group], hall.zones[ticket.zone]
    matter = hall.matters[ticket.matter] if ticket.matter is not None else None
    purpose = hall.purpose(ticket.purpose)
    special = purpose is not None and purpose.code != HANDLE
    papers = matter.papers if matter is not None and not special else ()
    windows, is_open = shown_windows(state, ticket)
    wait_zh, wait_en = wait_words(ticket.wait_at_issue)
    visit = state.visits[ticket.visit].tickets
    return Slip(
        ticket=ticket.id,
        hall_zh=hall.settings.zh,
        hall_en=hall.settings.en,
        number=ticket.number,
        group_zh=group.public_zh,
        group_en=group.public_en or group.en,
        zone_zh=zone.short_zh,
        zone_en=zone.en,
        priority=credit_of(state, ticket) > 0,
        purpose_zh=purpose.zh if purpose is not None and special else "",
        purpose_en=purpose.en if purpose is not None and special else "",
        copies=ticket.copies + ticket.left,
        per_turn=hall.settings.timing.copies_per_turn,
        windows=tuple(windows),
        open=is_open,
        way=way_to(hall, windows or sorted(windows_of(state, ticket))),
        ahead=ticket.ahead_at_issue,
        wait_zh=wait_zh,
        wait_en=wait_en,
        issued=local(hall, ticket.issued_at).strftime("%Y-%m-%d %H:%M"),
        matter_zh=matter.zh if matter is not None else "",
        matter_en=matter.en if matter is not None else "",
        papers=papers[:MOST_PAPERS],
        papers_more=max(0, len(papers) - MOST_PAPERS),
        after=tuple(first.number for first in waits_for(state, ticket)),
        others=tuple(state.tickets[other].number for other in visit if other != ticket.id),
        rule_zh=hall.settings.slip_zh,
        rule_en=hall.settings.slip_en,
        url=track_url or "",
        offline=ticket.offline,
    )


def slip_text(slip: Slip) -> str:
    """The slip as plain text, for `.txt`, a screen reader or a line printer."""
    return "\n".join(_lines(slip)) + "\n"


def _lines(slip: Slip) -> Iterator[str]:
    yield slip.hall_zh
    yield f"{slip.number}{'　优先' if slip.priority else ''}{'　离线号' if slip.offline else ''}"
    yield f"{slip.group_zh}　{slip.group_en}"
    yield f"{slip.zone_zh}　{slip.zone_en}"
    if slip.purpose_zh:
        yield f"{slip.purpose_zh}　{slip.purpose_en}"
    if slip.copies > 1:
        yield f"{slip.folders_zh}　{slip.copies} folders"
    yield f"窗口 {'、'.join(slip.windows_words)}{'' if slip.open else '（未开窗，请等候）'}"
    if slip.way is not None:
        yield f"{slip.way.arrow} 在导询台{slip.way.zh}"
    yield slip.place_zh
    yield f"{slip.issued} 取号"
    if slip.others:
        yield f"本次另有 {'、'.join(slip.others)}"
    if slip.matter_zh:
        yield f"事项：{slip.matter_zh}"
    if slip.papers:
        yield "请备好："
        for place, paper in enumerate(slip.papers, 1):
            yield f"  {place}. {paper}"
        if slip.papers_more:
            yield f"  另有 {slip.papers_more} 项，请问导询台"
    yield slip.rule_zh
    if slip.url:
        yield slip.url


def ranges(windows: Sequence[str]) -> Iterator[str]:
    """Windows as people read them: "07", "08", "09" become "07–09"; two in a row stay two."""
    run: list[str] = []
    for no in (*windows, ""):
        if run and not (no.isdecimal() and run[-1].isdecimal() and int(no) == int(run[-1]) + 1):
            yield from (f"{run[0]}–{run[-1]}",) if len(run) > 2 else run
            run = []
        run.append(no)


def wait_words(wait: Wait | None) -> tuple[str, str]:
    """A wait in Chinese and English, rounded outward to five minutes as on the pages: 约 10–20 分钟."""
    if wait is None:
        return "暂无法估计", "No estimate yet"
    low, high = wait.low // 300 * 5, -(-wait.high // 300) * 5
    if high <= 0:
        return "马上", "Now"
    if high > 120 and low < 30:
        return f"{-(-high // 30) / 2:g} 小时以内", f"Within {-(-high // 30) / 2:g} h"
    if high > 120:
        hours = f"{low // 30 / 2:g}–{-(-high // 30) / 2:g}"
        return f"约 {hours} 小时", f"About {hours} h"
    if low <= 0:
        return f"{high} 分钟以内", f"Within {high} min"
    if low == high:
        return f"约 {low} 分钟", f"About {low} min"
    return f"约 {low}–{high} 分钟", f"About {low}–{high} min"
