"""A sample pack, spoken by eSpeak NG: real sound of real words, cut as a person's recordings would be."""

import asyncio
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from onewindow.voice.clips.pack import Clip, read_manifest, write_clip, write_manifest
from onewindow.voice.clips.script import Line, Names, script
from onewindow.voice.clips.take import take_of
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.style import Style, Templates
from onewindow.voice.wording import Utterance

STYLE = Style(repeats=1, chime="short")
NAMES = Names(series=(("户政", "Household registration"), ("社保", "Social insurance")), windows=("7", "12", "32"))


@cache
def lines(languages: tuple[str, ...] = ("zh",)) -> tuple[Line, ...]:
    """The script of a small hall."""
    return script(NAMES, msgspec.convert({"languages": languages, "repeats": 1}, Style), Templates())


async def spoken(line: Line, engine: WorkerEngine, rate: int = 150) -> bytes:
    """A line as a WAV, as if somebody had read it."""
    voice = Style().voice(line.language)
    return await engine.render(Utterance(language=line.language, text=line.text, voice=voice, rate=rate))


async def record(folder: Path, read: Iterable[Line], *, on: bool = True) -> None:
    """Put these lines into the pack and switch it on."""
    engine = WorkerEngine(timeout=20.0, start_timeout=30.0)
    try:
        for line in read:
            take = take_of(await spoken(line, engine), len(line.tokens))
            clip = Clip(
                language=line.language, text=line.text, file="", seconds=take.seconds, loudness_db=take.loudness_db
            )
            await asyncio.to_thread(write_clip, folder, clip, take.wav)
    finally:
        await engine.aclose()
    switch(folder, on)


def switch(folder: Path, on: bool) -> None:
    """Put the pack to use, or out of it."""
    write_manifest(folder, msgspec.structs.replace(read_manifest(folder), on=on, voice="eSpeak NG"))
