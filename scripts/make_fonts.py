"""The fonts that the project ships (随附字体): a subset of Debian's Noto Sans CJK SC as WOFF2.

A hall has no internet, and an old PC may have no Chinese font with a bold cut, so the pages and the slips
bring their own. Run through `scripts/make-fonts`, which provides fonttools and brotli; the source is Debian's
package `fonts-noto-cjk` (SIL Open Font License 1.1, which asks that its text goes with the fonts).
"""

import argparse
import re
from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ("Regular", "Bold")
FACE = "Noto Sans CJK SC"
# In the Japanese face the multiplication sign fills its cell: it lends its shape to the crosses.
WIDE_CROSS_FACE = "Noto Sans CJK JP"

# Blocks of signs, first and last code point; what the source lacks in them is left out.
RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00FF),  # Latin-1
    (0x2010, 0x205F),  # dashes, quotation marks, ellipsis
    (0x20A0, 0x20CF),  # currency
    (0x2100, 0x218F),  # letter-like signs (№, ℃), Roman numerals
    (0x2190, 0x243F),  # arrows, mathematics, technical signs (⏎ ␣)
    (0x2460, 0x24FF),  # circled numbers
    (0x2500, 0x27BF),  # boxes, blocks, geometric shapes, signs (⚠ ☎ ★), ticks
    (0x2900, 0x2BFF),  # more arrows
    (0x3000, 0x303F),  # CJK punctuation
    (0xFF00, 0xFFEF),  # full-width forms
)

# Tone marks and ü of Hanyu Pinyin, beyond Latin-1.
PINYIN = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńň"

# Hanzi of people's and places' names that GB 2312 has not.
NAMES = (
    "倓倞偲儁冏劼勍喆垕垚埈堃堉婳嫄嬿寔岺崚崟廙弢彧惇愔慜扆旸旻昇昉昫晅晊晙晞晢暐曈曌朸梽棪橦沄沺"
    "洺浐浛浥淏湉湜湲溁溦漷澔濛炘炟烜烺焜煐煚熜燊燏燚爔犇犨玘玚玥珅珣珰珺珽琀琇琎琭琯瑀瑄瑢瑨瑱璘"
    "璟璠瓅甦皞矞礽祎祐祾禔禛禩翀芃莙衎訢谞赟锜镕飏骉髙鸰龑"
)

# Signs that the source has not, drawn with the outline of the nearest that it has.
ALIASES = {"✔": "✓", "▸": "▶", "◂": "◀", "▴": "▲", "▾": "▼"}
CROSSES = "✕✖✗✘"

# On the hall's screens numbers stand as tall as their row, and a Q's tail would reach into the number beneath.
# What hangs below the line is drawn at this part of its depth.
TAILED = "Q"
TAIL = 0.45

# No `locl`, `vert`, `fwid`…: they pull in thousands of glyphs for other regions and for vertical text.
# `tnum` is kept where a source has it; this one's digits all have one width as they are.
FEATURES = ["ccmp", "calt", "kern", "mark", "palt", "halt", "tnum"]
TEXTS = (
    "halls/**/*.csv",
    "halls/**/*.json",
    "halls/**/*.toml",
    "onewindow/**/*.html",
    "onewindow/**/*.js",
    "onewindow/**/*.py",
)


def gb2312_hanzi() -> set[str]:
    """The 6,763 hanzi of GB 2312: rows 16 to 87, of which row 55 ends five cells early."""
    return {
        bytes([row, cell]).decode("gb2312")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)
    }


def project_characters(root: Path) -> set[str]:
    """Every character that the halls' files and the program's own pages and texts hold."""
    return {
        character
        for pattern in TEXTS
        for path in root.glob(pattern)
        for character in path.read_text(encoding="utf-8")
    }


def wanted(root: Path) -> set[int]:
    """The code points to keep."""
    points = {point for first, last in RANGES for point in range(first, last + 1)}
    texts = gb2312_hanzi() | project_characters(root) | set(PINYIN) | set(NAMES)
    return points | {ord(character) for character in texts}


def face(collection: TTCollection, family: str) -> TTFont:
    """The member of a font collection with this family name."""
    return next(font for font in collection.fonts if font["name"].getDebugName(1) == family)


def add_aliases(font: TTFont, cross: str) -> None:
    """Give the signs that the source lacks the outline of their nearest relative."""
    best = font.getBestCmap()
    extra = {ord(sign): best[ord(like)] for sign, like in ALIASES.items()}
    extra |= {ord(sign): cross for sign in CROSSES}
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14:
            table.cmap |= {point: glyph for point, glyph in extra.items() if point not in table.cmap}


def shorten_tails(font: TTFont) -> None:
    """Redraw the letters of `TAILED` with what hangs below the base line made shallower."""
    glyphs, tops = font.getGlyphSet(), font["CFF "].cff.topDictIndex[0]
    for letter in TAILED:
        name = font.getBestCmap()[ord(letter)]
        recorded = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(recorded)
        old = tops.CharStrings[name]
        # A charstring holds its width as the difference from its font dictionary's, or not at all.
        width, usual = glyphs[name].width, old.private
        pen = T2CharStringPen(None if width == usual.defaultWidthX else width - usual.nominalWidthX, glyphs)
        for operator, points in recorded.value:
            getattr(pen, operator)(*((x, y if y > 0 else y * TAIL) for x, y in points))
        tops.CharStrings[name] = pen.getCharString(old.private, old.globalSubrs)


def make(source: Path, out: Path, points: set[int]) -> list[Path]:
    """Write one WOFF2 per weight into `out` and give the paths written."""
    written = []
    for weight in WEIGHTS:
        collection = TTCollection(source / f"NotoSansCJK-{weight}.ttc")
        cross = face(collection, WIDE_CROSS_FACE).getBestCmap()[ord("×")]
        font = face(collection, FACE)
        add_aliases(font, cross)
        options = subset.Options()
        options.layout_features = FEATURES
        options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14]
        options.drop_tables += ["vhea", "vmtx", "VORG"]
        options.desubroutinize = True  # smaller once compressed
        options.recalc_timestamp = False  # the same source gives the same bytes
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=points)
        subsetter.subset(font)
        shorten_tails(font)
        font.flavor = "woff2"
        path = out / f"NotoSansSC-{weight}.woff2"
        font.save(path)
        print(f"{path.name}: {len(font.getBestCmap())} characters, {path.stat().st_size} bytes")
        written.append(path)
    return written


def licence_text(copyright_file: Path, notice: str) -> str:
    """The Open Font License out of a Debian copyright file, under the fonts' own copyright line."""
    found = re.search(r"^License: SIL-1\.1\n((?: .*\n)+)", copyright_file.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"make_fonts: no licence text 'SIL-1.1' in {copyright_file}")
    lines = ["" if line.strip() == "." else line.removeprefix(" ") for line in found[1].splitlines()]
    return "\n".join(
        [
            notice,
            "Subset for OneWindow 一窗 of Noto Sans CJK SC, Regular and Bold, made by scripts/make-fonts.",
            "",
            "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
            "",
            *lines,
            "",
        ]
    )


def main() -> None:
    """Make the fonts and their licence file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="folder of NotoSansCJK-*.ttc")
    parser.add_argument("--licence", type=Path, required=True, help="the package's copyright file")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    fonts = make(arguments.source, arguments.out, wanted(ROOT))
    notice = TTFont(fonts[0])["name"].getDebugName(0)
    (arguments.out / "OFL.txt").write_text(licence_text(arguments.licence, notice), encoding="utf-8")


if __name__ == "__main__":
    main()
