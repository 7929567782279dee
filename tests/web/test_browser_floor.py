"""No page asks more of a browser than Chromium 109 has."""

from pathlib import Path

import pytest

from tests.web.browser_floor import CSS, FLOOR, HTML, JS, Feature, Kind, newer_than_floor

WEB = Path(__file__).parents[2] / "onewindow" / "web"
KINDS: dict[str, Kind] = {".css": "css", ".js": "js", ".html": "html"}
SOURCES = sorted(path for path in WEB.rglob("*") if path.suffix in KINDS)
FEATURES = (*CSS, *JS, *HTML)

SERVED: dict[Kind, tuple[str, ...]] = {
    "css": (
        "a:has(> b) { height: 100dvh; inset: 0; }",
        "@media (width >= 600px) { .a { top: 0; } @media print { .b { top: 0; } } }",
        "@container (min-width: 30em) { .a { width: 50cqw; } }",
        "@layer base { a { accent-color: auto; } }",
        "@keyframes pulse { from { opacity: 0; } 50% { opacity: 1; } }",
        "@supports (text-align: start) { a { color: rgb(0 0 0 / 50%); } }",
        ".a { -webkit-mask: none; mask: none; }",
        ".a { -webkit-print-color-adjust: exact; print-color-adjust: exact; }",
        ".a { background: linear-gradient(red, blue); transition: top 1s linear; }",
        ".a { content: '{ a'; color-scheme: light; display: inline-flex; }",
        ".a { text-wrap-around: 0; height: 1lh; translate: 1px; } .mask { top: 0; } /* text-wrap: balance */",
    ),
    "js": (
        "rows.findLast(is); rows.at(-1); Object.hasOwn(a, 'b'); structuredClone(a);",
        "Object.values(rows).map(draw); [...rows.values()].map(draw); Object.entries(a).filter(is);",
        "const parts = /^[a-z]+(?:x|y)$/u.exec(a / b / c); const v = text.replace(/a/g, value);",
        "fetch(url, { signal: AbortSignal.timeout(5000) }); // rows.toSorted()",
        "dialog.showModal(); new URL(a, location.href); setTimeout(reuse, 5);",
        'import { a } from "./a.js"; /* Promise.withResolvers() */ const using = 1;',
    ),
    "html": (
        '<dialog open><details><summary>1</summary></details></dialog><input name="search" type="search">',
        "<template><select><option>1</option></select><hr></template>{# <search> #}<!-- <div popover> -->",
    ),
}


def name(value: object) -> str:
    return str(value.relative_to(WEB)) if isinstance(value, Path) else str(value)


def test_every_kind_of_source_is_looked_at() -> None:
    assert {path.suffix for path in SOURCES} == set(KINDS)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_source_needs_a_newer_browser(path: Path) -> None:
    assert newer_than_floor(KINDS[path.suffix], path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("feature", FEATURES, ids=lambda one: f"{one.kind} {one.name}")
def test_a_newer_feature_is_noticed(feature: Feature) -> None:
    assert feature.since > FLOOR
    found = newer_than_floor(feature.kind, f"\n{feature.example}\n")
    assert f"2: {feature.name} ({feature.since})" in found


@pytest.mark.parametrize(
    "sheet",
    [
        ".a { & .b { top: 0; } }",
        ".a { top: 0; .b { top: 0; } }",
        ".a { top: 0; &:hover { top: 1px; } }",
        ".a { @media print { top: 0; } }",
        "@media print { .a { .b { top: 0; } } }",
    ],
)
def test_a_nested_rule_is_noticed(sheet: str) -> None:
    assert newer_than_floor("css", sheet) == ["1: nested rule (112)"]


@pytest.mark.parametrize(("kind", "source"), [(kind, one) for kind, all_ in SERVED.items() for one in all_])
def test_what_the_floor_has_is_let_through(kind: Kind, source: str) -> None:
    assert newer_than_floor(kind, source) == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_each_kind_is_searched_in_the_real_sources(path: Path) -> None:
    """A comment or a string of the source doesn't swallow what follows: the same feature at its end is found."""
    kind = KINDS[path.suffix]
    added = {"css": ".z { color: light-dark(red, blue); }", "js": "z.toSorted();", "html": "<search>"}[kind]
    assert len(newer_than_floor(kind, path.read_text(encoding="utf-8") + "\n" + added)) == 1
