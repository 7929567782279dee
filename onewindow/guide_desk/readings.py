"""The readings of a hall's texts (读音), looked up by a process that ends: pypinyin's dictionaries take some 40 MiB.

`python -m onewindow.guide_desk.readings` reads a JSON list of texts and writes their `Readings`.
"""

import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Final

import msgspec

from onewindow.worker_process import environment

log = logging.getLogger(__name__)

CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")
SECONDS: Final = 60.0


class Readings(msgspec.Struct, frozen=True):
    """Runs of hanzi with the syllables that fit their context; characters with all their syllables."""

    runs: dict[str, list[str]] = {}
    characters: dict[str, list[str]] = {}


def look_up(texts: Iterable[str]) -> Readings:
    """The readings of every run and character of the texts, in this process."""
    from pypinyin import Style, lazy_pinyin, pinyin

    runs = dict.fromkeys(run for text in texts for run in CHINESE.findall(text.lower()))
    characters = dict.fromkeys(character for run in runs for character in run)
    return Readings(
        {run: lazy_pinyin(run, style=Style.NORMAL, errors="ignore") for run in runs},
        {c: (pinyin(c, style=Style.NORMAL, heteronym=True, errors="ignore") or [[]])[0] for c in characters},
    )


_known: Final = Readings({}, {})
"""What this process has looked up so far: halls of one province have most of their matters in common."""


_looking: Final = threading.Lock()
"""Held by who looks up: what is asked for meanwhile is mostly the same."""


def look_up_apart(texts: Iterable[str]) -> Readings:
    """The same, by another process, unless this one has the dictionaries anyway; nothing is looked up twice."""
    runs = dict.fromkeys(run for text in texts for run in CHINESE.findall(text.lower()))
    with _looking:
        if unknown := [run for run in runs if run not in _known.runs]:
            found = _apart(unknown)
            _known.runs.update(found.runs)
            _known.characters.update(found.characters)
    return Readings({run: _known.runs[run] for run in runs}, {c: _known.characters[c] for run in runs for c in run})


def _apart(wanted: list[str]) -> Readings:
    if "pypinyin" in sys.modules:
        return look_up(wanted)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "onewindow.guide_desk.readings"],
            input=msgspec.json.encode(wanted),
            stdout=subprocess.PIPE,
            env=environment(),
            check=True,
            timeout=SECONDS,
        )
        return msgspec.json.decode(done.stdout, type=Readings)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
        log.warning("The readings are looked up in this process.", exc_info=True)
        return look_up(wanted)


def main() -> None:
    """Read texts, write their readings, if somebody still wants them."""
    found = msgspec.json.encode(look_up(msgspec.json.decode(sys.stdin.buffer.read(), type=list[str])))
    try:
        sys.stdout.buffer.write(found)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # A server that couldn't start has ended meanwhile, and has said why.
        os._exit(1)


if __name__ == "__main__":
    main()
