"""Making a sound on this machine (放音): an outside player, such as ALSA's `aplay`, plays one file at a time."""

import asyncio
import contextlib
import shlex
import shutil
from pathlib import Path
from typing import Final

USUAL: Final = ("pw-play", "paplay", "aplay -q")
"""PipeWire, PulseAudio, ALSA."""
GRACE_SECONDS: Final = 10.0
"""How much longer than its sound a player may take."""


class NoSound(Exception):
    """The sound could not be made; says why."""


def player_words(asked: str) -> tuple[str, ...]:
    """The command that plays a file, without the file; empty when this machine has none."""
    for command in (asked,) if asked else USUAL:
        words = tuple(shlex.split(command))
        if words and shutil.which(words[0]):
            return words
    return ()


async def play(words: tuple[str, ...], path: Path, seconds: float) -> None:
    """Play the file to its end. Raises NoSound. When cancelled, the sound stops at once."""
    try:
        process = await asyncio.create_subprocess_exec(
            *words, str(path), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise NoSound(str(error)) from error
    try:
        code = await asyncio.wait_for(process.wait(), seconds + GRACE_SECONDS)
    except TimeoutError:
        raise NoSound("the player doesn't end") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if code != 0:
        raise NoSound(f"the player ended with {code}")
