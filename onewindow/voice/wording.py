"""The words of an announcement (叫号用语): from a call to what is spoken, one utterance after another.

Pure. 「户政，零三一号，请到三十二号窗口」: the group's spoken name instead of the letter, digits one by one,
the window last and as a number (design, "Visits, groups, numbers"). Of somebody's class nothing more than
优先 is ever said: `SpokenCall` has no place for more.
"""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from onewindow.voice.spoken_text import (
    clean,
    digits_en,
    digits_zh,
    has_chinese,
    letters_apart,
    number_en,
    number_zh,
    speakable_en,
    speakable_zh,
)
from onewindow.voice.style import Chime, Language, ShortenAt, Style, Templates, shorten

__all__ = [
    "Chime",
    "Language",
    "ShortenAt",
    "SpokenCall",
    "Style",
    "Templates",
    "Utterance",
    "announce",
    "captions",
    "estimate_seconds",
    "shorten",
]

NOTICE_LIMIT = 200
"""Most characters of a notice. Longer ones belong on the screen; an engine may hang on very long text."""

ONCE = ("merged", "resumed")
"""Kinds that are said once, whatever the style repeats: they ask nobody to set out within the minute."""

_CHIME_SECONDS: dict[Chime, float] = {"full": 1.5, "short": 0.6, "none": 0.0}
_AGAIN_WINDOW_ZH = re.compile(r"(号?窗口)(?:号?窗口)+")
_AGAIN_WINDOW_EN = re.compile(r"\b([Ww]indow) window\b")
_SPACE_BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


class SpokenCall(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be announced, in plain values (一次播报).

    `kind`: a call (叫号), a call said again (重呼), a call taken back (更正), where a merged window's people go
    (并窗), that calling goes on (恢复叫号), or a notice (通知).
    `group_spoken_zh`, `group_en`: the group's names; without one the letter is spelled. `number_digits`:
    "031". `letter`: "Q". `window_no`: "32", "07", "G1" or a name ("综合窗口"); `into_no` likewise. `priority`:
    whether 优先 is said. A notice uses `notice_zh` and `notice_en` only, each at most 200 characters.
    """

    kind: Literal["call", "recall", "correction", "merged", "resumed", "notice"] = "call"
    group_spoken_zh: str = ""
    group_en: str = ""
    number_digits: str = ""
    letter: str = ""
    window_no: str = ""
    into_no: str = ""
    priority: bool = False
    notice_zh: str = ""
    notice_en: str = ""


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence in one voice (一句话), all that an engine needs to render it.

    `text` is what the engine reads. `voice`, `rate` and `level_db` as in `Style`. `gap`: silence in front of
    it, in seconds (0 for the first).
    """

    language: Language
    text: str
    voice: str
    rate: int
    level_db: float = -20.0
    gap: float = 0.0


def announce(call: SpokenCall, style: Style, templates: Templates | None = None) -> tuple[Utterance, ...]:
    """The utterances of one announcement, in the order spoken (播报内容).

    A language for which a notice has no text is left out. Raises ValueError when nothing would be said, and
    when a notice is too long.
    """
    sentences = [
        (language, text)
        for language in style.languages
        if (text := _sentence(call, language, style.digit_one, templates or Templates()))
    ]
    if not sentences:
        raise ValueError(f"An announcement of kind {call.kind!r} has no words in {list(style.languages)}")
    utterances: list[Utterance] = []
    for turn in range(1 if call.kind in ONCE else style.repeats):
        for place, (language, text) in enumerate(sentences):
            gap = style.gap_language if place else style.gap_repeat if turn else 0.0
            utterances.append(
                Utterance(
                    language=language,
                    text=text,
                    voice=style.voice(language),
                    rate=style.rate,
                    level_db=style.level_db,
                    gap=gap,
                )
            )
    return tuple(utterances)


def captions(utterances: Iterable[Utterance]) -> dict[Language, str]:
    """The sentence of each language as it is read on a screen or by a browser's own voice (字幕)."""
    said = {one.language: one.text for one in utterances}
    return {
        language: _SPACE_BETWEEN_CHINESE.sub("", text) if language == "zh" else text
        for language, text in said.items()
    }


def estimate_seconds(utterances: tuple[Utterance, ...], style: Style) -> float:
    """About how long an announcement will last, before it is rendered (估计时长), in seconds.

    Good to a second or so for eSpeak NG's voices; for the backlog only, never for timing.
    """
    seconds = _CHIME_SECONDS[style.chime] + style.gap_chime + style.gap_end
    for utterance in utterances:
        spoken = sum(1 for character in utterance.text if character.isalnum())
        stops = sum(1 for character in utterance.text if not character.isalnum() and character != " ")
        per_character = 0.32 if utterance.language == "zh" else 0.07
        seconds += utterance.gap + (spoken * per_character + stops * 0.3) * 150 / utterance.rate
    return seconds


def _sentence(call: SpokenCall, language: Language, one: str, templates: Templates) -> str:
    if call.kind == "notice":
        return _notice(call.notice_zh if language == "zh" else call.notice_en, language)
    template: str = getattr(templates, f"{call.kind}_{language}")
    if language == "zh":
        letter = letters_apart(call.letter, "，")
        words = template.format_map(
            {
                "priority": templates.priority_zh if call.priority else "",
                "group": speakable_zh(call.group_spoken_zh) or letter,
                "letter": letter,
                "digits": digits_zh(call.number_digits, one),
                "window": _window_zh(call.window_no),
                "into": _window_zh(call.into_no),
            }
        )
        return _AGAIN_WINDOW_ZH.sub(r"\1", _tidy_zh(words))
    letter = letters_apart(call.letter, ", ")
    words = template.format_map(
        {
            "priority": templates.priority_en if call.priority else "",
            "group": speakable_en(call.group_en) or letter,
            "letter": letter,
            "digits": digits_en(call.number_digits),
            "window": _window_en(call.window_no),
            "into": _window_en(call.into_no),
        }
    )
    return _AGAIN_WINDOW_EN.sub(r"\1", _tidy_en(words))


def _notice(text: str, language: Language) -> str:
    if len(text) > NOTICE_LIMIT:
        raise ValueError(
            f"A notice has at most {NOTICE_LIMIT} characters, this one {len(text)}; "
            "shorten it or show it on the screens"
        )
    return speakable_zh(text) if language == "zh" else _tidy_en(speakable_en(text))


def _window_zh(no: str) -> str:
    no = clean(no).lstrip("#").strip()
    if no.isdecimal():
        return f"{number_zh(int(no))}号窗口" if len(no.lstrip("0")) <= 4 else f"{digits_zh(no)}号窗口"
    name = speakable_zh(no)
    # A name with a place's own word in it (综合窗口, 导服台) stands as it is; "G1" is a number of a window.
    return name if has_chinese(no) or not name else f"{name}号窗口"


def _window_en(no: str) -> str:
    no = clean(no).lstrip("#").strip()
    if no.isdecimal():
        return f"window {number_en(int(no)) if len(no.lstrip('0')) <= 4 else digits_en(no)}"
    name = speakable_en(no)
    if not name:
        return "the window"
    return name if " " in no or name.lower() == "window" else f"window {name}"


def _tidy_zh(words: str) -> str:
    """One kind of stop, none doubled, none at the front (an empty group leaves one behind)."""
    words = " ".join(words.replace(",", "，").split())
    words = re.sub(r"\s*([，。；：])\s*", r"\1", words)
    return re.sub(r"([，。；：])[，。；：]+", r"\1", words).strip("，；： ")


def _tidy_en(words: str) -> str:
    """A sentence: single spaces, no stop doubled or at the front, a full stop at the end."""
    words = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(words.split()))
    words = re.sub(r"([,.;:!?])[,.;:]+", r"\1", words).strip(",;: ")
    return words if not words or words[-1] in ".!?" else f"{words}."
