"""Every page of the product, where it is seen and by whom; the list is held against the application's routes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect
from starlette.routing import Route

from onewindow.app import open_app
from onewindow.zones.load import load_hall
from tests.callers.browsers import Desk, address, always_open, signed_in
from tests.server import ANQIU, Server, served

DESK, TABLET, TV, PHONE = (1366, 768), (800, 480), (1920, 1080), (390, 844)


class Place(NamedTuple):
    """A page as somebody sees it. `path` may name {ticket} and {track}; `role`: "" for whoever comes by."""

    path: str
    role: str
    size: tuple[int, int]
    staff: bool = False
    """Whether people work at it, with a keyboard."""
    screen: bool = False
    """Whether it hangs in the hall: contrast 7:1."""


PLACES: dict[str, tuple[Place, ...]] = {
    "/": (Place("/", "", DESK, staff=True), Place("/", "", PHONE)),
    "/by-hand": (Place("/by-hand", "guide", DESK, staff=True),),
    "/desk": (Place("/desk", "guide", DESK),),
    "/guide": (Place("/guide", "guide", DESK, staff=True), Place("/guide", "guide", PHONE)),
    "/kiosk": (Place("/kiosk", "kiosk", (1080, 1920), staff=True),),
    "/map": (Place("/map", "", DESK, staff=True), Place("/map?to=07,08", "", PHONE), Place("/map?to=32", "", PHONE)),
    "/patterns": (Place("/patterns", "", DESK),),
    "/screen": (Place("/screen", "", TV, screen=True), Place("/screen", "", (960, 540), screen=True)),
    "/screens/hall": (Place("/screens/hall", "", TV, screen=True),),
    "/screens/windows/{no}": (Place("/screens/windows/17", "", (640, 160), screen=True),),
    "/screens/zones/{zone}": (Place("/screens/zones/business", "", TV, screen=True),),
    "/sign-in": (Place("/sign-in", "", DESK, staff=True),),
    "/sign-in/window": (Place("/sign-in/window", "clerk", DESK, staff=True),),
    "/slips/{ticket}": (Place("/slips/{ticket}", "guide", DESK),),
    "/speaker/{zone}": (Place("/speaker/business", "speaker", DESK),),
    "/supervisor": (
        Place("/supervisor", "supervisor", TV, staff=True),
        Place("/supervisor", "supervisor", PHONE, staff=True),
    ),
    "/supervisor/check": (Place("/supervisor/check", "supervisor", DESK, staff=True),),
    "/supervisor/screens": (
        Place("/supervisor/screens", "supervisor", (1440, 900), staff=True),
        Place("/supervisor/screens", "supervisor", PHONE, staff=True),
    ),
    "/supervisor/voice": (
        Place("/supervisor/voice", "supervisor", (1440, 900), staff=True),
        Place("/supervisor/voice", "supervisor", PHONE, staff=True),
    ),
    "/t/{token}": (Place("{track}", "", PHONE, staff=True), Place("{track}", "", (360, 640))),
    "/windows": (Place("/windows", "clerk", DESK),),
    "/windows/{no}": (Place("/windows/17", "clerk", DESK, staff=True), Place("/windows/18", "supervisor", DESK)),
    "/windows/{no}/device": (Place("/windows/38/device", "screen", (1024, 600)),),
    "/windows/{no}/pad": (
        Place("/windows/17/pad", "clerk", TABLET, staff=True),
        Place("/windows/17/pad", "clerk", PHONE),
    ),
}
NO_PAGES = {"/healthz", "/readyz", "/metrics", "/sign-in/device", "/t/{token}/app.webmanifest", "/guide-worker.js"}
"""What a program asks for, the address that only leads on, and a script at the root."""


async def routed(data: Path) -> set[str]:
    """The paths of the application's pages: what a browser may ask for and isn't data, a socket or a file."""
    async with open_app(load_hall(ANQIU), data, tick_seconds=None) as app:
        gets = {r.path for r in app.asgi.routes if isinstance(r, Route) and "GET" in (r.methods or ())}
    return {path for path in gets if not path.startswith("/api/")}


def busy(desk: Desk) -> None:
    """A hall at work: windows open, called, serving, paused, on hold, done; numbers of every zone; help wanted."""
    for no in ("01", "05", "07", "13", "17", "18", "20", "23", "31", "32", "33", "36", "38", "39"):
        desk.post(f"/api/windows/{no}/open")
    for turn in range(6):
        who = {"applicant": "elderly"} if turn % 3 == 0 else {}
        for matter in ("BIZ-001", "CNV-001", "REA-001", "INV-001", "CNV-017", "BIZ-024", "CNV-033"):
            desk.issue(matter, **who)
    for no in ("01", "07", "17", "18", "23", "32", "33", "36", "38"):
        desk.post(f"/api/windows/{no}/call-next")
    for no in ("07", "18", "33", "38"):
        desk.post(f"/api/windows/{no}/start")
    desk.post("/api/windows/32/recall")
    desk.post("/api/windows/20/pause", {"reason": "brief"})
    desk.post("/api/windows/38/finish")
    desk.post("/api/windows/33/hold", {"reason": "papers"})
    desk.post("/api/windows/39/help")
    code = desk.post("/api/screens/codes", {})["code"]
    desk.post("/api/supervisor/screens", {"code": code, "settings": {"zh": "总屏", "kind": "hall"}})


class Product:
    """A served hall in one state, and its pages."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self.desk = Desk(server)
        issued = self.desk.post("/api/tickets", {"matter": "CNV-001"}, role="guide")
        self.names = {"ticket": issued["ticket"]["id"], "track": issued["track"]}

    @contextmanager
    def opened(self, place: Place, **options: str) -> Iterator[Page]:
        """The page as it stands once it has heard of the hall; `options`: of the browser's context."""
        token = {"name": "li"} | ({"window": "17"} if place.role == "clerk" else {})
        width, height = place.size
        context = (
            signed_in(self.browser, self.server, place.role, place.size, **token)
            if place.role
            else self.browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        )
        page = context.new_page()
        if options.get("motion"):
            page.emulate_media(reduced_motion="reduce")
        page.goto(address(self.server) + place.path.format(**self.names), wait_until="networkidle")
        if page.locator("ow-connection").count() and place.path != "/patterns":  # there they are samples
            expect(page.locator("html")).to_have_attribute("data-connection", "live")
        yield page
        context.close()


@contextmanager
def product(folder: Path, browser: Browser, *, at_work: bool) -> Iterator[Product]:
    """A hall that has just opened, or one at work."""
    with served(folder / "data", always_open(folder)) as server:
        found = Product(browser, server)
        if at_work:
            busy(found.desk)
        try:
            yield found
        finally:
            found.desk.close()
