"""The colours of the pages keep the contrast that people need: 7:1 on night and by day, 4.5:1 on paper."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "onewindow" / "web" / "static" / "css"

NIGHT = '[data-theme="night"]'
HIGH = '[data-theme="night"][data-contrast="high"]'
PAPER = '[data-theme="paper"]'
DAY = '[data-theme="paper"][data-contrast="day"]'

TEXT = ("--text", "--text-quiet", "--call", "--good", "--warn", "--danger")
ZONES = tuple(f"--zone-{hue}" for hue in (1, 2, 3, 4))
GROUNDS = ("--bg", "--surface", "--surface-quiet", "--call-surface")
PAIRS = (
    *((text, ground) for text in (*TEXT, *ZONES) for ground in GROUNDS),
    ("--on-call", "--call-fill"),
    ("--on-action", "--action"),
    ("--on-action", "--action-hover"),
    ("--on-sign", "--sign"),
    ("--good", "--good-surface"),
    ("--warn", "--warn-surface"),
    ("--danger", "--danger-surface"),
    ("--text", "--warn-surface"),
    ("--text", "--danger-surface"),
)


def declarations(css: str) -> dict[str, dict[str, str]]:
    """The custom properties of each selector, later rules winning."""
    rules: dict[str, dict[str, str]] = {}
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", bare):
        found = dict(re.findall(r"(--[\w-]+)\s*:\s*([^;]+);", body))
        for selector in selectors.split(","):
            rules.setdefault(selector.strip(), {}).update({k: v.strip() for k, v in found.items()})
    return rules


def theme(rules: dict[str, dict[str, str]], *selectors: str) -> dict[str, str]:
    """What holds on an element that all the selectors match, `:root` first."""
    merged = dict(rules[":root"])
    for selector in selectors:
        merged |= rules[selector]
    return merged


def rgb(values: dict[str, str], name: str) -> tuple[int, int, int]:
    """A token's colour; it may name another token."""
    value = values[name]
    while reference := re.fullmatch(r"var\((--[\w-]+)\)", value):
        value = values[reference[1]]
    assert re.fullmatch(r"#[0-9A-Fa-f]{6}", value), f"{name} is not a six-digit colour: {value}"
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def failures(css: str) -> list[str]:
    """Every pair of text and ground that falls short in its theme."""
    rules = declarations(css)
    themes = {
        "paper": (theme(rules, PAPER), 4.5),
        "night": (theme(rules, NIGHT), 7.0),
        "day": (theme(rules, PAPER, DAY), 7.0),
        "high contrast": (theme(rules, NIGHT, HIGH), 7.0),
    }
    short = []
    for name, (values, least) in themes.items():
        for text, ground in PAIRS:
            ratio = contrast(rgb(values, text), rgb(values, ground))
            if ratio < least:
                short.append(f"{name}: {text} on {ground} is {ratio:.2f}:1, needs {least}:1")
    return short


@pytest.fixture(scope="module")
def tokens() -> str:
    return (CSS / "tokens.css").read_text(encoding="utf-8")


def test_contrast_function_knows_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21.0)
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_every_text_is_legible(tokens: str) -> None:
    assert failures(tokens) == []


@pytest.mark.parametrize(
    ("good", "bad", "where"),
    [
        ("--hue-2-paper: #7F5210", "--hue-2-paper: #B98A3A", "paper: --zone-2 on --bg"),
        ("--hue-4-night: #CDB0EA", "--hue-4-night: #8A6FA8", "night: --zone-4 on --bg"),
        ("--text-quiet: #C2CCD2", "--text-quiet: #7C8A92", "night: --text-quiet on --bg"),
        ("--zone-2: #633F08", "--zone-2: #7F5210", "day: --zone-2 on --bg"),
        ("--on-call: #0C1A22", "--on-call: #F6F4EF", "night: --on-call on --call-fill"),
    ],
)
def test_a_colour_that_is_off_is_found(tokens: str, good: str, bad: str, where: str) -> None:
    assert good in tokens
    assert any(line.startswith(where) for line in failures(tokens.replace(good, bad, 1)))


def test_zone_hues_keep_the_promised_contrast(tokens: str) -> None:
    """Zones stand on night at 8.9:1 or better, on paper at 6:1 or better (the design's figures)."""
    rules = declarations(tokens)
    for selector, least in ((NIGHT, 8.9), (PAPER, 6.0)):
        values = theme(rules, selector)
        for zone in ZONES:
            assert contrast(rgb(values, zone), rgb(values, "--bg")) >= least, f"{zone} in {selector}"


def test_controls_and_focus_show(tokens: str) -> None:
    """Edges of controls and one half of the focus ring stand out at 3:1 on every ground."""
    rules = declarations(tokens)
    for selectors in ((PAPER,), (NIGHT,), (NIGHT, HIGH)):
        values = theme(rules, *selectors)
        for ground in GROUNDS:
            for edge in ("--line-control", "--focus"):
                assert contrast(rgb(values, edge), rgb(values, ground)) >= 3, f"{edge} on {ground}"


def test_parts_name_no_colour_of_their_own() -> None:
    """Only the LED strip, the stale banner, and slips, which are paper, keep their colours on either theme."""
    fixed = {"led.css", "screen-led.css", "connection.css", "tokens.css", "fonts.css", "slip.css", "offline-slip.css"}
    for file in sorted(CSS.rglob("*.css")):
        if file.name not in fixed:
            bare = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)
            assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(|hsla?\(", bare), file.name


def test_every_token_used_is_defined(tokens: str) -> None:
    """A misspelt token would silently fall back to nothing."""
    sheets = {file: file.read_text(encoding="utf-8") for file in CSS.rglob("*.css")}
    defined = {name for css in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", css)}
    for file, css in sheets.items():
        assert set(re.findall(r"var\((--[\w-]+)", css)) <= defined, file.name
