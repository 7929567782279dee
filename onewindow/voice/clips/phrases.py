"""Phrases (短语): a sentence cut into the fewest recorded pieces, with the stops between them. Pure.

Chinese is cut by characters and English by words, so that a pack may hold 「请到」 or all of 「请到三十二号窗口」:
the longer a recorded piece, the more natural it sounds, and the cut with the fewest pieces is taken.
"""

import re
from collections.abc import Collection, Iterable
from typing import Final, Literal, TypeAlias

from onewindow.voice.spoken_text import clean
from onewindow.voice.style import Language

Tokens: TypeAlias = tuple[str, ...]
"""A phrase's characters (Chinese) or lower-case words (English)."""
Stop: TypeAlias = Literal["short", "long"]
"""A comma's pause, or a longer one."""

_LONG: Final = ".。;；:：!！?？"
_ZH: Final = re.compile(r"[A-Za-z0-9]|[\u3007\u3400-\u9fff]|[，。、；：！？,.;:!?]")
_EN: Final = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|[\u3400-\u9fff]|[,.;:!?，。；：！？]")


def pieces(text: str, language: Language) -> tuple[Tokens | Stop, ...]:
    """The text as runs of tokens with the stops between them; spaces and hyphens are no stops.

    "户政，零 三 一号" is (("户", "政"), "short", ("零", "三", "一", "号")).
    """
    found: list[Tokens | Stop] = []
    run: list[str] = []
    cleaned = clean(text).replace("’", "'")
    marks = _ZH.findall(cleaned.upper()) if language == "zh" else _EN.findall(cleaned.lower())
    for mark in marks:
        if mark.isalnum() or "'" in mark:
            run.append(mark)
            continue
        if run:
            found.append(tuple(run))
            run = []
        if found and found[-1] not in ("short", "long"):
            found.append("long" if mark in _LONG else "short")
    if run:
        found.append(tuple(run))
    return tuple(found)


def tokens(phrase: str, language: Language) -> Tokens:
    """A phrase's tokens, stops left out; empty when there is nothing to say."""
    return tuple(token for piece in pieces(phrase, language) if isinstance(piece, tuple) for token in piece)


def cut(run: Tokens, known: Collection[Tokens]) -> tuple[Tokens, ...] | None:
    """The run as the fewest known phrases, the longest first among equals; None when it can't be had.

    `known` should be a set: it is asked once for each stretch of the run.
    """
    longest = max((len(phrase) for phrase in known), default=0)
    best: list[tuple[Tokens, ...] | None] = [None] * len(run) + [()]
    for start in range(len(run) - 1, -1, -1):
        for end in range(min(len(run), start + longest), start, -1):
            rest = best[end]
            if rest is None or run[start:end] not in known:
                continue
            already = best[start]
            if already is None or len(rest) + 1 < len(already):
                best[start] = (run[start:end], *rest)
    return best[0]


def needed(text: str, language: Language, known: Collection[Tokens]) -> tuple[Tokens | Stop, ...] | None:
    """The text as known phrases and stops, in order; None when some of it can't be had."""
    whole: list[Tokens | Stop] = []
    for piece in pieces(text, language):
        if not isinstance(piece, tuple):
            whole.append(piece)
            continue
        phrases = cut(piece, known)
        if phrases is None:
            return None
        whole.extend(phrases)
    return tuple(whole)


def only_phrases(parts: Iterable[Tokens | Stop]) -> tuple[Tokens, ...]:
    """The phrases without the stops."""
    return tuple(part for part in parts if isinstance(part, tuple))
