"""The crowd (人群): screens, phones and loudspeakers on sockets, more than one core of Locust's carries, on asyncio.

python -m loadtest.crowd PLAN       says `ready` once screens and loudspeakers are connected; standard input brings
                                    the tracking token of each ticket, a line each, and ends when the run is over
"""

import asyncio
import resource
import sys
import time
from pathlib import Path
from typing import Final

import uvloop

from loadtest import plan as plans
from loadtest.evidence import write
from loadtest.followers import Room, phone, screen
from loadtest.loudspeakers import Loudspeaker
from onewindow.zones.load import load_hall

LAST_SECONDS: Final = 3.0
"""What was commanded last may still come."""
READY_SECONDS: Final = 60.0


async def crowd(plan: plans.Plan) -> None:
    """Follow until standard input ends; write what was seen."""
    room = Room(plan)
    boards = plans.channels(load_hall(Path(plan.hall)), plan.screens)
    fixed = len(boards) + len(plan.speakers)
    tasks = [asyncio.create_task(screen(room, channel)) for channel in boards]
    tasks += [asyncio.create_task(Loudspeaker(room, name, zone).sound()) for name, zone in plan.speakers.items()]
    async with asyncio.timeout(READY_SECONDS):
        await room.until(fixed)
    tasks += [asyncio.create_task(phone(room)) for _ in range(plan.followers)]
    tasks.append(asyncio.create_task(_count(room)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await _read_feed(room)
    await all_there(room)
    await asyncio.sleep(LAST_SECONDS)
    room.ending = True
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            room.seen.faults.append(f"the crowd itself failed: {ended!r}")
    room.seen.cpu = time.process_time()
    write(room.seen, Path(plan.seen))


async def all_there(room: Room) -> None:
    """A short run on a slow machine may end before the last phone is open; then it is waited for."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not room.seen.all_there:
                await room.until(room.everybody)
    except TimeoutError:
        room.fault(f"at most {room.seen.most} of {room.everybody} sockets were connected at one time")


async def _read_feed(room: Room) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await room.issued(line.decode().strip())


async def _count(room: Room) -> None:
    while True:
        room.seen.sockets.append((time.monotonic(), room.there))
        await asyncio.sleep(1)


def main() -> None:
    """Of the plan that is named."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(crowd(plans.read(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
