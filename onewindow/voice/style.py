"""How an announcement is given (播报方式): languages, repeats, chime, speed, pauses, and how it shortens.

Values come from the hall's settings; all of it is plain data. A loudspeaker has its limits: Chinese and
English twice take about 20 s, more than a busy zone has between two calls. `shorten` gives way in the order
that the design fixes: English first, then the repeat, then the chime.
"""

from typing import Literal

import msgspec

Language = Literal["zh", "en"]
"""A language that the hall speaks: Mandarin (普通话) or English."""

Chime = Literal["full", "short", "none"]
"""The two notes before the words (提示音): 1.5 s, 0.6 s, or none."""


class ShortenAt(msgspec.Struct, frozen=True, kw_only=True):
    """At which backlog of a loudspeaker, in seconds still to be said, each thing gives way (积压缩短).

    One full announcement ahead (some 24 s) costs the next its English, two their repeat.
    """

    english: float = 8.0
    repeat: float = 30.0
    chime: float = 45.0


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How announcements are given on one loudspeaker (播报方式).

    `languages`: in the order spoken; the first is the hall's own and never gives way. `repeats`: how often
    the whole is said, 1 or more. `digit_one`: how the digit 1 of a ticket's number is said, 一 or 幺 (halls
    differ; windows are always 一). `rate`: words a minute as eSpeak NG counts, 80..450. `voice_*`: full voice
    ids of the engine. Gaps are silences in seconds: after the chime, between languages, between repeats, and
    at the end, so that two announcements never run into each other. `level_db`: loudness of every voice, in
    dB below full scale (gated RMS), at most 0.
    """

    languages: tuple[Language, ...] = ("zh", "en")
    repeats: int = 2
    chime: Chime = "full"
    digit_one: Literal["一", "幺"] = "一"
    rate: int = 150
    voice_zh: str = "sit/cmn"
    voice_en: str = "gmw/en-us"
    gap_chime: float = 0.1
    gap_language: float = 0.35
    gap_repeat: float = 0.6
    gap_end: float = 0.4
    level_db: float = -20.0
    shorten_at: ShortenAt = ShortenAt()

    def __post_init__(self) -> None:
        """Refuse what cannot be spoken, naming the setting (ValueError)."""
        if not self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError(f"languages: at least one, none twice; found {list(self.languages)}")
        if not 1 <= self.repeats <= 5:
            raise ValueError(f"repeats: 1 to 5; found {self.repeats}")
        if not 80 <= self.rate <= 450:
            raise ValueError(f"rate: 80 to 450 words a minute; found {self.rate}")
        if not -60.0 <= self.level_db <= 0.0:
            raise ValueError(f"level_db: -60 to 0; found {self.level_db}")
        for name in ("gap_chime", "gap_language", "gap_repeat", "gap_end"):
            if not 0.0 <= getattr(self, name) <= 10.0:
                raise ValueError(f"{name}: 0 to 10 seconds; found {getattr(self, name)}")

    def voice(self, language: Language) -> str:
        """The engine's full voice id for a language."""
        return self.voice_zh if language == "zh" else self.voice_en


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """How a loudspeaker sounds: the manner of its announcements, and how loud, per cent (0..100)."""

    style: Style = Style()
    volume: int = 100


def shorten(style: Style, backlog_seconds: float) -> Style:
    """The style for a loudspeaker that has `backlog_seconds` still to say (积压时缩短).

    From `shorten_at.english` on only the first language is spoken, from `.repeat` on once, from `.chime` on
    with the short chime. A longer backlog never makes an announcement longer.
    """
    limits = style.shorten_at
    if backlog_seconds >= limits.english:
        style = msgspec.structs.replace(style, languages=style.languages[:1])
    if backlog_seconds >= limits.repeat:
        style = msgspec.structs.replace(style, repeats=1)
    if backlog_seconds >= limits.chime and style.chime == "full":
        style = msgspec.structs.replace(style, chime="short")
    return style


class Templates(msgspec.Struct, frozen=True, kw_only=True):
    """The sentences, as a hall's files may word them (播报模板).

    Placeholders: `{priority}` (the word below, or nothing), `{group}` (spoken name), `{letter}` (spelled),
    `{digits}` (one by one), `{window}` and `{into}` (whole places, "三十二号窗口" or a name). `priority_*` is the
    only word that is ever said of somebody's class; empty says nothing.
    """

    call_zh: str = "{priority}{group}，{digits}号，请到{window}"
    call_en: str = "{priority}{group}, number {digits}, please go to {window}"
    recall_zh: str = "{priority}{group}，{digits}号，请到{window}"
    recall_en: str = "{priority}{group}, number {digits}, please go to {window}"
    correction_zh: str = "更正，{group}，{digits}号，请继续等候"
    correction_en: str = "Correction: {group}, number {digits}, please keep waiting"
    merged_zh: str = "{window}的业务请到{into}办理"
    merged_en: str = "For {window}, please go to {into}"
    resumed_zh: str = "恢复叫号，次序不变"
    resumed_en: str = "Calling resumes, in the same order"
    priority_zh: str = "优先，"
    priority_en: str = "Priority: "

    def __post_init__(self) -> None:
        """Refuse a template with an unknown placeholder or a stray brace, naming it (ValueError)."""
        values = dict.fromkeys(("priority", "group", "letter", "digits", "window", "into"), "")
        for name in self.__struct_fields__:
            template = getattr(self, name)
            try:
                template.format_map(values)
            except (KeyError, IndexError, ValueError, AttributeError) as error:
                raise ValueError(
                    f"{name}: {template!r} may hold {{priority}}, {{group}}, {{letter}}, {{digits}}, "
                    f"{{window}} and {{into}} only, and no other brace ({error})"
                ) from error
