"""Every page has its picture in docs/screens/, at a size at which it is seen (`make screens` takes them)."""

import pytest
from PIL import Image

from tests.server import ROOT
from tests.web.every_page import PLACES

PICTURES = {
    "/": "home",
    "/by-hand": "by-hand",
    "/desk": "desk",
    "/guide": "guide",
    "/kiosk": "kiosk",
    "/map": "map",
    "/patterns": "patterns",
    "/screen": "pairing",
    "/screens/hall": "hall-tv",
    "/screens/windows/{no}": "window-led",
    "/screens/zones/{zone}": "zone-tv",
    "/sign-in": "sign-in",
    "/sign-in/window": "sign-in-window",
    "/slips/{ticket}": "slip-page",
    "/speaker/{zone}": "speaker",
    "/supervisor": "supervisor",
    "/supervisor/check": "check",
    "/supervisor/screens": "screens",
    "/supervisor/voice": "voice",
    "/t/{token}": "phone",
    "/windows": "windows",
    "/windows/{no}": "console",
    "/windows/{no}/device": "device",
    "/windows/{no}/pad": "pad",
}


def test_no_page_is_without_one() -> None:
    assert set(PICTURES) == set(PLACES)


@pytest.mark.parametrize("path", PICTURES)
def test_it_has_the_size_of_the_page(path: str) -> None:
    with Image.open(ROOT / "docs" / "screens" / f"{PICTURES[path]}.png") as picture:
        width, height = picture.size
    # What is scrolled at a desk may be shown whole.
    assert any(width == place.size[0] and height >= place.size[1] for place in PLACES[path])
