"""Samples: the chime, equal loudness without clipping, trimming, joining, WAV."""

import io
import math
import random
import wave
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.voice import audio


def tone(seconds: float, amplitude: float, frequency: float = 220.0) -> audio.Samples:
    """A sine of the given amplitude (0..1)."""
    step = 2 * math.pi * frequency / audio.RATE
    return array("h", [round(amplitude * 32767 * math.sin(step * at)) for at in range(round(seconds * audio.RATE))])


def speech_like(seed: int, amplitude: float) -> audio.Samples:
    """Syllables: bursts of noise with pauses between them, with sharp peaks."""
    chance = random.Random(seed)
    parts = []
    for _ in range(8):
        size = round(0.2 * audio.RATE)
        parts.append(array("h", [round(32767 * amplitude * chance.uniform(-1, 1) ** 3) for _ in range(size)]))
        parts.append(audio.silence(0.1))
    return audio.join(parts)


def test_the_loudness_of_a_sine_is_its_rms() -> None:
    assert audio.loudness(tone(2.0, 0.1)) == pytest.approx(20 * math.log10(0.1 / math.sqrt(2)), abs=0.05)


def test_pauses_do_not_count_as_quiet_speech() -> None:
    sound = tone(2.0, 0.1)
    with_pauses = audio.join([sound, audio.silence(6.0), sound])
    assert audio.loudness(with_pauses) == pytest.approx(audio.loudness(sound), abs=0.5)


def test_silence_has_no_loudness_and_stays_silence() -> None:
    assert audio.loudness(audio.silence(1.0)) == -math.inf
    assert audio.loudness(array("h")) == -math.inf
    assert audio.level(audio.silence(0.5)) == audio.silence(0.5)


def test_different_voices_come_out_equally_loud_and_unclipped() -> None:
    sounds = [speech_like(1, 0.05), speech_like(2, 0.9), tone(3.0, 0.02), tone(1.0, 0.99, 880.0)]
    before = [audio.loudness(sound) for sound in sounds]
    levelled = [audio.level(sound, -20.0) for sound in sounds]
    after = [audio.loudness(sound) for sound in levelled]
    assert max(before) - min(before) > 20
    assert max(after) - min(after) < 0.5
    assert all(audio.peak(sound) <= 10 ** (-1 / 20) for sound in levelled)


def test_the_limiter_holds_the_ceiling_even_when_asked_for_too_much() -> None:
    loud = audio.level(speech_like(3, 0.5), 0.0)
    assert audio.peak(loud) <= 10 ** (-1 / 20) + 1e-4


def test_trimming_takes_the_silence_at_the_ends_only() -> None:
    sound = audio.join([tone(0.5, 0.5), audio.silence(0.3), tone(0.5, 0.5)])
    padded = audio.join([audio.silence(0.7), sound, audio.silence(1.1)])
    assert audio.duration(audio.trim(padded)) == pytest.approx(audio.duration(sound), abs=0.03)
    assert audio.trim(audio.silence(1.0)) == array("h")


def test_the_chime_is_two_falling_notes() -> None:
    full, short = audio.chime("full"), audio.chime("short")
    assert audio.duration(full) == pytest.approx(1.5)
    assert audio.duration(short) == pytest.approx(0.6)
    for sound in (full, short):
        assert 0.3 < audio.peak(sound) < 0.4
        assert abs(sound[0]) < 100
        assert abs(sound[-1]) < 100
    assert strength(full, 659.26, 0.05, 0.4) > 10 * strength(full, 523.25, 0.05, 0.4)
    assert strength(full, 523.25, 0.7, 1.4) > 2 * strength(full, 659.26, 0.7, 1.4)


def strength(sound: audio.Samples, frequency: float, start: float, end: float) -> float:
    """How much of a frequency lies in a stretch (one bin of a Fourier transform)."""
    step = 2 * math.pi * frequency / audio.RATE
    part = sound[round(start * audio.RATE) : round(end * audio.RATE)]
    real = sum(value * math.cos(step * at) for at, value in enumerate(part))
    imaginary = sum(value * math.sin(step * at) for at, value in enumerate(part))
    return math.hypot(real, imaginary)


@given(st.lists(st.integers(-32768, 32767), max_size=200))
def test_wav_keeps_every_sample(values: list[int]) -> None:
    samples = array("h", values)
    data = audio.encode_wav(samples)
    assert audio.decode_wav(data) == samples
    assert audio.wav_seconds(data) == pytest.approx(audio.duration(samples))


def test_joining_adds_up() -> None:
    parts = [tone(0.25, 0.1), audio.silence(0.5), tone(0.25, 0.1)]
    assert audio.duration(audio.join(parts)) == pytest.approx(1.0, abs=0.001)
    assert len(audio.silence(-1.0)) == 0


def test_what_is_no_wav_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="Not a WAV"):
        audio.decode_wav(b"mp3?")
    with pytest.raises(ValueError, match="Not a WAV"):
        audio.wav_seconds(b"")
    other = io.BytesIO()
    with wave.open(other, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"\0\0")
    with pytest.raises(ValueError, match="16000 Hz"):
        audio.decode_wav(other.getvalue())
    with pytest.raises(ValueError, match="cut short"):
        audio.decode_wav(audio.encode_wav(tone(0.5, 0.5))[:-100])
