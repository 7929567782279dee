"""A picture as dots (点阵): 128 × 32, one bit a dot, with glyphs of sixteen pixels from an installed font."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from onewindow.displays.led.panel import COLUMNS, Picture, columns

GLYPH: Final = 16
WIDTH: Final = COLUMNS * GLYPH // 2
HEIGHT: Final = 2 * GLYPH
HEAD: Final = b"OWLED1" + WIDTH.to_bytes(2, "big") + HEIGHT.to_bytes(2, "big")
SHIPPED: Final = Path(__file__).resolve().parents[2] / "web" / "static" / "fonts" / "NotoSansSC-Regular.woff2"
SIZE: Final = 14
"""Its size in pixels: a hanzi fills a cell of 16 with a dot around it. Bolder, its strokes run into each other."""


def draw(picture: Picture, font: Path | None = None) -> Image.Image:
    """The picture as an image of one bit, every column in its own cell. Raises OSError for a font that is none."""
    face = ImageFont.truetype(font or SHIPPED, SIZE)
    image = Image.new("1", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    for row, text in enumerate((picture.upper, picture.lower)):
        column = 0
        for char in text:
            wide = columns(char) * GLYPH // 2
            middle = column * GLYPH // 2 + wide // 2
            pen.text((middle, row * GLYPH + GLYPH - 3), char, fill=1, font=face, anchor="ms")
            column += columns(char)
    return image


def as_dots(font: Path | None = None) -> Callable[[Picture], bytes]:
    """The bytes of a picture, as `drivers` describes them."""
    return lambda picture: HEAD + draw(picture, font).tobytes()
