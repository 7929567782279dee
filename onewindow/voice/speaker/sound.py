"""Making a sound on this machine (放音): an outside player, such as ALSA's `aplay`, plays one file at a time."""

import asyncio
import contextlib
import shlex
import shutil
from array import array
from pathlib import Path
from typing import Final

from onewindow.voice import audio

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


async def softened(path: Path, volume: int) -> Path:
    """The file at this volume, per cent: itself at 100, else one beside it. Raises NoSound."""
    if volume >= 100:
        return path
    fresh = path.with_name(f"{path.stem}-{volume}.wav")
    if not fresh.exists():
        try:
            await asyncio.to_thread(_soften, path, volume, fresh)
        except (OSError, ValueError) as error:
            raise NoSound(str(error)) from error
    return fresh


def _soften(path: Path, volume: int, fresh: Path) -> None:
    samples = audio.decode_wav(path.read_bytes())
    new = fresh.with_suffix(".new")
    new.write_bytes(audio.encode_wav(array("h", [sample * volume // 100 for sample in samples])))
    new.replace(fresh)


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
