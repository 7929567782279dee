"""Printing with several processes (多进程打印): a printer on the network has one line, at the process that writes.

So two processes don't reach for it at once, and a slip asked for again of another process isn't printed twice. A
printer on USB or behind a device file is reached from its own machine only, and so by the process that was asked.
"""

import asyncio
import secrets

import msgspec

from onewindow.guide_desk.printer import Printed
from onewindow.guide_desk.room import DeskRoom
from onewindow.queue.state import HallDay, Ticket
from onewindow.runtime.answers import RuntimeFault

SERVICE = "print"


class PrintAsk(msgspec.Struct, frozen=True, array_like=True):
    """A slip to be printed where the hall is written."""

    ticket: str
    printer: str
    by: str
    key: str
    seconds: float
    """So long its outcome is waited for."""


_ask = msgspec.msgpack.Decoder(PrintAsk)
_printed = msgspec.msgpack.Decoder(Printed | None)
_encode = msgspec.msgpack.Encoder().encode


class FarPrinting:
    """Prints here or there, by what kind of printer it is. Loop-only."""

    def __init__(self, room: DeskRoom) -> None:
        self._room = room
        room.runtime.serve(SERVICE, self._print_for_all)

    async def print(
        self, state: HallDay, ticket: Ticket, printer: str, *, by: str, key: str, seconds: float
    ) -> Printed | None:
        """Print the ticket's slip; its outcome, or None while it is still under way after `seconds`."""
        key = key or secrets.token_hex(8)
        if self._room.printers.shared(printer):
            ask = PrintAsk(ticket.id, printer, by, key, seconds)
            try:
                printed: Printed | None = _printed.decode(await self._room.runtime.at_writer(SERVICE, _encode(ask)))
                return printed
            except RuntimeFault:
                # Nobody writes at the moment; the slip doesn't wait for that.
                return await self._here(state, ticket, ask)
        return await self._here(state, ticket, PrintAsk(ticket.id, printer, by, key, seconds))

    async def _here(self, state: HallDay, ticket: Ticket, ask: PrintAsk) -> Printed | None:
        job = self._room.print(self._room.slip(state, ticket), ask.printer, ask.by, ask.key)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(job)), ask.seconds)
        except TimeoutError:
            return None

    async def _print_for_all(self, data: bytes) -> bytes:
        ask = _ask.decode(data)
        state = await self._room.runtime.committed()
        return _encode(await self._here(state, state.tickets[ask.ticket], ask))
