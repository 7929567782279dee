"""The shipped fonts draw everything that the hall's files and the program's own texts hold."""

from pathlib import Path

import pytest
from PIL import ImageFont

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "onewindow" / "web" / "static" / "fonts"
MEBIBYTE = 1024 * 1024
WEIGHTS = ("Regular", "Bold")
SIGNS = "▲▼◀▶●○■□→←↑↓★☆✓✔✕✗⚠▸◂▴▾◆◇①⑳№℃—…·×÷≈⏎☎，。、；：！？「」『』《》（）＋－０１２ＡＢＣ"
# Code points that draw nothing by nature: spaces, joiners, variation selectors, the byte order mark.
INVISIBLE = {
    0x20,
    0xA0,
    0xAD,
    0x3000,
    0xFEFF,
    *range(0x2000, 0x2010),
    *range(0x2028, 0x2030),
    *range(0xFE00, 0xFE10),
}


def font(weight: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"NotoSansSC-{weight}.woff2", 24)


def undrawn(weight: str, characters: set[str]) -> str:
    """Those characters for which the font draws its box for "no such character"."""
    face = font(weight)
    box = bytes(face.getmask("\U0010fffd"))
    visible = (character for character in characters if ord(character) > 0x1F and ord(character) not in INVISIBLE)
    return "".join(sorted(character for character in visible if bytes(face.getmask(character)) == box))


def characters_of(*patterns: str) -> set[str]:
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    assert paths, f"nothing matches {patterns}"
    return {character for path in paths for character in path.read_text(encoding="utf-8")}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_missing_character_is_noticed(weight: str) -> None:
    assert undrawn(weight, {"a", "户", "\U0001f600"}) == "\U0001f600"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_signs_and_full_width_forms_are_drawn(weight: str) -> None:
    assert undrawn(weight, set(SIGNS)) == ""


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_halls_files_are_drawn(weight: str) -> None:
    assert undrawn(weight, characters_of("halls/**/*.csv", "halls/**/*.json", "halls/**/*.toml")) == ""


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_pages_are_drawn(weight: str) -> None:
    assert undrawn(weight, characters_of("onewindow/**/*.html", "onewindow/**/*.js", "onewindow/**/*.css")) == ""


@pytest.mark.parametrize("weight", WEIGHTS)
def test_digits_have_one_width(weight: str) -> None:
    face = font(weight)
    assert len({face.getlength(digit) for digit in "0123456789"}) == 1


def test_the_fonts_come_with_their_licence_and_stay_small() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    for weight in WEIGHTS:
        assert (FONTS / f"NotoSansSC-{weight}.woff2").stat().st_size < 2.2 * MEBIBYTE
