"""What a page records of itself while it is cut off (各屏自记): when it heard, what it said, showed, flashed.

In the page, by its own observers, since a test that asks from outside is late itself when the machine is busy.
"""

import json
from dataclasses import dataclass
from typing import Any

from tests.displays.cut_pages import Kind

SCRIPT = """(([shows, banner]) => {
const record = (window.cutRecord = []);
const note = (what, ...more) => record.push([performance.timeOrigin + performance.now(), what, ...more]);
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => note("heard"));
  }
};
const root = document.documentElement;
const seen = (node) => Boolean(node && node.getClientRects().length);
let said = "", text = "";
const look = () => {
  const says = document.documentElement?.dataset.connection ?? "";
  if (says !== said) note("says", (said = says), seen(document.querySelector(banner)));
  const there = document.querySelector(shows)?.textContent.replace(/\\s+/g, " ").trim() ?? "";
  if (there !== text) note("shows", (text = there));
};
const all = { subtree: true, childList: true, characterData: true, attributes: true };
new MutationObserver(look).observe(document, all);
document.addEventListener("animationstart", (event) => {
  if (event.animationName === "call-pulse" && String(event.target.className).includes("__number")) note("flash");
}, true);
let due = performance.now() + 50;
setInterval(() => {
  const behind = performance.now() - due;
  if (behind > 50) note("busy", behind);
  due = performance.now() + 50;
}, 50);
})(%s)"""
"""Runs before the page's own scripts."""


def script(kind: Kind) -> str:
    """The recorder for this kind of page."""
    return SCRIPT % json.dumps([kind.shows, kind.banner])


@dataclass
class Record:
    """What a page has recorded, in the order of time; times in ms since the epoch."""

    name: str
    notes: list[list[Any]]

    def first(self, what: str, after: float, value: str | None = None) -> float | None:
        """When it first noted this after that time, with this value; None: never."""
        for at, noted, *more in self.notes:
            if at >= after and noted == what and (value is None or more[0] == value):
                return float(at)
        return None

    def flashes(self, after: float) -> int:
        """How often a number has flashed after that time."""
        return sum(1 for at, what, *_ in self.notes if what == "flash" and at >= after)

    def banner(self, after: float) -> bool:
        """Whether the banner was to be seen when it first called itself stale after that time."""
        return next(bool(more[1]) for at, what, *more in self.notes if at >= after and more[:1] == ["stale"])

    def true_from(self, after: float, text: str) -> float | None:
        """From when on, after that time, it called itself live and showed this; None: not by now.

        What it said and showed before stands until it notes something else.
        """
        says, shows, since = "", "", None
        for at, what, *more in self.notes:
            says = more[0] if what == "says" else says
            shows = more[0] if what == "shows" else shows
            good = says == "live" and text in shows
            since = (max(at, after) if since is None else since) if good else None
        return since

    def busy(self, start: float, end: float) -> float:
        """The longest time in between for which the machine kept this page from its own timers, in ms."""
        return max((more[0] for at, what, *more in self.notes if what == "busy" and start <= at <= end), default=0.0)
