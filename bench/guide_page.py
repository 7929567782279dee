"""A scripted guide at the guide's page in Chromium (脚本导询员): keys at a person's pace, and the clock.

The page's own clock counts: from the press that asks until the frame in which the answer stands on the page.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

from bench.monday import Act

HOST: Final = "hall.test"
CHROMIUM: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
)
DESK: Final = {"width": 1366, "height": 768}
PATIENCE_MS: Final = 20_000
LETTER_SECONDS: Final = (0.09, 0.16)
"""Between two keys of a fast typist: 60 words a minute and more."""
RECORDER: Final = """
window.print = () => window.dispatchEvent(new Event("afterprint"));
window.bench = { presses: [], shown: [] };
window.addEventListener("keydown", (event) => {
  if (event.key !== "Control") window.bench.presses.push(event.timeStamp);
}, true);
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector('[data-part="panel"]');
  let last = "|";
  new MutationObserver(() => {
    const number = panel.querySelector("[data-number]")?.dataset.number ?? "";
    const note = panel.querySelector(".banner")?.textContent ?? "";
    if (`${number}|${note}` === last) return;
    last = `${number}|${note}`;
    const seen = { number, note, at: 0 };
    window.bench.shown.push(seen);
    requestAnimationFrame(() => setTimeout(() => (seen.at = performance.now())));
  }).observe(panel, { childList: true, subtree: true });
});
"""
SAID: Final = {"move": "已改签", "void": "已作废", "consult": "已计一次咨询"}


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast the guide is, seconds: between keys, and from one act to the next."""

    key: tuple[float, float] = LETTER_SECONDS
    person: tuple[float, float] = (0.25, 0.45)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an act."""

    act: Act
    number: str
    """Of an issue; else empty."""
    milliseconds: float
    """From the press to the frame with the answer."""
    waited: bool
    """The guide had begun the next act before that frame."""


class NotDone(Exception):
    """The page said something else than it should."""


@contextmanager
def at_desk(port: int, token: str) -> Iterator[Page]:
    """The guide's page in rush mode, in Debian's Chromium, over plain http under a host name."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM])
        try:
            yield opened(browser, port, token)
        finally:
            browser.close()


def opened(browser: Browser, port: int, token: str) -> Page:
    """The page, live and in rush mode."""
    context = browser.new_context(viewport={"width": DESK["width"], "height": DESK["height"]})
    context.add_cookies([{"name": "onewindow", "value": token, "domain": HOST, "path": "/"}])
    context.add_init_script(RECORDER)
    page = context.new_page()
    page.goto(f"http://{HOST}:{port}/guide")
    page.wait_for_selector('html[data-connection="live"]')
    page.keyboard.press("F2")
    page.wait_for_selector(".guide__tile")
    page.evaluate("() => { window.bench.presses.length = window.bench.shown.length = 0; }")
    return page


def issue(page: Page, acts: list[Act], pace: Pace, seed: int) -> list[Done]:
    """Do all acts without ever waiting for the page; then pair presses with answers. Raises NotDone."""
    luck = random.Random(seed)
    for act in acts:
        for key in act.keys:
            page.keyboard.press(key)
            time.sleep(luck.uniform(*pace.key))
        time.sleep(luck.uniform(*pace.person))
    slips = sum(act.kind == "issue" for act in acts)
    page.wait_for_function(
        "([slips, text]) => new Set(window.bench.shown.map((one) => one.number).filter(Boolean)).size >= slips"
        " && (!text || window.bench.shown.at(-1).note.includes(text)) && window.bench.shown.at(-1).at > 0",
        arg=[slips, SAID.get(acts[-1].kind, "")],
        timeout=PATIENCE_MS,
    )
    return paired(acts, page.evaluate("() => window.bench"))


def paired(acts: list[Act], told: dict[str, Any]) -> list[Done]:
    """Each act with its answer; the page answers in the order of the presses. Raises NotDone."""
    presses, shown = told["presses"], iter(told["shown"])
    if len(presses) != sum(len(act.keys) for act in acts):
        raise NotDone(f"{len(presses)} presses came to the page")
    done: list[Done] = []
    numbers: set[str] = set()
    at = 0
    for act in acts:
        at += len(act.keys)
        number, when = _answer(act, shown, numbers)
        follows = presses[at] if at < len(presses) else when
        took = when - presses[at - 1]
        done.append(Done(act=act, number=number, milliseconds=took, waited=when > follows))
    return done


def _answer(act: Act, shown: Iterator[dict[str, Any]], numbers: set[str]) -> tuple[str, float]:
    """The number and the time of the first thing shown that answers the act."""
    for seen in shown:
        if act.kind == "issue":
            if seen["number"] and seen["number"] not in numbers:
                numbers.add(seen["number"])
                return seen["number"], seen["at"]
        elif SAID[act.kind] in seen["note"]:
            return "", seen["at"]
        if "没有" in seen["note"] or "不能" in seen["note"]:
            raise NotDone(seen["note"])
    raise NotDone(f"nothing answered {act}")
