"""The composer (拼接): an utterance from its clips, with the pauses of somebody who speaks. Pure.

Within a phrase the clips follow each other closely; at a comma there is a breath, at a full stop a longer one. Each
clip is faded in and out over a few milliseconds, so that no joint clicks.
"""

from collections.abc import Callable, Collection
from typing import Final

from onewindow.voice import audio
from onewindow.voice.clips.phrases import Tokens, needed
from onewindow.voice.style import Language

JOINT_SECONDS: Final = 0.04
"""Between two clips of one phrase; the takes have 30 ms of air at either end."""
STOP_SECONDS: Final = {"short": 0.2, "long": 0.42}
"""At a comma, and at a longer stop."""
FADE_SECONDS: Final = 0.006
USUAL_RATE: Final = 150


class NoClips(Exception):
    """The pack can't say it; the message says which sentence."""


def compose(
    text: str, language: Language, rate: int, have: Collection[Tokens], clip: Callable[[Tokens], audio.Samples]
) -> audio.Samples:
    """The text from clips. `have`: the pack's phrases; `clip`: the samples of one, levelled.

    A clip can't be hurried without being spoiled: `rate` (words a minute, 150 is usual) shortens or lengthens the
    pauses alone. Raises NoClips.
    """
    parts = needed(text, language, have)
    if not parts:
        raise NoClips(f"No clips for {text!r}")
    slower = USUAL_RATE / rate
    joined = audio.silence(0)
    pause = 0.0
    for part in parts:
        if isinstance(part, tuple):
            if joined:
                joined.extend(audio.silence(pause))
            joined.extend(faded(clip(part)))
            pause = JOINT_SECONDS * slower
        else:
            pause = STOP_SECONDS[part] * slower
    return joined


def faded(samples: audio.Samples) -> audio.Samples:
    """The clip with its first and last milliseconds faded."""
    fresh = samples[:]
    steps = min(round(FADE_SECONDS * audio.RATE), len(fresh) // 2)
    for step in range(steps):
        fresh[step] = fresh[step] * step // steps
        fresh[-1 - step] = fresh[-1 - step] * step // steps
    return fresh
