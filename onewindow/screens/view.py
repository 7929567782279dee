"""What the supervisor's page gets of the screens (屏幕现况的答复). Pure."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from onewindow.access.store import CodeRow
from onewindow.screens.model import KIND_ZH, OF_DEVICE, Kind, Screen, page_of, place_of
from onewindow.screens.shelf import Shelf
from onewindow.screens.sight import Linked, Opened, Picture, Told
from onewindow.zones.model import Hall

SILENT_SECONDS: Final = 12.0
"""A link that has said nothing for so long is not online, whatever its socket says: pages speak every 5 s."""
BEHIND: Final = 1
"""Versions that a board may lack: one may be on its way each time that it speaks."""


def screens_view(hall: Hall, shelf: Shelf, told: Told, pictures: Mapping[str, Picture], now: float) -> dict[str, Any]:
    """All of it, what must be looked at first; `now` in seconds since the epoch."""
    links = {link.screen: link for link in sorted(told.links, key=lambda link: link.since)}
    screens = [
        _screen(screen, links.get(screen.id), told, shelf.seen.get(screen.id, 0), now)
        | {"place_zh": place_of(hall, screen.settings)}
        | {"picture": _picture(pictures.get(screen.id), links.get(screen.id), now)}
        for screen in sorted(shelf.screens.values(), key=lambda s: (s.settings.zh, s.id))
    ]
    taken = {screen.settings.device for screen in shelf.screens.values()}
    return {
        "now_ms": round(now * 1000),
        "screens": sorted(screens, key=lambda screen: screen["state"] == "online"),
        "opened": [_opened(hall, opened) for opened in told.opened],
        "devices": [
            {"id": d.id, "kind": OF_DEVICE[d.kind].value, "zh": d.zh, "zone": next(iter(d.zones), None)}
            | {"window": d.window, "free": d.id not in taken}
            for d in hall.devices.values()
            if d.kind in OF_DEVICE
        ],
    }


def code_view(row: CodeRow, now: int) -> dict[str, Any]:
    """The browser that shows a code, so that the supervisor sees whether it is the screen before his eyes."""
    return {
        "code": row.code,
        "address": row.address,
        "about": row.about,
        "shown_seconds": max(0, now - row.made),
        "expires_seconds": max(0, row.until - now),
    }


def _screen(screen: Screen, link: Linked | None, told: Told, seen: int, now: float) -> dict[str, Any]:
    shown = link.shown if link is not None else None
    behind = told.behind.get(screen.device) if screen.board else None
    silent = max(0.0, now - link.heard) if link is not None else None
    return {
        "id": screen.id,
        "settings": msgspec.to_builtins(screen.settings),
        "page": page_of(screen.settings),
        "rev": screen.rev,
        "by": screen.by,
        "state": _state(screen, link, behind, silent),
        "behind": behind,
        "seen_seconds": round(silent) if silent is not None else max(0, round(now - seen)) if seen else None,
        "address": link.address if link is not None else "",
        "shown": msgspec.to_builtins(shown) if shown is not None else None,
    }


def _state(screen: Screen, link: Linked | None, behind: int | None, silent: float | None) -> str:
    """`online`, `hidden`, `late` (behind, or it says so itself), or `offline`."""
    if link is None or silent is None or silent > SILENT_SECONDS:
        return "offline"
    if link.shown is not None and link.shown.hidden:
        return "hidden"
    stale = link.shown is not None and link.shown.connection in ("late", "stale")
    return "late" if stale or (screen.board and (behind or 0) > BEHIND) else "online"


def _picture(picture: Picture | None, link: Linked | None, now: float) -> dict[str, Any] | None:
    """How old the picture is: a screen that says that it still shows the same has confirmed it."""
    if picture is None:
        return None
    at = picture.at
    if link is not None and link.shown is not None and link.shown.picture == picture.digest:
        at = max(at, link.heard)
    return {"digest": picture.digest, "age_seconds": round(max(0.0, now - at))}


def _opened(hall: Hall, opened: Opened) -> dict[str, Any]:
    kind, _, name = opened.channel.partition("/")
    device = hall.devices.get(opened.device)
    words = KIND_ZH[Kind(kind)]
    if kind == "zone":
        words += f" · {hall.zones[name].short_zh}"
    elif kind == "window":
        words += f" · {name} 号窗口"
    return {
        "zh": device.zh if device is not None else "",
        "place_zh": words,
        "address": opened.address,
        "behind": opened.behind,
        "seen_seconds": round(opened.silent_seconds),
    }
