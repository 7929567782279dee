"""Every kind of page that shows the hall live, and where each shows a call (各种屏)."""

from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from onewindow.access.guard import COOKIE
from tests.cable import Cable
from tests.callers.browsers import Reached

WINDOW = "20"
ZONE = "business"
PULSES = """
let pulses = 0;
document.addEventListener("animationstart", (event) => {
  if (event.animationName !== "call-pulse" || !event.target.className.includes("__number")) return;
  pulses += 1;
  document.documentElement.dataset.pulses = pulses;
}, true);
"""
"""Counts on the page how often a called number has pulsed."""


@dataclass(frozen=True)
class Kind:
    """A kind of page."""

    path: str
    size: tuple[int, int]
    shows: str
    """Where the called number stands, or what follows from it."""
    role: str = ""
    window: str | None = None
    banner: str = "ow-connection [data-cell=banner]"
    flashes: bool = False
    text: str = ""
    """What stands there once the number is called; empty: the number."""


KINDS = {
    "hall": Kind("/screens/hall", (1920, 1080), "#calls", flashes=True),
    "zone": Kind(f"/screens/zones/{ZONE}", (1920, 1080), f"[data-window='{WINDOW}']", flashes=True),
    "strip": Kind(f"/screens/windows/{WINDOW}", (640, 160), ".led", banner=".led__stale", flashes=True),
    "device": Kind(f"/windows/{WINDOW}/device", (1024, 600), "[data-view=now]", "screen"),
    "phone": Kind("", (390, 844), ".phone__lead", flashes=True, text=f"请到 {WINDOW} 号窗口"),
    "console": Kind(
        f"/windows/{WINDOW}",
        (1366, 768),
        "[data-part=card] [data-cell=number]",
        "clerk",
        WINDOW,
        "[data-notice=down]",
    ),
    "pad": Kind(f"/windows/{WINDOW}/pad", (480, 800), "[data-cell=number]", "clerk", WINDOW, "[data-notice=down]"),
    "guide": Kind("/guide", (1366, 768), f".guide__zone[data-zone={ZONE}] [data-cell=waiting]", "guide", text="0"),
    "supervisor": Kind("/supervisor", (1920, 1080), "[data-part=plan]", "supervisor", banner="[data-notice=down]"),
    "speaker": Kind(f"/speaker/{ZONE}", (800, 480), "[data-cell=state]", "speaker", text="有声"),
}


class Opened:
    """One such page, open through the cable, its clock in the test's hand."""

    def __init__(self, browser: Browser, hall: Reached, wire: Cable, name: str, track: str = "") -> None:
        self.name = name
        self.kind = KINDS[name]
        size = {"width": self.kind.size[0], "height": self.kind.size[1]}
        self.context: BrowserContext = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
        at = f"http://hall.test:{wire.port}"
        if self.kind.role:
            token = hall.token(self.kind.role, window=self.kind.window)
            self.context.add_cookies([{"name": COOKIE, "value": token, "url": at}])
        self.page: Page = self.context.new_page()
        self.page.add_init_script(PULSES)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.clock.install()
        self.page.goto(at + (self.kind.path or track))
        self.is_("live")
        if name == "speaker":
            self.shows("")  # It connects once its sound is known to work.

    def is_(self, state: str) -> None:
        """Wait until it says that it is live, late or stale."""
        expect(self.page.locator("html")).to_have_attribute("data-connection", state, timeout=30_000)

    @property
    def says(self) -> str:
        """What it says now."""
        return str(self.page.evaluate("document.documentElement.dataset.connection"))

    @property
    def where(self) -> Locator:
        """Where the call stands."""
        return self.page.locator(self.kind.shows).first

    def shows(self, number: str) -> None:
        """Wait until it shows the called number."""
        expect(self.where).to_contain_text(self.kind.text or number, timeout=30_000)

    def hold(self) -> None:
        """Stop its clock."""
        self.page.clock.pause_at(float(self.page.evaluate("Date.now()")) / 1000 + 1)

    def settle(self) -> None:
        """Let what was still on its way come; from now on it has heard nothing more."""
        self.page.wait_for_timeout(150)
        self.page.evaluate("document.querySelector('ow-connection').heard()")

    def on(self, milliseconds: int) -> None:
        """Move its clock on, leaving the network the moment that it would have had to say that nobody is there.

        Without it every knock is given up as soon as it was begun, and a browser that has seen enough of that waits.
        """
        for step in (*[500] * (milliseconds // 500), milliseconds % 500):
            self.page.clock.run_for(step)
            self.page.wait_for_timeout(25)

    def comes_back(self) -> None:
        """Wait until it is live again, moving its clock by one second at most.

        In small steps: the network's answers take none of that clock's time, and must find their way in between.
        """
        for _ in range(10):
            self.page.clock.run_for(100)
            try:
                expect(self.page.locator("html")).to_have_attribute("data-connection", "live", timeout=400)
            except AssertionError:
                continue
            return
        self.is_("live")

    @property
    def banner(self) -> Locator:
        """What says that nothing here is to be trusted."""
        return self.page.locator(self.kind.banner).first

    def pulsed(self, times: int) -> None:
        """Wait until a number has pulsed so often; none: that none has by now."""
        if times:
            expect(self.page.locator("html")).to_have_attribute("data-pulses", str(times))
        else:
            assert self.page.locator("html").get_attribute("data-pulses") is None
