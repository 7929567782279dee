"""The studio (合成): a whole announcement from its utterances, and the chime alone.

Each utterance is rendered once, however often it is repeated; between them come the style's silences.
"""

import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeAlias

from onewindow.voice import audio
from onewindow.voice.cache import address
from onewindow.voice.style import Style
from onewindow.voice.wording import Utterance

_FORM = "2"  # of the composition below and of the chime: another sound, another number

CHIME_ADDRESS = address(("chime", _FORM))
"""Where the chime alone lies, for players that have nothing else to play (提示音)."""


def announcement_address(engines: Sequence[str], utterances: Sequence[Utterance], style: Style) -> str:
    """The address of an announcement: the same words in the same manner by the same engines have the same one.

    `engines`: the name of each utterance's.
    """
    manner = (style.chime, repr(style.gap_chime), repr(style.gap_end))
    words = (
        part for one in utterances for part in (one.text, one.voice, str(one.rate), repr(one.level_db), repr(one.gap))
    )
    return address(("announcement", _FORM, *engines, *manner, *words))


_Sound: TypeAlias = tuple[str, str, int, float]
"""What makes an utterance's sound what it is: text, voice, rate, level."""


Sounds: TypeAlias = dict[_Sound, bytes]
"""The WAV of each sound."""


async def sounds_of(render: Callable[[int, Utterance], Awaitable[bytes]], utterances: Sequence[Utterance]) -> Sounds:
    """The sounds of an announcement, each made once. `render` makes that of one utterance, given its place too.

    Raises VoiceUnavailable when the engine cannot render.
    """
    rendered: Sounds = {}
    for place, one in enumerate(utterances):
        if (key := _sound_of(one)) not in rendered:
            rendered[key] = await render(place, one)
    return rendered


def compose(rendered: Sounds, utterances: Sequence[Utterance], style: Style) -> bytes:
    """The announcement as one WAV: chime, utterances with their gaps, a short silence at the end.

    Takes some milliseconds, for which calls and frames should not wait. Raises ValueError for a sound that is no
    such WAV.
    """
    sounds = {key: audio.decode_wav(data) for key, data in rendered.items()}
    parts: list[audio.Samples] = []
    if style.chime != "none":
        parts += [_chime(style.chime), audio.silence(style.gap_chime)]
    for one in utterances:
        parts += [audio.silence(one.gap), sounds[_sound_of(one)]]
    parts.append(audio.silence(style.gap_end))
    return audio.encode_wav(audio.join(parts))


def _sound_of(one: Utterance) -> _Sound:
    return one.text, one.voice, one.rate, one.level_db


def chime_wav() -> bytes:
    """The full chime as a WAV."""
    return audio.encode_wav(_chime("full"))


_made: dict[str, audio.Samples] = {}
"""The chimes that there are by now."""
_making = threading.Lock()
"""When all windows open, forty announcements want it at once: made forty times it held the loop up for 0.25 s."""


def _chime(length: Literal["full", "short"]) -> audio.Samples:
    if length not in _made:
        with _making:
            if length not in _made:
                _made[length] = audio.chime(length)
    return _made[length]
