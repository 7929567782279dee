"""A notice that is longer than its line: it is read from its beginning to its end, once, and without motion too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.callers.browsers import Desk, address, always_open
from tests.server import Server, served

pytestmark = pytest.mark.browser

LONG = "办不动产登记、纳税申报和水电气过户的来宾，请先到导询台领取材料清单，核对身份证和合同，再到窗口等候叫号。"
LONG_EN = "For real estate, tax and utilities please collect the list of papers at the guide desk before you wait."
SHORT, SHORT_EN = "请保管好随身物品。", "Please mind your belongings."
SIZES = ((1920, 1080), (960, 540), (1080, 1920))
AT = """(at) => {
  const node = document.querySelector('[data-cell="notice"]');
  const [motion] = node.getAnimations();
  if (motion && at !== null) {
    motion.pause();
    motion.currentTime = at * motion.effect.getComputedTiming().endTime;
  }
  const [text, box] = [node, node.parentElement].map((one) => one.getBoundingClientRect());
  const part = ({ left, right, top, bottom }) => ({ left, right, top, bottom });
  const time = motion ? motion.effect.getComputedTiming() : null;
  return {
    text: part(text), box: part(box), moves: Boolean(motion),
    lasts: time?.endTime ?? 0, rounds: time?.iterations ?? 0,
  };
}"""
"""Where the notice and its box are, at a part of the notice's motion (0 its beginning, 1 its end)."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("notice")
    hall = always_open(folder)
    text = (hall / "hall.toml").read_text(encoding="utf-8")
    before, _, rest = text.partition("[notices]")
    _, _, after = rest.partition("\n[")
    own = f'[notices]\nzh = ["{LONG}", "{SHORT}"]\nen = ["{LONG_EN}", "{SHORT_EN}"]\n'
    (hall / "hall.toml").write_text(f"{before}{own}\n[{after}" if after else before + own, encoding="utf-8")
    with served(folder / "data", hall) as found:
        desk = Desk(found)
        for no in ("17", "20", "21", "22", "23", "32"):
            desk.post(f"/api/windows/{no}/open")
        for matter in ("BIZ-001", "BIZ-006", "BIZ-017", "BIZ-023", "BIZ-024", "CNV-001"):
            desk.issue(matter)
        for no in ("17", "20", "21", "22", "23", "32"):
            desk.post(f"/api/windows/{no}/call-next")
        desk.close()
        yield found


def shown(context: BrowserContext, server: Server, path: str) -> Page:
    page = context.new_page()
    page.clock.install()
    page.goto(address(server) + path)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    expect(page.locator('[data-cell="notice"]')).to_have_text(LONG)
    page.evaluate("() => document.fonts.ready.then(() => null)")
    return page


@pytest.mark.parametrize("path", ["/screens/hall", "/screens/zones/business"])
@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_it_goes_from_its_beginning_to_its_end_once(
    browser: Browser, server: Server, path: str, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = shown(context, server, path)
    begins: dict[str, Any] = page.evaluate(AT, 0)
    assert begins["moves"] and begins["rounds"] == 1
    assert begins["text"]["right"] > begins["box"]["right"] + 1, "it doesn't fit"
    assert begins["text"]["left"] == pytest.approx(begins["box"]["left"], abs=1)
    # It stands for a while at both ends: a quarter of its time to begin with, a fifth in the end.
    assert page.evaluate(AT, 0.25)["text"] == begins["text"]
    half = page.evaluate(AT, 0.5)["text"]
    ends = page.evaluate(AT, 1)
    assert ends["text"]["left"] < half["left"] < begins["text"]["left"]
    assert ends["text"]["right"] == pytest.approx(ends["box"]["right"], abs=1.5), "its last character can be read"
    assert page.evaluate(AT, 0.8)["text"] == pytest.approx(ends["text"], abs=0.5)
    # Nothing else on the screen has moved, and the next one comes when this has been read; it fits and stands.
    assert page.evaluate("() => [document.documentElement.scrollWidth, scrollX]") == [size[0], 0]
    notice = page.locator('[data-cell="notice"]')
    page.clock.run_for(begins["lasts"] - 1000)
    expect(notice).to_have_text(LONG)
    page.clock.run_for(2000)
    expect(notice).to_have_text(LONG_EN)
    page.clock.run_for(page.evaluate(AT, None)["lasts"] or 12_000)
    expect(notice).to_have_text(SHORT)
    assert not page.evaluate(AT, None)["moves"]
    context.close()


@pytest.mark.parametrize("path", ["/screens/hall", "/screens/zones/business"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_without_motion_all_of_it_stands_there_and_covers_nothing(
    browser: Browser, server: Server, path: str, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page = shown(context, server, path)
    found: dict[str, Any] = page.evaluate(AT, None)
    assert not found["moves"]
    text, box = found["text"], found["box"]
    assert box["left"] <= text["left"] + 1 and text["right"] <= box["right"] + 1
    assert box["top"] <= text["top"] + 1 and text["bottom"] <= box["bottom"] + 1
    live = page.locator(".screen__live").first.bounding_box()
    foot = page.locator(".screen__foot").bounding_box()
    assert live is not None and foot is not None
    assert live["y"] + live["height"] <= foot["y"] + 1
    assert foot["y"] + foot["height"] <= size[1] * 0.96 + 1, "within what a set shows"
    numbers = [
        box for one in page.locator(".hall-call__number, .zone-window__number").all() if (box := one.bounding_box())
    ]
    assert len(numbers) >= 6
    assert max(box["y"] + box["height"] for box in numbers) <= foot["y"]
    context.close()
