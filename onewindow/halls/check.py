"""Checking every hall's files (检查各厅文件) in a process that ends: `python -m onewindow.halls.check FOLDER`.

One hall's files take a tenth of a second. A server of 150 halls answers meanwhile, and none of its halls pays for it.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from onewindow.halls.site import find_sites
from onewindow.worker_process import environment
from onewindow.zones.faults import Fault, HallFileError

Found = dict[str, tuple[Fault, ...]]
"""Faults by the hall's code; a hall without any is not in it."""


async def check_apart(folder: Path, public_url: str | None) -> Found:
    """The faults of every hall in the folder, found by another process. Raises OSError or ValueError if it fails."""
    arguments = [str(folder), *([public_url] if public_url is not None else [])]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "onewindow.halls.check", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env=environment(),
    )
    try:
        out, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return msgspec.json.decode(out, type=Found)


def main(arguments: Sequence[str]) -> int:
    """Write the faults as JSON."""
    found: Found = {}
    for site in find_sites(Path(arguments[0]), arguments[1] if len(arguments) > 1 else None):
        try:
            site.load()
        except HallFileError as error:
            found[site.code] = error.faults
    sys.stdout.buffer.write(msgspec.json.encode(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
