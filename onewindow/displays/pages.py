"""The displays' pages (显示页面): complete as the server sends them, followed live by their scripts.

`/screens/hall`, `/screens/zones/{zone}`, `/screens/windows/{no}` and a ticket's own page `/t/{token}`.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import principal_of
from onewindow.access.principal import Role
from onewindow.displays import channels
from onewindow.displays.cells import Cells
from onewindow.displays.holder import CARRIED
from onewindow.displays.map_page import MapRoom
from onewindow.displays.service import banner
from onewindow.http.problem import problem, problem_of
from onewindow.queue.checks import missing
from onewindow.queue.refusals import refuse
from onewindow.queue.state import HallDay
from onewindow.queue.words import COMPLAINTS, GRADES, RATING_REASONS
from onewindow.runtime.hall import HallRuntime
from onewindow.views.clock import hhmm
from onewindow.views.ticket import View
from onewindow.web.render import Pages
from onewindow.zones.model import Hall

SOUNDERS: Final = (Role.SCREEN, Role.SPEAKER)
"""Who may be the zone's loudspeaker beside its TV, with `?speaker=1`."""
FRESH_MS: Final = 20_000
"""So long a call is the new one, as the screens' scripts have it."""
ROWS: Final = 6
"""Calls on the hall's screen at once; more become pages."""


def routes(
    runtime: HallRuntime,
    pages: Pages,
    ticket_of: Callable[[str], str | None],
    token_of: Callable[[str], str],
    push_key: str = "",
) -> list[BaseRoute]:
    """The pages; `ticket_of`: the id of a tracking token's ticket, or None; `token_of`: the token of a ticket.

    `push_key`: the server's public key for Web Push, or empty where there is none.
    """
    room = _Room(runtime, pages, ticket_of, token_of, push_key)
    return [
        Route("/screens/hall", room.hall),
        Route("/screens/zones/{zone}", room.zone),
        Route("/screens/windows/{no}", room.window),
        Route("/t/{token}", room.phone),
        Route("/t/{token}/app.webmanifest", room.manifest),
        *room.maps.routes(),
    ]


class _Room:
    def __init__(
        self,
        runtime: HallRuntime,
        pages: Pages,
        ticket_of: Callable[[str], str | None],
        token_of: Callable[[str], str],
        push_key: str,
    ) -> None:
        self._push_key = push_key
        self._runtime = runtime
        self._pages = pages
        self._ticket_of = ticket_of
        self._token_of = token_of
        self.maps = MapRoom(runtime.hall, pages)

    async def hall(self, request: Request) -> Response:
        """The hall's TV."""
        state = await self._runtime.committed()
        context = hall_context(state, self._runtime.clock.now_ms()) | self._frame(state)
        return self._pages.render(
            request, "screens/hall.html", **context, socket=_socket(request, self._runtime.hall, "/ws/hall")
        )

    async def zone(self, request: Request) -> Response:
        """A zone's TV."""
        code = request.path_params["zone"]
        if code not in self._runtime.hall.zones:
            raise problem_of(refuse("unknown_zone", name=code))
        state = await self._runtime.committed()
        context = zone_context(state, code) | self._frame(state, code)
        principal = principal_of(request)
        sounds = request.query_params.get("speaker") == "1" and principal is not None and principal.may_be(*SOUNDERS)
        context["speaker"] = f"/ws/speakers/{code}" if sounds else ""
        return self._pages.render(
            request, "screens/zone.html", **context, socket=_socket(request, self._runtime.hall, f"/ws/zones/{code}")
        )

    async def window(self, request: Request) -> Response:
        """A window's LED strip; a window named as people write it ("7") leads to its own address."""
        name = request.path_params["no"]
        window = self._runtime.hall.window_named(name)
        if window is None:
            raise problem_of(refuse("unknown_window", name=name))
        if window.no != name:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/screens/windows/{window.no}{query}", 303)
        state = await self._runtime.committed()
        return self._pages.render(
            request,
            "screens/window.html",
            strip=Cells(state).strip(window.no),
            socket=_socket(request, self._runtime.hall, f"/ws/windows/{window.no}"),
        )

    async def phone(self, request: Request) -> Response:
        """A ticket's own page, for whoever has its link."""
        token = request.path_params["token"]
        name = self._ticket_of(token)
        if name is None:
            raise problem("not_found")
        state = await self._runtime.committed()
        found = phone_context(state, name)
        if found is None and (new := carried_to(state, name)) is not None:
            return RedirectResponse(f"/t/{self._token_of(new)}", 303)
        if found is None:
            return self._pages.render(
                request,
                "phone_past.html",
                status_code=404,
                number=name.partition("-")[2],
                lost=missing(state, name) is not None,
                page_zh="号票",
            )
        return self._pages.render(
            request,
            "phone.html",
            **found,
            map=self.maps.context(way_windows(found["ticket"])),
            ticket_id=name,
            token=token,
            socket=f"/ws/tickets/{token}",
            push=self._push_key,
        )

    async def manifest(self, request: Request) -> Response:
        """What an installed page of this ticket is called, and where it begins."""
        token = request.path_params["token"]
        if self._ticket_of(token) is None:
            raise problem("not_found")
        return JSONResponse(manifest(self._runtime.hall, token, self._pages), media_type="application/manifest+json")

    def _frame(self, state: HallDay, zone: str | None = None) -> View:
        notices = Cells(state).notices(zone)
        return {
            "service": banner(state),
            "clock": hhmm(state.hall, self._runtime.clock.now_ms()),
            "notice": notices[0] if notices else {"zh": "", "en": ""},
            "connection_state": "off",
            "connection_age": None,
        }


def hall_context(state: HallDay, now_ms: int) -> View:
    """What `screens/hall.html` shows: the newest calls, how many pages there are, the zones."""
    cells = Cells(state)
    calls = [call for no in state.windows if (call := cells.call(no)) is not None]
    calls.sort(key=lambda call: call["call"], reverse=True)
    zones = [cells.cell(channels.HALL, f"zone/{code}") for code in state.hall.zones]
    return {
        "calls": [call_context(state, call, now_ms) for call in calls[:ROWS]],
        "pages": {"now": 1, "of": -(-len(calls) // ROWS) or 1},
        "zones": [
            {
                "zone": state.hall.zones[code],
                "waiting": zone["waiting"],
                "wait": zone["wait"],
                "closed": not zone["open"],
                "stopped": zone["stopped"],
            }
            for code, zone in zip(state.hall.zones, zones, strict=True)
            if isinstance(zone, dict)
        ],
    }


def call_context(state: HallDay, call: View, now_ms: int) -> View:
    """A standing call as the templates' rows take it: in the call's colour only while it is fresh."""
    since = state.tickets[state.windows[call["window"]].ticket or ""].called_at or 0
    fresh = now_ms - since <= FRESH_MS and state.suspended is None
    return {
        "id": call["id"],
        "number": call["number"],
        "window": call["window"],
        "zone": state.hall.zones[call["zone"]],
        "state": ("recalled" if call["recalled"] else "called") if fresh else "",
        "flags": ["priority"] if call["priority"] else ["appointment"] if call["booked"] else [],
    }


def zone_context(state: HallDay, code: str) -> View:
    """What `screens/zone.html` shows: the zone's windows in their order, and its queue."""
    cells, zone = Cells(state), state.hall.zones[code]
    windows = [cells.window(no) for no in zone.windows]
    figures: Any = cells.cell(channels.zone(code), "zone")
    columns = 1 if len(windows) <= 6 else 2 if len(windows) <= 14 else 3
    return {
        "zone": zone,
        "windows": windows,
        "columns": columns,
        "waiting": figures["waiting"],
        "wait": figures["wait"],
        "closed": not figures["open"],
        "stopped": figures["stopped"],
    }


def phone_context(state: HallDay, name: str) -> View | None:
    """What `phone.html` shows; None when the ticket is not of this day. The papers are for this page alone."""
    ticket = Cells(state).ticket(name)
    if ticket is None:
        return None
    held = state.tickets[name]
    codes = [code for code in (held.matter, *held.more) if code is not None]
    matters = [state.hall.matters[code] for code in dict.fromkeys(codes)]
    return {
        "ticket": ticket,
        "passed": Cells(state).passed(name) or [],
        "service": banner(state),
        "matters": matters,
        "away_minutes": state.hall.settings.timing.away_minutes,
        "rule_zh": state.hall.settings.slip_zh,
        "rule_en": state.hall.settings.slip_en,
        "grades": [(grade, *GRADES[grade]) for grade in sorted(GRADES, reverse=True)],
        "complaints": [(code, *RATING_REASONS[code]) for code in COMPLAINTS],
    }


def way_windows(ticket: View) -> list[str]:
    """The windows to which the phone's map shows the way."""
    return [ticket["window"]] if ticket["window"] is not None else list(ticket["windows"])


def manifest(hall: Hall, token: str, pages: Pages) -> View:
    """The web app manifest (应用清单) of a ticket's page; each ticket begins at its own address."""
    icons = [("icon-192", "192x192", "any"), ("icon-512", "512x512", "any"), ("icon-maskable", "512x512", "maskable")]
    return {
        "name": f"{hall.settings.short_zh} · 我的号",
        "short_name": "我的号",
        "lang": "zh-CN",
        "start_url": f"/t/{token}",
        "scope": "/t/",
        "display": "standalone",
        "background_color": "#F6F4EF",
        "theme_color": "#F6F4EF",
        "icons": [
            {"src": pages.static(f"img/{name}.png"), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in icons
        ],
    }


def carried_to(state: HallDay, name: str) -> str | None:
    """The ticket of today that goes on with one of the day before (转次日), or None."""
    return next((t.id for t in state.tickets.values() if t.previous == name and t.channel == CARRIED), None)


def _socket(request: Request, hall: Hall, path: str) -> str:
    """The page's channel; the device that the page was opened as goes with it."""
    device = request.query_params.get("device", "")
    return f"{path}?device={quote(device, safe='')}" if device in hall.devices else path
