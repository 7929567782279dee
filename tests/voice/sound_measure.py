"""Measuring a sound by other means than the program's own (测音): ITU-R BS.1770 loudness, and its silences."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from onewindow.voice.audio import RATE, Samples

Signal = NDArray[np.float64]


def signal_of(samples: Samples) -> Signal:
    """-1..1."""
    return np.asarray(samples, dtype=np.float64) / 32768


def _weighted(signal: Signal) -> Signal:
    """K-weighting: a high shelf (+4 dB from 1.5 kHz) and a high pass (38 Hz), for this rate."""
    gain, quality, corner = 10 ** (4 / 40), 1 / math.sqrt(2), 2 * math.pi * 1500 / RATE
    alpha, cos, root = math.sin(corner) / (2 * quality), math.cos(corner), math.sqrt(gain)
    shelf_b = [
        gain * ((gain + 1) + (gain - 1) * cos + 2 * root * alpha),
        -2 * gain * ((gain - 1) + (gain + 1) * cos),
        gain * ((gain + 1) + (gain - 1) * cos - 2 * root * alpha),
    ]
    shelf_a = [
        (gain + 1) - (gain - 1) * cos + 2 * root * alpha,
        2 * ((gain - 1) - (gain + 1) * cos),
        (gain + 1) - (gain - 1) * cos - 2 * root * alpha,
    ]
    corner = 2 * math.pi * 38 / RATE
    alpha, cos = math.sin(corner) / (2 * 0.5), math.cos(corner)
    pass_b = [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2]
    pass_a = [1 + alpha, -2 * cos, 1 - alpha]
    shelved = lfilter(shelf_b, shelf_a, signal)
    weighted: Signal = lfilter(pass_b, pass_a, shelved)
    return weighted


def lufs(samples: Samples) -> float:
    """Integrated loudness (BS.1770-4, mono): 400 ms blocks, 75 % overlap, gates at -70 LUFS and 10 LU below."""
    weighted = _weighted(signal_of(samples))
    size, step = round(0.4 * RATE), round(0.1 * RATE)
    starts = range(0, max(1, len(weighted) - size + 1), step)
    power = np.array([np.mean(weighted[at : at + size] ** 2) for at in starts])
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    power = power[power > np.mean(power) / 10]
    return float(-0.691 + 10 * np.log10(np.mean(power)))


def silences(samples: Samples, least: float = 0.08, floor_db: float = -50.0) -> list[tuple[float, float]]:
    """(when, how long) of every silence of at least so many seconds, the ends included."""
    loud = np.flatnonzero(np.abs(signal_of(samples)) > 10 ** (floor_db / 20))
    edges = np.concatenate(([-1], loud, [len(samples)]))
    gaps = np.diff(edges) - 1
    found = [(float(edges[at] + 1) / RATE, float(gap) / RATE) for at, gap in enumerate(gaps) if gap / RATE >= least]
    return found
