"""Signal work on 16-bit mono samples at 22050 Hz (音频处理): chime, trim, loudness, joining, WAV.

Pure, standard library only. Samples are an `array('h')`; levels are in dB below full scale (dBFS). Voices
differ by several dB, so each utterance is brought to one loudness: the RMS of its 400 ms windows, the quiet
ones left out (a gate 10 dB below the mean, as loudness meters have it), then a soft limiter.
"""

import io
import math
import operator
import sys
import wave
from array import array
from collections.abc import Iterable
from typing import Literal, TypeAlias

RATE = 22050
"""Samples a second: what the engine writes. Nothing here resamples."""


Samples: TypeAlias = "array[int]"
"""Mono samples (采样): an `array('h')`, signed 16 bits in the machine's byte order."""

_FULL_SCALE = 32768.0
_CEILING = 10 ** (-1 / 20)  # the limiter's ceiling: -1 dBFS
_KNEE = 0.5  # of full scale: below it the limiter changes nothing
_BLOCK = RATE // 10  # 100 ms; a loudness window is four of them
_QUIET = 10 ** (-70 / 10)  # absolute gate: -70 dBFS as a mean square
_GATE = 10 ** (-10 / 10)  # relative gate: 10 dB below the mean


def silence(seconds: float) -> Samples:
    """So much silence (静音); none for zero or less."""
    return array("h", bytes(2 * max(0, round(seconds * RATE))))


def duration(samples: Samples) -> float:
    """Length in seconds (时长)."""
    return len(samples) / RATE


def peak(samples: Samples) -> float:
    """The largest absolute sample, 0..1 of full scale (峰值)."""
    return max(map(abs, samples), default=0) / _FULL_SCALE


def trim(samples: Samples, floor_db: float = -50.0, margin_seconds: float = 0.01) -> Samples:
    """Without the silence at both ends (去首尾静音): what stays below `floor_db`, but for a small margin."""
    floor = int(_FULL_SCALE * 10 ** (floor_db / 20))
    first, last = 0, len(samples)
    while first < last and -floor <= samples[first] <= floor:
        first += 1
    while last > first and -floor <= samples[last - 1] <= floor:
        last -= 1
    if first == last:
        return array("h")
    margin = int(margin_seconds * RATE)
    return samples[max(0, first - margin) : last + margin]


def loudness(samples: Samples) -> float:
    """Gated loudness in dBFS (响度): RMS over 400 ms windows without the quiet ones; -inf for silence."""
    squares = [
        sum(map(operator.mul, block, block))
        for block in (samples[at : at + _BLOCK] for at in range(0, len(samples), _BLOCK))
    ]
    if len(samples) <= 4 * _BLOCK:
        means = [sum(squares) / len(samples)] if samples else []
    else:
        # Overlapping windows of four whole blocks; a broken block at the end belongs to none.
        whole = len(samples) // _BLOCK
        means = [sum(squares[at : at + 4]) / (4 * _BLOCK) for at in range(whole - 3)]
    loud = [mean for mean in means if mean > _QUIET * _FULL_SCALE**2]
    if not loud:
        return -math.inf
    gate = _GATE * sum(loud) / len(loud)
    kept = [mean for mean in loud if mean >= gate]
    return 10 * math.log10(sum(kept) / len(kept) / _FULL_SCALE**2)


def level(samples: Samples, target_db: float = -20.0) -> Samples:
    """The same sound at a loudness of `target_db` dBFS (等响), its peaks held under -1 dBFS.

    Silence comes back unchanged.
    """
    loud = loudness(samples)
    if loud == -math.inf:
        return samples[:]
    gain = 10 ** ((target_db - loud) / 20)
    knee = _KNEE * _FULL_SCALE
    room = (_CEILING - _KNEE) * _FULL_SCALE

    def limited(value: float) -> int:
        size = abs(value)
        if size <= knee:
            return round(value)
        return round(math.copysign(knee + room * math.tanh((size - knee) / room), value))

    return array("h", [limited(sample * gain) for sample in samples])


def join(parts: Iterable[Samples]) -> Samples:
    """The parts one after another (拼接); put `silence` between them."""
    whole = array("h")
    for part in parts:
        whole.extend(part)
    return whole


def chime(length: Literal["full", "short"] = "full") -> Samples:
    """The two notes before the words (提示音): E5 then C5, struck like a bell, 1.5 s or 0.6 s long."""
    seconds, second_at, decay = (1.5, 0.42, 0.38) if length == "full" else (0.6, 0.18, 0.13)
    count = round(seconds * RATE)
    wave_form = [0.0] * count
    for start, frequency in ((0.0, 659.26), (second_at, 523.25)):
        first = round(start * RATE)
        for index in range(first, count):
            at = (index - first) / RATE
            envelope = min(1.0, at / 0.006) * math.exp(-at / decay)
            angle = 2 * math.pi * frequency * at
            wave_form[index] += envelope * (
                math.sin(angle) + 0.35 * math.sin(2 * angle) + 0.15 * math.sin(3 * angle) + 0.06 * math.sin(4 * angle)
            )
    # The tail runs out over the last 50 ms, so that a short chime does not click.
    fade = round(0.05 * RATE)
    for index in range(fade):
        wave_form[count - 1 - index] *= index / fade
    scale = 0.35 * _FULL_SCALE / max(map(abs, wave_form))
    return array("h", [round(value * scale) for value in wave_form])


def encode_wav(samples: Samples) -> bytes:
    """The samples as a WAV file: PCM, 16 bits, mono, 22050 Hz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_little_endian(samples).tobytes())
    return out.getvalue()


def decode_wav(data: bytes) -> Samples:
    """The samples of a WAV file. Raises ValueError when it is none, or not 16-bit mono at 22050 Hz."""
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            count = file.getnframes()
            frames = file.readframes(count)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"Not a WAV file of {len(data)} bytes: {error}") from error
    if form != (1, 2, RATE):
        raise ValueError(
            f"A WAV must be mono, 2 bytes a sample, {RATE} Hz; "
            f"found {form[0]} channel(s), {form[1]} bytes, {form[2]} Hz"
        )
    if len(frames) != 2 * count:
        raise ValueError(f"The WAV is cut short: {len(frames)} bytes of sound instead of {2 * count}")
    samples = array("h")
    samples.frombytes(frames)
    return _little_endian(samples)


def wav_seconds(data: bytes) -> float:
    """The length of a WAV file of ours in seconds, from its header alone. Raises ValueError."""
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError(f"Not a WAV file of {len(data)} bytes: {error}") from error


def _little_endian(samples: Samples) -> Samples:
    """The samples with WAV's byte order swapped in or out on a big-endian machine."""
    if sys.byteorder == "little":
        return samples
    swapped = samples[:]
    swapped.byteswap()
    return swapped
