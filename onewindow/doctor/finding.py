"""A finding (体检结果): what one check saw, and what to do about it."""

from enum import StrEnum

from onewindow.zones.model import Frozen


class Level(StrEnum):
    """How bad it is (程度)."""

    OK = "ok"
    WARN = "warn"
    """The hall runs, but something in it doesn't."""
    STOP = "stop"
    """The hall can't be served, or would stop."""


class Finding(Frozen, frozen=True):
    """What a check found, in Chinese and English; with something to do unless all is well."""

    level: Level
    zh: str
    en: str
    todo_zh: str = ""
    todo_en: str = ""


def ok(zh: str, en: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, zh, en)


def warn(zh: str, en: str, todo_zh: str, todo_en: str) -> Finding:
    """The hall runs, but not all of it."""
    return Finding(Level.WARN, zh, en, todo_zh, todo_en)


def stop(zh: str, en: str, todo_zh: str, todo_en: str) -> Finding:
    """The hall can't be served so."""
    return Finding(Level.STOP, zh, en, todo_zh, todo_en)
