"""Troubles of the voice (播报故障): what the supervisor is told beside a loudspeaker that can't be heard."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from onewindow.voice.announcement import Fault
from onewindow.voice.clips.engine import Clips

TOLD = ("engine", "fallback", "player")
"""Faults of loudspeakers that are told here, the worst first."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong (故障).

    `code`: "engine", "fallback", "player" (see `Fault`), or "clips": lines of the pack in use are missing or broken.
    `names`: the loudspeakers, or the lines, as people know them; all of them at once.
    """

    code: str
    names: tuple[str, ...]
    detail: str = ""
    since: int | None = None
    """ms; None when that isn't known."""


class Troubles:
    """Keeps the loudspeakers' faults, since when they stand."""

    def __init__(self, names: Mapping[str, str], clips: Clips | None) -> None:
        """`names`: loudspeaker -> its Chinese name."""
        self._names = names
        self._clips = clips
        self._faults: dict[tuple[str, str], tuple[int, str]] = {}

    def hear(self, fault: Fault, now: int) -> None:
        """A fault has begun or ended, at `now` (ms)."""
        key = fault.code, fault.speaker
        if not fault.on:
            self._faults.pop(key, None)
        elif fault.code in TOLD:
            self._faults.setdefault(key, (now, fault.detail))

    def all(self) -> Iterable[Trouble]:
        """All that is wrong now."""
        for code in TOLD:
            found = {speaker: since for (one, speaker), since in self._faults.items() if one == code}
            if found:
                since, detail = min(found.values())
                names = tuple(self._names.get(speaker, speaker) for speaker in found)
                yield Trouble(code=code, names=names, detail=detail, since=since)
        yield from self._of_clips()

    def _of_clips(self) -> Iterator[Trouble]:
        if self._clips is None or (not self._clips.index.manifest.on and not self._clips.index.broken):
            return
        missing = tuple(line.text for line in self._clips.missing())
        if missing or self._clips.index.broken:
            yield Trouble(code="clips", names=missing, detail="; ".join(self._clips.index.broken))
