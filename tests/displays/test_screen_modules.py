"""The screens' own rules, tried alone in Chromium: which calls a full board shows, and how a cut page asks again."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.callers.browsers import address
from tests.server import served

pytestmark = pytest.mark.browser

PAGES = """async ([seed, steps]) => {
  const { Pager } = await import("/static/js/screen-layout.js");
  let state = seed;
  const chance = (below) => (state = (state * 48271) % 2147483647) % below;
  const zones = ["a", "b", "c", "d"], pager = new Pager(zones), wrong = [];
  let calls = [], made = 0, turns = 0;
  const since = new Map(), seen = new Map();
  for (let step = 0; step < steps; step += 1) {
    const what = chance(4);
    if (what === 0 && calls.length < 30) {
      made += 1;
      calls.push({ id: `c${made}`, call: made, zone: zones[chance(4)] });
      since.set(`c${made}`, turns);
    } else if (what === 1 && calls.length > 4) calls.splice(chance(calls.length), 1);
    else {
      pager.next();
      turns += 1;
    }
    // A call is fresh for twenty seconds: four turns.
    const fresh = new Set(calls.filter((call) => turns - since.get(call.id) <= 4).map((call) => call.id));
    const page = pager.page(calls, fresh);
    const ids = page.rows.map((call) => call.id);
    const newest = [...calls].sort((a, b) => b.call - a.call).map((call) => call.id);
    for (const id of ids) seen.set(id, turns);
    if (ids.length > 6 || new Set(ids).size !== ids.length) wrong.push([step, "rows", ids]);
    if (calls.length <= 6 && ids.join() !== newest.join()) wrong.push([step, "all of a few", ids]);
    if (ids.some((id) => !newest.includes(id))) wrong.push([step, "one that is gone", ids]);
    if (ids[0] !== newest[0]) wrong.push([step, "the newest is not on top", ids]);
    const top = newest.filter((id) => fresh.has(id)).slice(0, 3);
    if (top.join() !== ids.slice(0, top.length).join()) wrong.push([step, "a fresh one waits", ids]);
    const again = pager.page(calls, fresh).rows.map((call) => call.id);
    if (again.join() !== ids.join()) wrong.push([step, "the page moves between turns", ids]);
    for (const id of newest) {
      // Thirty calls in four zones, three rows beneath the fresh ones: never more than fourteen pages.
      if (turns - (seen.get(id) ?? since.get(id)) > 28) wrong.push([step, "out of sight", id]);
    }
  }
  return { wrong: wrong.slice(0, 5), made, turns };
}"""
"""A board's day in chance's order; what is wrong with what it shows, after each step."""

KNOCKS = """async () => {
  const { Knock } = await import("/static/js/knock.js");
  globalThis.knocks = [];
  globalThis.answers = 0;
  globalThis.up = false;
  globalThis.fetch = async () => {
    globalThis.knocks.push(Date.now());
    if (!globalThis.up) throw new TypeError("no way");
    return { ok: true };
  };
  globalThis.knock = new Knock(() => { globalThis.answers += 1; });
  globalThis.knock.start(0);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder: Path = tmp_path_factory.mktemp("modules")
    with served(folder) as server:
        page = browser.new_page()
        page.clock.install()
        page.goto(address(server) + "/map")
        yield page
        page.close()


@pytest.mark.parametrize("seed", [1, 7, 2026, 90210])
def test_a_full_board_never_loses_a_call(page: Page, seed: int) -> None:
    found: dict[str, Any] = page.evaluate(PAGES, [seed, 4000])
    assert found["made"] > 500 and found["turns"] > 1000
    assert found["wrong"] == []


def test_a_cut_page_asks_again_and_again_never_in_step_with_others(page: Page) -> None:
    page.evaluate(KNOCKS)
    page.clock.run_for(60_000)
    at: list[int] = page.evaluate("globalThis.knocks")
    gaps = [b - a for a, b in pairwise(at)]
    assert 100 <= gaps[0] <= 201 and 200 <= gaps[1] <= 401, "the pauses grow"
    steady = gaps[3:]
    assert max(steady) <= 801, "whoever stands before it waits less than a second"
    assert min(steady) >= 399, "and a server that comes back is not run over"
    assert max(steady) - min(steady) > 200 and len(set(steady)) > 20, "spread by chance"
    page.clock.run_for(16 * 60_000)
    late: list[int] = page.evaluate("globalThis.knocks.slice(-6)")
    assert all(2499 <= b - a <= 5001 for a, b in pairwise(late)), "nobody stands there any more"
    page.evaluate("globalThis.up = true")
    page.clock.run_for(60_000)
    assert page.evaluate("globalThis.answers") == 1
