"""The desk's pages (导询台页面): `/guide`, the kiosk's `/kiosk`, and the slip to be printed, `/slips/{ticket}`."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require_page
from onewindow.access.principal import STAFF, Role
from onewindow.guide_desk.by_hand import by_hand
from onewindow.guide_desk.calls import DeskCalls
from onewindow.guide_desk.room import DeskRoom, code_svg
from onewindow.guide_desk.slip import HANDLE, ranges
from onewindow.queue.capability import capable_windows
from onewindow.queue.decide_desk import MOST_FOLDERS
from onewindow.queue.state import HallDay
from onewindow.views.floor import zone_view
from onewindow.views.marks import BOOKED
from onewindow.web.render import PAGE_HEADERS, POLICY, Pages
from onewindow.web.static_files import ROOT
from onewindow.zones.model import Hall, Matter

FRAMED: Final = {
    **PAGE_HEADERS,
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}
"""Our own pages hold the slip in a hidden frame, to print it."""
FOUND: Final = 12


def routes(room: DeskRoom, pages: Pages) -> list[BaseRoute]:
    """The room's routes: pages and calls."""
    own = _Pages(room, pages)
    return [
        Route("/guide", own.guide, methods=["GET"]),
        Route("/guide-worker.js", own.worker, methods=["GET"]),
        Route("/desk", own.desk, methods=["GET"]),
        Route("/by-hand", own.by_hand, methods=["GET"]),
        Route("/kiosk", own.kiosk, methods=["GET"]),
        Route("/slips/{ticket}", own.slip, methods=["GET"]),
        *DeskCalls(room).routes(),
    ]


class _Pages:
    def __init__(self, room: DeskRoom, pages: Pages) -> None:
        self._room = room
        self._pages = pages

    async def guide(self, request: Request) -> Response:
        """The guide's page; with `?q=` the matters found, for a browser without scripts."""
        require_page(request, Role.GUIDE, Role.SUPERVISOR)
        hall = self._room.hall
        query = request.query_params.get("q", "")
        found = [hall.matters[match.matter] for match in self._room.index.search(query, FOUND)]
        state = await self._room.runtime.committed()
        return self._pages.render(request, "guide.html", **guide_context(state, query, found))

    async def worker(self, request: Request) -> Response:
        """The script that brings the guide's page again; at the root, so that it may see to `/guide`."""
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return FileResponse(ROOT / "js" / "guide-worker.js", media_type="text/javascript", headers=headers)

    async def desk(self, request: Request) -> Response:
        """The desk's other name."""
        return RedirectResponse("/guide", 303)

    async def by_hand(self, request: Request) -> Response:
        """The list to call by, for staff."""
        require_page(request, *STAFF)
        now = self._room.runtime.clock.now_ms()
        found = by_hand(await self._room.runtime.committed(), now)
        return self._pages.render(request, "by_hand.html", found=found, page_zh="叫号清单", page_en="Call list")

    async def kiosk(self, request: Request) -> Response:
        """The kiosk's page."""
        require_page(request, Role.KIOSK, Role.GUIDE, Role.SUPERVISOR)
        state = await self._room.runtime.committed()
        return self._pages.render(request, "kiosk.html", **kiosk_context(state))

    async def slip(self, request: Request) -> Response:
        """The slip for 80 mm paper; scripts set the paper's length, and print it when the address ends in #print."""
        state = await self._room.runtime.committed()
        slip = self._room.slip(state, self._room.ticket(state, request, request.path_params["ticket"]))
        code = code_svg(slip.url).decode() if slip.url else ""
        return self._pages.render(request, "slip.html", headers=FRAMED, slip=slip, code=code)


def guide_context(state: HallDay, query: str, found: list[Matter]) -> dict[str, Any]:
    """What `guide.html` needs besides the page's own."""
    hall = state.hall
    able = [capable_windows(state, matter.zone, matter.group, matter.code, HANDLE) for matter in found]
    return {
        "page_zh": "导询台",
        "page_en": "Guide desk",
        "settings": hall.settings,
        "zones": [zone_view(state, code) for code in hall.zones],
        "zone_of": hall.zones,
        "query": query,
        "found": [(matter, list(ranges(sorted(windows)))) for matter, windows in zip(found, able, strict=True)],
        "day": state.day,
        "folders": MOST_FOLDERS,
        "spoken": {group.letter: group.spoken_zh for group in hall.groups.values()},
    }


def kiosk_context(state: HallDay) -> dict[str, Any]:
    """What `kiosk.html` needs: all zones, groups and matters, so that it is whole without scripts."""
    hall: Hall = state.hall
    return {
        "zones": [zone_view(state, code) for code in hall.zones],
        "groups": {code: [group for group in hall.groups.values() if group.zone == code] for code in hall.zones},
        "matters": {letter: [hall.matters[code] for code in group.matters] for letter, group in hall.groups.items()},
        # Nobody claims an appointment at a kiosk: it is given when a booked visitor checks in.
        "classes": [a for a in hall.settings.applicants[1:] if a.code != BOOKED],
        "phones": bool(hall.settings.public_url),
        "page_zh": "自助取号",
        "page_en": "Take a number",
    }
