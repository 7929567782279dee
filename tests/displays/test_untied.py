"""A connection that has ended leaves nothing that only the collector would find: thousands come and go in a day."""

import asyncio
import gc

from onewindow.access.principal import Role
from onewindow.displays.framed import FramedProtocol
from onewindow.http.bounded import BoundedProtocol
from tests.displays.at_work import PATIENT, at_work

OURS = (FramedProtocol, BoundedProtocol)


def connections() -> int:
    """How many of the server's protocols are in memory."""
    return sum(type(one) in OURS for one in gc.get_objects())


async def test_what_has_ended_is_gone_at_once_without_a_collection() -> None:
    async with at_work() as work:
        gc.collect()
        gc.disable()
        try:
            before = connections()
            for path, role in (
                ("/ws/hall", None),
                ("/ws/supervisor", Role.SUPERVISOR),
                ("/ws/zones/nowhere", None),
            ) * 3:
                async with work.connect(path, role) as socket:
                    if path != "/ws/zones/nowhere":
                        await asyncio.wait_for(socket.recv(), PATIENT)
                        assert connections() == before + 1, "the head's reader stays"
            async with asyncio.timeout(PATIENT):
                while connections() != before:  # noqa: ASYNC110 - nobody tells when the last one has gone
                    await asyncio.sleep(0.01)
        finally:
            gc.enable()
