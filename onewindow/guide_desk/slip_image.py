"""The slip as a picture (小票图像): one bit, 576 dots wide, for 80 mm paper at 203 dpi, with the shipped font.

A picture prints the same on every ESC/POS printer, whatever fonts it has. 8 dots are one millimetre.
"""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont

from onewindow.guide_desk.slip import Slip

WIDTH: Final = 576
DOTS_PER_MM: Final = 8
MARGIN: Final = 16
QR_DOTS: Final = 30 * DOTS_PER_MM
"""Least side of the QR, quiet zone not counted."""
QUIET: Final = 4
"""Modules of white around a QR (ISO/IEC 18004)."""
WINDOW_FONT: Final = 136
"""Its digits are 12.4 mm high."""
NUMBER_FONT: Final = 190
FONTS: Final = Path(__file__).resolve().parent.parent / "web" / "static" / "fonts"
NO_LINE_START: Final = "，。；：、！？）」』》…,.;:!?)%"
BLACK: Final = 0


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The shipped font in this size (dots)."""
    return ImageFont.truetype(FONTS / f"NotoSansSC-{'Bold' if bold else 'Regular'}.woff2", size)


class Strip:
    """Paper that grows downwards as things are put on it."""

    def __init__(self) -> None:
        self.y = MARGIN
        self._paper = Image.new("L", (WIDTH, 4096), 255)
        self._draw = ImageDraw.Draw(self._paper)

    def line(self, text: str, size: int, *, bold: bool = False, centre: bool = False, indent: int = 0) -> None:
        """Text over as many lines as it takes."""
        face = font(size, bold)
        for row in wrap(text, face, WIDTH - 2 * MARGIN - indent):
            x = (WIDTH - face.getlength(row)) / 2 if centre else MARGIN + indent
            self._draw.text((x, self.y), row, fill=BLACK, font=face, anchor="la")
            self.y += round(size * 1.32)

    def figures(self, text: str, size: int, y: int, x: float) -> tuple[float, int]:
        """Digits and letters with their ink's top at `y`; returns their right edge and their bottom."""
        face = font(size, bold=True)
        left, top, right, bottom = face.getbbox(text, anchor="ls")
        self._draw.text((x - left, y - top), text, fill=BLACK, font=face, anchor="ls")
        return x + right - left, round(y + bottom - top)

    def boxed(self, text: str, size: int, y: int, right: int) -> None:
        """White on black, its right edge at `right`."""
        face = font(size, bold=True)
        width = face.getlength(text)
        box = (right - width - size, y, right, y + round(size * 1.6))
        self._draw.rounded_rectangle(box, radius=6, fill=BLACK)
        self._draw.text((box[0] + size / 2, (box[1] + box[3]) / 2), text, fill=255, font=face, anchor="lm")

    def rule(self, gap: int = 12) -> None:
        """A line across."""
        self.y += gap
        self._draw.rectangle((MARGIN, self.y, WIDTH - MARGIN - 1, self.y + 2), fill=BLACK)
        self.y += gap + 3

    def space(self, dots: int) -> None:
        """White."""
        self.y += dots

    def picture(self, image: Image.Image) -> None:
        """A picture in the middle."""
        self._paper.paste(image, ((WIDTH - image.width) // 2, self.y))
        self.y += image.height

    def cut(self) -> Image.Image:
        """What has been put on it, in one bit: no grey, so that no edge is dithered."""
        return self._paper.crop((0, 0, WIDTH, self.y + MARGIN)).point(lambda grey: 255 * (grey > 140), mode="1")


def slip_image(slip: Slip) -> Image.Image:
    """The slip as a one-bit picture, 576 dots wide."""
    strip = Strip()
    strip.line(slip.hall_zh, 34, bold=True, centre=True)
    strip.line(slip.hall_en, 20, centre=True)
    strip.rule()
    _head(strip, slip)
    strip.rule(16)
    _windows(strip, slip)
    strip.rule(16)
    strip.line(slip.place_zh, 34, bold=True)
    strip.line(slip.place_en, 22)
    strip.line(f"{slip.issued} 取号{'　离线号 Offline' if slip.offline else ''}", 24)
    if slip.copies > 1:
        strip.line(slip.folders_zh, 26, bold=True)
    if slip.others:
        strip.line(f"本次另有 {'、'.join(slip.others)}", 28, bold=True)
    _matter(strip, slip)
    strip.rule()
    strip.line(slip.rule_zh, 22)
    strip.space(4)
    strip.line(slip.rule_en, 18)
    if slip.url:
        strip.space(8)
        strip.picture(code(slip.url))
        strip.line("扫码看进度　Scan to follow your place", 22, centre=True)
    return strip.cut()


def slip_png(slip: Slip) -> bytes:
    """The picture as a PNG that knows its size on paper."""
    out = io.BytesIO()
    slip_image(slip).save(out, "PNG", dpi=(203, 203), optimize=True)
    return out.getvalue()


def _head(strip: Strip, slip: Slip) -> None:
    top = strip.y + 8
    _, bottom = strip.figures(slip.number, _number_size(slip.number), top, MARGIN)
    if slip.priority:
        strip.boxed("优先", 44, top, WIDTH - MARGIN)
    if slip.purpose_zh:
        strip.boxed(slip.purpose_zh, 44, bottom - 70, WIDTH - MARGIN)
    strip.y = bottom + 18
    strip.line(slip.group_zh, 44, bold=True)
    strip.line(slip.group_en, 24)
    strip.line(f"{slip.zone_zh}服务区　{slip.zone_en}", 24)


def _number_size(number: str) -> int:
    """As large as fits beside the mark 优先."""
    size = NUMBER_FONT
    while font(size, bold=True).getlength(number) > WIDTH - 2 * MARGIN - 140:
        size -= 6
    return size


def _windows(strip: Strip, slip: Slip) -> None:
    strip.line("请到窗口　Window" if slip.open else "窗口（未开，请等候）　Window (not open yet)", 28, bold=True)
    strip.space(14)
    x, y, bottom = float(MARGIN), strip.y, strip.y
    for word in slip.windows_words:
        if x > MARGIN and x + font(WINDOW_FONT, bold=True).getlength(word) > WIDTH - MARGIN:
            x, y = MARGIN, bottom + 24
        x, bottom = strip.figures(word, WINDOW_FONT, y, x)
        x += 44
    strip.y = bottom + 16
    if slip.way is not None:
        y = strip.y
        strip.figures(slip.way.arrow, 64, y + 4, MARGIN)
        strip.line(f"在导询台{slip.way.zh}", 30, bold=True, indent=80)
        strip.line(f"From the desk: {slip.way.en}", 22, indent=80)


def _matter(strip: Strip, slip: Slip) -> None:
    if not slip.matter_zh:
        return
    strip.rule()
    strip.line(slip.matter_zh, 30, bold=True)
    strip.line(slip.matter_en, 20)
    if not slip.papers:
        return
    strip.space(6)
    strip.line("请备好材料　Papers to bring", 24, bold=True)
    for paper in slip.papers:
        strip.line(f"□ {paper}", 26)
    if slip.papers_more:
        strip.line(f"另有 {slip.papers_more} 项，请问导询台", 26)


def code(url: str) -> Image.Image:
    """The QR of an address, at least 30 mm, each module a whole number of dots."""
    rows = [bytearray(row) for row in segno.make(url, error="m", micro=False).matrix]
    side = len(rows)
    scale = -(-QR_DOTS // side)
    small = Image.new("1", (side + 2 * QUIET, side + 2 * QUIET), 1)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                small.putpixel((x + QUIET, y + QUIET), BLACK)
    return small.resize((small.width * scale, small.height * scale), Image.Resampling.NEAREST)


def wrap(text: str, face: ImageFont.FreeTypeFont, width: float) -> Iterator[str]:
    """The lines of a text: broken after any Chinese character, between English words, never before a closing mark."""
    row = ""
    for piece in _pieces(text):
        if row and face.getlength((row + piece).rstrip()) > width:
            yield row.rstrip()
            row = ""
        row += piece if row else piece.lstrip()
    if row:
        yield row.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: a word with its blank, a Chinese character with the marks that follow it."""
    piece = ""
    for character in text:
        joined = character in NO_LINE_START or (character.isascii() and piece[-1:].isascii() and piece[-1:] != " ")
        if piece and not joined:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
