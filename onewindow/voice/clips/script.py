"""The script (录音稿): the lines that somebody must read so that every call of this hall can be said. Pure.

It is derived from the hall's files, never typed in: the sentences of `hall.toml`, the spoken names of groups and
zones, the digits, the numbers of the windows. Each line comes with a sentence around it, because a 号 alone is read
otherwise than the 号 after a number.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from onewindow.voice.clips.phrases import Tokens, needed, only_phrases, pieces, tokens
from onewindow.voice.spoken_text import digits_en, digits_zh, speakable_en, speakable_zh
from onewindow.voice.style import Language, Style, Templates
from onewindow.voice.wording import SpokenCall, announce

NUMBERS: Final = ("031", "245", "678", "901")
"""Numbers of tickets in which each digit stands at least once."""
KINDS: Final = ("digits", "numbers", "words", "names")
"""The parts of a script, in the order in which they are read: digits, numbers of windows, fixed words, names."""

_NUMERAL: Final = re.compile(r"[一二三四五六七八九][千百十]|[千百十]|[零一二三四五六七八九]")
_HOLE: Final = re.compile(r"\{[a-z]+\}")


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What the calls of a hall may name, as plain values (可叫的名称).

    `series`: the spoken Chinese and English name of each number series. `windows`: the numbers or names of the
    windows that call.
    """

    series: tuple[tuple[str, str], ...]
    windows: tuple[str, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line to read (一条录音): the words, and the sentence in which they stand."""

    id: str
    """Stable: language and words, "zh-请到"."""
    language: Language
    text: str
    kind: str
    before: str
    after: str

    @property
    def tokens(self) -> Tokens:
        """What it is found by."""
        return tokens(self.text, self.language)


def script(names: Names, style: Style, templates: Templates) -> tuple[Line, ...]:
    """Every line of the hall in its languages, each once: by language, then in the order of `KINDS`."""
    lines: list[Line] = []
    for language in style.languages:
        one = msgspec.structs.replace(style, languages=(language,), repeats=1)
        atoms = _atoms(names, one, templates, language)
        found: dict[Tokens, Line] = {}
        for sentence in _sentences(names, one, templates):
            parts = needed(sentence, language, atoms.keys())
            for phrase in only_phrases(parts or ()):
                if phrase not in found:
                    found[phrase] = _line(language, phrase, atoms[phrase], sentence)
        digits = [phrase for phrase, kind in atoms.items() if kind == "digits"]  # in their own order
        order = [*(phrase for phrase in digits if phrase in found), *(one for one in found if one not in digits)]
        lines += sorted((found[phrase] for phrase in order), key=lambda line: KINDS.index(line.kind))
    return tuple(lines)


def line_id(language: Language, phrase: Tokens) -> str:
    """The stable name of a line."""
    return f"{language}-{shown(language, phrase)}"


def shown(language: Language, phrase: Tokens) -> str:
    """A phrase as people read it."""
    return ("" if language == "zh" else " ").join(phrase)


def _line(language: Language, phrase: Tokens, kind: str, sentence: str) -> Line:
    text = shown(language, phrase)
    before, after = _around(sentence, language, phrase)
    return Line(id=line_id(language, phrase), language=language, text=text, kind=kind, before=before, after=after)


def _around(sentence: str, language: Language, phrase: Tokens) -> tuple[str, str]:
    """The sentence before and after the phrase, stops kept."""
    joint = "" if language == "zh" else " "
    flat = [
        (token, "") if isinstance(piece, tuple) else ("", "，" if language == "zh" else ",")
        for piece in pieces(sentence, language)
        for token in (piece if isinstance(piece, tuple) else ("",))
    ]
    words = [token for token, _ in flat]
    for start in range(len(words)):
        if tuple(words[start : start + len(phrase)]) == phrase:
            end = start + len(phrase)
            return _text(flat[:start], joint), _text(flat[end:], joint)
    return "", ""


def _text(flat: Iterable[tuple[str, str]], joint: str) -> str:
    said = ""
    for token, stop in flat:
        said += stop if stop else (joint if said else "") + token
    return said


def _atoms(names: Names, style: Style, templates: Templates, language: Language) -> dict[Tokens, str]:
    """Every phrase that may be cut out, and its kind; the first kind that claims a phrase keeps it."""
    atoms: dict[Tokens, str] = {}

    def add(kind: str, text: str) -> None:
        for piece in pieces(text, language):
            if isinstance(piece, tuple):
                atoms.setdefault(piece, kind)

    every = "0123456789"
    digits = digits_zh(every, style.digit_one) if language == "zh" else digits_en(every)
    for digit in digits.split():
        add("digits", digit)
    speakable = speakable_zh if language == "zh" else speakable_en
    for name in names.series:
        add("names", speakable(name[0] if language == "zh" else name[1]))
    for literal in _literals(templates, language):
        add("words", literal)
    add("words", "号窗口" if language == "zh" else "window")
    for window in names.windows:
        call = SpokenCall(number_digits="0", window_no=window)
        said = announce(call, style, Templates(call_zh="{window}", call_en="{window}"))[0].text
        bare = said.removesuffix("号窗口") if language == "zh" else said.removeprefix("window ").rstrip(".")
        if language == "zh" and _NUMERAL.sub("", bare) == "":
            for numeral in _NUMERAL.findall(bare):
                add("numbers", numeral)
        elif language == "en" and window.isdecimal():
            for word in tokens(bare, language):
                add("numbers", word)
        else:
            add("names", said)
    return atoms


def _literals(templates: Templates, language: Language) -> Iterator[str]:
    """The fixed words of the templates, between their placeholders."""
    for field in templates.__struct_fields__:
        if field.endswith(f"_{language}"):
            yield from _HOLE.split(getattr(templates, field))


def _sentences(names: Names, style: Style, templates: Templates) -> Iterator[str]:
    """Sentences that hold every phrase: each series and each window in each kind of call, each digit."""
    windows = names.windows or ("1",)
    zh, en = names.series[0] if names.series else ("", "")
    calls = [
        SpokenCall(kind="call", group_spoken_zh=zh, group_en=en, number_digits=number, window_no=window)
        for number, window in (*((number, windows[0]) for number in NUMBERS), *((NUMBERS[0], w) for w in windows))
    ]
    kinds: tuple[tuple[str, bool], ...] = (
        ("call", False),
        ("call", True),
        ("recall", False),
        ("recall", True),
        ("correction", False),
    )
    for kind, priority in kinds:
        calls += [
            msgspec.convert(
                {
                    "kind": kind,
                    "group_spoken_zh": spoken_zh,
                    "group_en": spoken_en,
                    "number_digits": "031",
                    "window_no": windows[0],
                    "priority": priority,
                },
                SpokenCall,
            )
            for spoken_zh, spoken_en in names.series or (("", ""),)
        ]
    calls += [SpokenCall(kind="merged", window_no=windows[0], into_no=window) for window in windows]
    calls.append(SpokenCall(kind="resumed"))
    for call in calls:
        yield announce(call, style, templates)[0].text
