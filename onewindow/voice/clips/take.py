"""A take (录音): one recording of one line, trimmed, checked, and brought to the hall's loudness. Pure."""

import math
from typing import Final, Literal

import msgspec

from onewindow.voice import audio

LEVEL_DB: Final = -20.0
"""Gated loudness of every clip, as of the engine's voices (`Style.level_db`)."""
QUIETEST_DB: Final = -42.0
"""Quieter than this was not spoken into the microphone; raising it would raise the room's noise too."""
SHORTEST_SECONDS: Final = 0.1
LONGEST_SECONDS: Final = 2.0
"""Of a line, and `PER_TOKEN_SECONDS` for each of its characters or words."""
PER_TOKEN_SECONDS: Final = 0.6
MOST_SECONDS: Final = 30.0
"""Of a recording before it is trimmed."""
CLIPPED_RUN: Final = 4
"""So many samples in a row at full scale are a peak that was cut off (爆音)."""

_BELOW_SPEECH_DB: Final = 30.0
_MARGIN_SECONDS: Final = 0.03
_CLIP_AT: Final = 32700

Fault = Literal["silent", "quiet", "clipped", "short", "long"]


class BadTake(Exception):
    """The recording can't be used; `fault` says why."""

    def __init__(self, fault: Fault, found: str) -> None:
        super().__init__(f"{fault}: {found}")
        self.fault: Fault = fault
        self.found = found


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """A usable recording: its WAV, levelled; what was measured before and after."""

    wav: bytes
    seconds: float
    raw_db: float
    """Gated loudness as recorded, dBFS."""
    loudness_db: float
    peak_db: float


def take_of(wav: bytes, tokens: int, level_db: float = LEVEL_DB) -> Take:
    """The recording of a line of so many characters or words, ready for the pack.

    Raises BadTake, and ValueError when it is no WAV of ours (mono, 16 bits, 22050 Hz).
    """
    raw = audio.decode_wav(wav)
    if audio.duration(raw) > MOST_SECONDS:
        raise BadTake("long", f"{audio.duration(raw):.1f} s")
    loud = audio.loudness(raw)
    if loud == -math.inf:
        raise BadTake("silent", "-inf dBFS")
    if cut_peaks(raw):
        raise BadTake("clipped", f"{decibel(audio.peak(raw)):.1f} dBFS")
    spoken = audio.trim(raw, max(-50.0, loud - _BELOW_SPEECH_DB), _MARGIN_SECONDS)
    loud, seconds = audio.loudness(spoken), audio.duration(spoken)
    if loud < QUIETEST_DB:
        raise BadTake("quiet", f"{loud:.1f} dBFS")
    if seconds < SHORTEST_SECONDS:
        raise BadTake("short", f"{seconds:.2f} s")
    if seconds > LONGEST_SECONDS + PER_TOKEN_SECONDS * tokens:
        raise BadTake("long", f"{seconds:.1f} s")
    levelled = equalised(spoken, level_db)
    return Take(
        wav=audio.encode_wav(levelled),
        seconds=round(seconds, 3),
        raw_db=round(loud, 1),
        loudness_db=round(audio.loudness(levelled), 1),
        peak_db=round(decibel(audio.peak(levelled)), 1),
    )


def equalised(samples: audio.Samples, level_db: float = LEVEL_DB) -> audio.Samples:
    """The samples at this loudness, within half a dB; a clip that is so already comes back as it is.

    The limiter takes a little from a peaky voice, hence more than one turn.
    """
    for _ in range(3):
        off = level_db - audio.loudness(samples)
        if not math.isfinite(off) or abs(off) <= 0.5:
            return samples
        samples = audio.level(samples, level_db)
    return samples


def cut_peaks(samples: audio.Samples) -> bool:
    """Whether peaks were cut off by the recording itself: runs at full scale."""
    run = 0
    for sample in samples:
        run = run + 1 if abs(sample) >= _CLIP_AT else 0
        if run >= CLIPPED_RUN:
            return True
    return False


def decibel(share: float) -> float:
    """A share of full scale in dBFS; -inf for nothing."""
    return 20 * math.log10(share) if share > 0 else -math.inf
