"""A hall with one page of every kind open at once, each recording itself, and what their records say (断网演练)."""

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from onewindow.access.guard import COOKIE
from tests.cable import Cable, cable
from tests.callers.browsers import Desk, always_open, chromium, signed_in
from tests.displays.cut_pages import KINDS, WINDOW
from tests.displays.cut_record import Record, script
from tests.server import Server, served

AWAKE = (
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)
"""A browser spares the pages that nobody looks at; a hall's each fill a screen."""
DEVICES = {"hall": "tv-hall", "zone": "tv-business", "strip": f"led-{WINDOW}"}
"""Which of the hall's devices these pages are; the supervisor is told when one is silent."""
ALARM = re.compile(r"(\d+) 个设备没有回应")
RETURN_S = 1.0
"""What is shown is to be true so soon after the return. On top comes what the machine was late with its timers,
and what the server itself took for three answers: nothing to speak of, unless others keep the machine busy.
"""


def now() -> float:
    """Milliseconds since the epoch, as the pages count."""
    return time.time() * 1000


@dataclass
class Shown:
    """One page of a kind."""

    name: str
    context: BrowserContext
    page: Page
    errors: list[str]

    def watch(self) -> None:
        """Keep what its scripts stumble over."""
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def record(self) -> Record:
        """What it has recorded so far."""
        return Record(self.name, self.page.evaluate("window.cutRecord"))


class Drill:
    """The hall, its pages, and somebody at the desk."""

    def __init__(self, server: Server, wire: Cable, desk: Desk, watcher: Page) -> None:
        self.server = server
        self.wire = wire
        self.desk = desk
        self.pages: dict[str, Shown] = {}
        self.number = ""
        self.needs = 0.0
        """Seconds that the server took for three more answers when it was back: a page asks, connects and reads."""
        self._watcher = watcher

    def open(self, browser: Browser, port: int) -> None:
        """Issue a number that waits, and open a page of every kind at this port."""
        self.desk.post(f"/api/windows/{WINDOW}/open")
        issued = self.desk.post("/api/tickets", {"matter": "BIZ-006"}, role="guide")
        self.number = issued["ticket"]["number"]
        for name, kind in KINDS.items():
            width, height = kind.size
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            at = f"http://hall.test:{port}"
            if kind.role:
                token = self.server.token(kind.role, **({"window": kind.window} if kind.window else {}))
                context.add_cookies([{"name": COOKIE, "value": token, "url": at}])
            page = context.new_page()
            page.add_init_script(script(replace(kind, shows="[data-cell=now]") if name == "speaker" else kind))
            shown = Shown(name, context, page, [])
            shown.watch()
            device = f"?device={DEVICES[name]}" if name in DEVICES else ""
            page.goto(at + (kind.path or issued["track"]) + device)
            expect(page.locator("html")).to_have_attribute("data-connection", "live", timeout=30_000)
            self.pages[name] = shown
        expect(self.pages["speaker"].page.locator("[data-cell=state]")).to_contain_text("有声", timeout=30_000)
        for shown in self.pages.values():
            assert shown.page.evaluate("document.visibilityState") == "visible"
        self.wait(4)

    def wait(self, seconds: float) -> None:
        """Let time pass, for the pages too."""
        self._watcher.wait_for_timeout(seconds * 1000)

    def act(self, what: str) -> None:
        """Have the window call, recall …"""
        self.desk.post(f"/api/windows/{WINDOW}/{what}")

    def answers(self) -> float:
        """When the server has answered a reading, as the pages ask for; waits for it."""
        bearer = self.server.bearer("supervisor")
        with httpx.Client(base_url=self.server.url, headers=bearer, timeout=60, trust_env=False) as client:
            client.get(f"/api/windows/{WINDOW}").raise_for_status()
            back = now()
            for _ in range(3):
                client.get(f"/api/windows/{WINDOW}").raise_for_status()
            self.needs = (now() - back) / 1000
        return back

    def resume(self, what: str) -> float:
        """Let a stopped server go on, with this command in its hands; when it first answered anybody."""
        answered: list[float] = []

        def ask() -> None:
            answered.append(self.answers())

        threads = [threading.Thread(target=ask), threading.Thread(target=self.act, args=(what,))]
        for thread in threads:
            thread.start()
        self.wait(1)
        self.server.process.send_signal(signal.SIGCONT)
        for thread in threads:
            thread.join()
        return answered[0]

    def go_offline(self, off: bool) -> float:
        """Take the pages' network away, or give it back; when that was done.

        A browser that is offline lets an open socket live on, which its network wouldn't: the cable goes as well.
        """
        if off:
            self.wire.freeze()
        at = now()
        for shown in self.pages.values():
            shown.context.set_offline(off)
        if off:
            return at
        self.wire.mend()
        back = now()
        self.answers()
        return back

    def alarmed(self, cut: float, devices: int) -> float:
        """Seconds from the cut until the supervisor's page told of so many silent devices."""
        for at, what, *more in self._watcher.evaluate("window.cutRecord"):
            found = ALARM.search(more[0]) if what == "shows" and at > cut else None
            if found and int(found[1]) >= devices:
                return float(at - cut) / 1000
        raise AssertionError(self._watcher.locator("[data-part=alarms]").text_content())


@dataclass
class Judged:
    """A kind of page in a cut: seconds from the cut to the mark and the banner, and from the return to the truth."""

    name: str
    late: float
    stale: float
    back: float
    busy: float
    flashes: int


def judge(drill: Drill, cut: float, back: float, *, flashes: int) -> list[Judged]:
    """Judge all records; fails with every page that broke a promise.

    `cut`, `back`: when the cut began and when the server could be reached again; `flashes`: how often each page that
    flashes must have flashed since the cut.
    """
    judged, faults = [], list[str]()
    for name, shown in drill.pages.items():
        record, kind = shown.record(), KINDS[name]
        true = record.true_from(back, kind.text or drill.number) if name != "speaker" else record.true_from(back, "")
        late, stale = record.first("says", cut, "late"), record.first("says", cut, "stale")
        if late is None or stale is None or true is None:
            faults.append(f"{name}: late {late}, stale {stale}, true again {true}: {record.notes[-12:]}")
            continue
        one = Judged(
            name,
            (late - cut) / 1000,
            (stale - cut) / 1000,
            (true - back) / 1000,
            record.busy(back, true + 100) / 1000,
            record.flashes(cut),
        )
        judged.append(one)
        slow = record.busy(cut, stale + 100) / 1000
        faults += [
            f"{one}: {why}"
            for why, wrong in (
                ("the mark later than 5 s", one.late > 5 + slow),
                ("the banner later than 15 s", one.stale > 15 + slow),
                ("no banner to be seen", not record.banner(cut)),
                ("not true within a second", one.back > RETURN_S + one.busy + drill.needs),
                (f"flashed not {flashes} times", kind.flashes and one.flashes != flashes),
                (f"errors {shown.errors}", bool(shown.errors)),
            )
            if wrong
        ]
    print(f"\nthe server took {drill.needs:.2f} s for three answers")
    table(judged)
    assert not faults, "\n".join(faults)
    return judged


def table(judged: list[Judged]) -> None:
    """Print them, a row a kind."""
    print("\n| page | mark | banner | true again | of it the machine | flashes |")
    print("| --- | --- | --- | --- | --- | --- |")
    for one in judged:
        flashes = str(one.flashes) if KINDS[one.name].flashes else "–"
        print(
            f"| {one.name} | {one.late:.1f} s | {one.stale:.1f} s | {one.back:.2f} s | {one.busy:.2f} s | {flashes} |"
        )


def _hall(folder: Path) -> Path:
    """The sample hall; a call is said for half a minute, so that a cut of a little more is one of minutes to it."""
    hall = always_open(folder)
    settings = hall / "hall.toml"
    text = settings.read_text(encoding="utf-8")
    assert "expire_seconds = 90" in text
    settings.write_text(text.replace("expire_seconds = 90", "expire_seconds = 30"), encoding="utf-8")
    return hall


@contextmanager
def drilled(folder: Path, *, through_cable: bool = False) -> Iterator[Drill]:
    """The hall and its pages, until the block ends; the watching supervisor's page is never cut off by a cable."""
    with ExitStack() as stack:
        server = stack.enter_context(served(folder / "data", _hall(folder)))
        wire = stack.enter_context(cable(server.port))
        browser = stack.enter_context(chromium(*AWAKE))
        desk = Desk(server)
        stack.callback(desk.close)
        watcher = signed_in(browser, server, "supervisor", (1920, 1080)).new_page()
        watcher.add_init_script(script(replace(KINDS["supervisor"], shows="[data-part=alarms]")))
        watcher.goto(f"http://hall.test:{server.port}/supervisor")
        drill = Drill(server, wire, desk, watcher)
        drill.open(browser, wire.port if through_cable else server.port)
        yield drill


def played(drill: Drill, after: float) -> list[Any]:
    """The calls that the loudspeaker's page began to say after that time; a notice is none."""
    notes = drill.pages["speaker"].record().notes
    return [note for note in notes if note[1] == "shows" and note[0] >= after and "号窗口" in note[2]]
