"""What the guide desk's routes share (导询台): the hall at work, slips by their ticket, printers, calls for help."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Final

import segno

from onewindow.access.guard import Conn, holder_of, require
from onewindow.access.principal import STAFF, Principal, Role
from onewindow.guide_desk.help_calls import HelpCalls
from onewindow.guide_desk.printer import Outcome, Printed, Printers, paper_mm, told
from onewindow.guide_desk.prints import PrintLog
from onewindow.guide_desk.search import MatterIndex
from onewindow.guide_desk.slip import Slip, slip_lines
from onewindow.guide_desk.slip_image import slip_image
from onewindow.guide_desk.trial_slip import trial_slip_image
from onewindow.http.problem import problem, problem_of
from onewindow.queue.checks import find_ticket
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, Ticket
from onewindow.runtime.hall import HallRuntime
from onewindow.zones.model import Frozen

log = logging.getLogger(__name__)

KIOSK_CHANNEL: Final = "kiosk"
REMEMBERED: Final = 256
"""Print jobs whose outcome is kept, so that a retry after a lost reply doesn't print twice."""


class Paper(Frozen, frozen=True, kw_only=True):
    """What is known of a printer's paper (纸量)."""

    printer: str
    zh: str
    left: int | None
    """Slips for which there is paper; None: nobody has noted a roll yet."""
    low: bool
    trouble: str
    """Why the last slip failed: `paper_out`, `unreachable` …; empty when it didn't."""
    trouble_at_ms: int | None


class DeskRoom:
    """The guide desk of one hall. Loop-only; `stop` it."""

    def __init__(
        self,
        runtime: HallRuntime,
        index: MatterIndex,
        track: Callable[[str], str],
        printers: Printers,
        prints: PrintLog,
    ) -> None:
        """`track`: a ticket's id -> its tracking token; `prints`: the record of what is printed."""
        self.runtime = runtime
        self.hall = runtime.hall
        self.printers = printers
        self.prints = prints
        self.index = index
        self.help = HelpCalls(runtime.peers)
        self._track = track
        self._jobs: dict[tuple[str, str, str], Future[Printed]] = {}

    def stop(self) -> None:
        """End the printers' threads; blocks until slips under way are done."""
        self.printers.stop()

    def ticket(self, state: HallDay, conn: Conn, name: str) -> Ticket:
        """The ticket, for its holder, staff, and kiosks if a kiosk issued it. Raises Problem 401, 403 or 404."""
        holder = holder_of(conn)
        principal = None
        if holder is None:
            principal = require(conn, *STAFF, Role.KIOSK)
        elif holder != name:
            raise problem("ticket_of_another")
        ticket = find_ticket(state, name)
        if isinstance(ticket, Refusal):
            raise problem_of(ticket)
        if principal is not None and principal.role is Role.KIOSK and ticket.channel != KIOSK_CHANNEL:
            raise problem("ticket_of_another")
        return ticket

    def slip(self, state: HallDay, ticket: Ticket) -> Slip:
        """The ticket's slip."""
        return slip_lines(self.hall, state, ticket, self.address(ticket.id) or None)

    def address(self, ticket: str) -> str:
        """Where a phone follows the ticket; empty when no phone can reach the server."""
        base = self.hall.settings.public_url.rstrip("/")
        return f"{base}/t/{self._track(ticket)}" if base else ""

    def printer_for(self, principal: Principal) -> str | None:
        """The printer at which this principal's slips come out: a kiosk's own, else the desk's."""
        if principal.role is Role.KIOSK:
            return principal.device or principal.name
        return self.printers.desk

    def print(self, slip: Slip, printer: str, by: str, key: str) -> "Future[Printed]":
        """Queue the slip; the same key of the same principal for the same ticket again is the same job."""
        asked = (by, key, slip.ticket)
        if key and (known := self._jobs.get(asked)) is not None:
            return known
        job = self.printers.put(printer, lambda: slip_image(slip), partial(self._note, printer, slip.ticket, by))
        if key:
            while len(self._jobs) >= REMEMBERED:
                del self._jobs[next(iter(self._jobs))]
            self._jobs[asked] = job
        return job

    def print_test(self, printer: str, when: str) -> "Future[Printed] | None":
        """Queue a test slip (测试小票) that says `when`; None for a device whose page prints, not the server."""
        if not self.printers.by_server(printer):
            return None
        zh = self.hall.devices[printer].zh
        return self.printers.put(printer, lambda: trial_slip_image(self.hall.settings.short_zh, zh, when))

    def on_page(self, slip: Slip, printer: str, by: str) -> None:
        """Note a slip that a page prints itself: blocks."""
        self._note(printer, slip.ticket, by, told(Outcome.PRINTED, mm=paper_mm(slip_image(slip))), "page")

    def _note(self, printer: str, ticket: str, by: str, done: Printed, outcome: str = "") -> None:
        """Put a printing on record; called in the printer's thread. A full disk must not stop the printer."""
        said = outcome or done.outcome.value
        try:
            self.prints.printed(self.runtime.clock.now_ms(), printer, ticket, by, said, code=done.code, mm=done.mm)
        except OSError:
            log.exception("A printing at %s couldn't be put on record.", printer)

    def papers(self) -> list[Paper]:
        """The paper of each printer that has printed, or whose roll was noted, and of the desk's."""
        settings = self.hall.settings
        found = []
        for name in self.printers.names:
            roll = self.prints.roll(name)
            if roll.at is None and not roll.slips and not roll.trouble and name != self.printers.desk:
                continue
            left = roll.left
            low = roll.says_low or (left is not None and left < settings.low_slips)
            zh = self.hall.devices[name].zh if name in self.hall.devices else name
            trouble_at = roll.trouble_at if roll.trouble else None
            found.append(
                Paper(printer=name, zh=zh, left=left, low=low, trouble=roll.trouble, trouble_at_ms=trouble_at)
            )
        return found


def code_svg(address: str) -> bytes:
    """The QR of an address as SVG that fills what holds it."""
    svg = segno.make(address, error="m", micro=False).svg_inline(border=4, omitsize=True, light="#fff")
    return str(svg).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1).encode()
