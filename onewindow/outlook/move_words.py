"""Moves and figures in words (调度用语), Chinese and English."""

from typing import Any

from onewindow.forecast.moves import Effect, Figures, Level, Move
from onewindow.views.clock import hhmm
from onewindow.zones.model import Hall

View = dict[str, Any]


def said(hall: Hall, move: Move) -> tuple[str, str]:
    """What the move is."""
    no = move.window
    if move.do == "open":
        return f"开 {no} 号窗口", f"Open window {no}"
    if move.do == "close":
        return f"关 {no} 号窗口（办完手上的）", f"Close window {no} after its current ticket"
    if move.do == "matter":
        matter = hall.matters.get(move.matter)
        zh, en = (matter.zh, matter.en) if matter is not None else (move.matter, move.matter)
        return f"{no} 号窗口加办“{zh}”", f"Let window {no} serve {en} too"
    if move.do == "group":
        group = hall.groups.get(move.group)
        zh, en = (group.public_zh, group.public_en) if group is not None else (move.group, move.group)
        return f"{no} 号窗口加办“{zh}”", f"Let window {no} serve {en} too"
    if move.do == "help":
        return (
            f"{no} 号专窗帮办综合窗口的事项",
            f"Let specialist window {no} help with what only comprehensive ones take",
        )
    start = hhmm(hall, move.start)
    return f"{no} 号窗口 {start} 午餐", f"Lunch of window {no} at {start}"


def move_view(hall: Hall, move: Move) -> View:
    """A move, as it was asked, and in words."""
    zh, en = said(hall, move)
    asked: View = {"do": move.do, "window": move.window}
    if move.matter:
        asked["matter"] = move.matter
    if move.group:
        asked["group"] = move.group
    if move.do == "lunch":
        asked |= {"at": hhmm(hall, move.start), "minutes": move.minutes}
    return asked | {"zh": zh, "en": en}


def figures_view(figures: Figures) -> View:
    """Minutes and shares with their ranges."""
    return {
        "mean_minutes": _level(figures.mean, 1),
        "p95_minutes": _level(figures.p95, 1),
        "over_30_share": _level(figures.over_30, 3),
    }


def _level(level: Level, digits: int) -> View:
    return {name: round(value, digits) for name, value in level._asdict().items()}


def effect_view(hall: Hall, moves: tuple[Move, ...], effect: Effect) -> View:
    """An alternative: its moves, the waits as they are and would be, and the change."""
    return {
        "moves": [move_view(hall, move) for move in moves],
        "then": figures_view(effect.then),
        "change": figures_view(effect.change),
    }
