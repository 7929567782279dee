"""The browser floor (浏览器底线): Chromium 109, the last on Windows 7, and what came after it.

A hall's old PCs stay at 109 for good. An unknown property, function or method doesn't always show where the pages are
made, so each is searched for in the sources: a table of patterns with the version that brought the feature.
"""

import re
from typing import Literal, NamedTuple

FLOOR = 109

Kind = Literal["css", "js", "html"]


class Feature(NamedTuple):
    """Something that Chromium `since` brought, the pattern that finds it, and a line that has it."""

    kind: Kind
    since: int
    name: str
    pattern: str
    example: str
    unless: str = ""
    """A file that also has this serves the floor in another way."""


def _property(names: str) -> str:
    return rf"(?<![-\w])(?:{names})\s*:"


def _function(names: str) -> str:
    return rf"(?<![-\w.])(?:{names})\("


def _attribute(names: str) -> str:
    return rf"\s(?:{names})(?=[\s=>/])"


REGEX_LITERAL = r"(?:[=(,:;!&|?]|\breturn)\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*"

CSS: tuple[Feature, ...] = (
    Feature("css", 110, "initial-letter", _property("initial-letter"), "p::first-letter { initial-letter: 3; }"),
    Feature("css", 111, "color-mix()", _function("color-mix"), "a { color: color-mix(in srgb, red, blue); }"),
    Feature(
        "css", 111, "lab(), lch(), color()", _function("ok?lab|ok?lch|color"), "a { color: oklch(60% 0.1 240); }"
    ),
    Feature(
        "css", 111, "sin(), cos() …", _function("sin|cos|tan|asin|acos|atan2?"), "a { width: calc(sin(45deg)*9px); }"
    ),
    Feature("css", 111, "rlh and other root units", r"(?<=\d)(?:rlh|rex|rch|ric)\b", "a { height: 2rlh; }"),
    Feature(
        "css", 111, ":nth-child(… of …)", r":nth-(?:last-)?child\([^)]*\bof\b", "a:nth-child(2 of .b) { top: 0; }"
    ),
    Feature("css", 111, "style queries", r"@container[^{]*\bstyle\(", "@container style(--a: b) { p { top: 0; } }"),
    Feature("css", 111, "view transitions", _property("view-transition-name"), "a { view-transition-name: b; }"),
    Feature("css", 113, "image-set()", _function("image-set"), 'a { background: image-set("b.png" 1x); }'),
    Feature("css", 113, "linear()", _function("linear"), "a { transition-timing-function: linear(0, 1); }"),
    Feature("css", 114, "text-wrap", _property("text-wrap(?:-mode|-style)?"), "a { text-wrap: balance; }"),
    Feature(
        "css", 114, "white-space-collapse", _property("white-space-collapse"), "a { white-space-collapse: preserve; }"
    ),
    Feature("css", 114, ":popover-open", r":popover-open\b", "a:popover-open { top: 0; }"),
    Feature("css", 115, "display of two words", r"display:\s*(?:block|inline)\s+[a-z]", "a { display: block flex; }"),
    Feature(
        "css",
        115,
        "scroll-driven animation",
        _property("animation-(?:timeline|range)[a-z-]*|(?:scroll|view)-timeline[a-z-]*"),
        "a { animation-timeline: scroll(); }",
    ),
    Feature("css", 117, "subgrid", r"(?<![-\w])subgrid\b", "a { grid-template-rows: subgrid; }"),
    Feature("css", 117, "@starting-style", r"@starting-style\b", "@starting-style { a { opacity: 0; } }"),
    Feature(
        "css",
        117,
        "transition-behavior",
        r"\btransition-behavior\b|\ballow-discrete\b",
        "a { transition: all 1s allow-discrete; }",
    ),
    Feature("css", 118, "@scope", r"@scope\b", "@scope (.a) { b { top: 0; } }"),
    Feature("css", 118, "logical float", r"\b(?:float|clear):\s*inline-", "a { float: inline-start; }"),
    Feature(
        "css",
        119,
        "relative colours",
        r"\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(\s*from\b",
        "a { color: rgb(from red r g b); }",
    ),
    Feature("css", 119, ":user-valid", r":user-(?:in)?valid\b", "input:user-invalid { color: red; }"),
    Feature("css", 119, "word-break: auto-phrase", r"\bauto-phrase\b", "a { word-break: auto-phrase; }"),
    Feature("css", 120, ":dir()", r":dir\(", "a:dir(rtl) { top: 0; }"),
    Feature("css", 120, "exp(), pow() …", _function("exp|pow|sqrt|hypot|log"), "a { width: calc(pow(2, 3) * 1px); }"),
    Feature(
        "css", 120, "@media (scripting)", r"@media[^{]*\(scripting\b", "@media (scripting: none) { a { top: 0; } }"
    ),
    Feature(
        "css",
        120,
        "mask",
        _property("mask(?:-(?:image|size|position|repeat|clip|origin|composite|mode))?"),
        "a { mask-image: none; }",
        r"-webkit-mask",
    ),
    Feature(
        "css",
        120,
        "background-clip: text",
        r"(?<!-)background-clip:\s*text",
        "a { background-clip: text; }",
        r"-webkit-background-clip:\s*text",
    ),
    Feature(
        "css",
        121,
        "scrollbar-color",
        _property("scrollbar-(?:color|width)"),
        "a { scrollbar-width: thin; }",
        r"::-webkit-scrollbar",
    ),
    Feature("css", 122, "@import supports()", r"@import[^;]*\bsupports\(", '@import "a.css" supports(top: 0);'),
    Feature("css", 123, "light-dark()", _function("light-dark"), "a { color: light-dark(black, white); }"),
    Feature("css", 123, "field-sizing", _property("field-sizing"), "a { field-sizing: content; }"),
    Feature("css", 125, "round(), mod(), rem()", _function("round|mod|rem"), "a { width: round(3px, 2px); }"),
    Feature(
        "css",
        125,
        "anchor positioning",
        r"\banchor(?:-size)?\(|@position-try\b|" + _property("anchor-name|position-(?:anchor|area|try[a-z-]*)"),
        "a { anchor-name: --b; }",
    ),
    Feature("css", 125, ":state()", r":state\(", "a:state(b) { top: 0; }"),
    Feature("css", 126, "@view-transition", r"@view-transition\b", "@view-transition { navigation: auto; }"),
    Feature("css", 127, "font-size-adjust", _property("font-size-adjust"), "a { font-size-adjust: 0.5; }"),
    Feature(
        "css",
        129,
        "interpolate-size, calc-size()",
        _property("interpolate-size") + r"|\bcalc-size\(",
        "a { width: calc-size(auto, size); }",
    ),
    Feature(
        "css",
        130,
        "box-decoration-break",
        _property("box-decoration-break"),
        "a { box-decoration-break: clone; }",
        r"-webkit-box-decoration-break",
    ),
    Feature("css", 131, "::details-content", r"::details-content\b", "a::details-content { top: 0; }"),
    Feature(
        "css", 133, "text-box", _property("text-box(?:-trim|-edge)?"), "a { text-box: trim-both cap alphabetic; }"
    ),
    Feature("css", 133, ":open", r":open\b", "details:open { top: 0; }"),
    Feature(
        "css",
        136,
        "print-color-adjust",
        _property("print-color-adjust"),
        "a { print-color-adjust: exact; }",
        r"-webkit-print-color-adjust",
    ),
    Feature("css", 137, "if()", r":[^;{}]*(?<![-\w])if\(", "a { color: if(style(--b): red); }"),
    Feature("css", 138, "sign(), abs()", _function("sign|abs"), "a { width: abs(-3px); }"),
    Feature("css", 138, "sibling-index()", _function("sibling-(?:index|count)"), "a { order: sibling-index(); }"),
    Feature("css", 139, "@function", r"@function\b", "@function --a() { result: 1px; }"),
)

ITERATOR_STEPS = "map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find"

JS: tuple[Feature, ...] = (
    Feature("js", 110, "toSorted() …", r"\.to(?:Sorted|Reversed|Spliced)\(", "rows.toSorted()"),
    Feature("js", 110, "Array.with()", r"\.with\(", "rows.with(0, 1)"),
    Feature("js", 111, "isWellFormed()", r"\.(?:is|to)WellFormed\(", "text.isWellFormed()"),
    Feature("js", 111, "view transitions", r"\bstartViewTransition\b", "document.startViewTransition(draw)"),
    Feature(
        "js",
        112,
        "RegExp v flag",
        REGEX_LITERAL + r"v|new RegExp\([^)]*,\s*[\"'`][a-z]*v",
        r"const kana = /[\p{L}--[a-z]]/v;",
    ),
    Feature("js", 113, "URLSearchParams.size", r"\bsearchParams\.size\b", "url.searchParams.size"),
    Feature(
        "js", 114, "popover", r"\b(?:show|hide|toggle)Popover\b|\.popover\b|[\"'`]popover", "panel.showPopover()"
    ),
    Feature("js", 114, "scrollend", r"scrollend\b", 'list.addEventListener("scrollend", more)'),
    Feature("js", 114, "ArrayBuffer.transfer()", r"\.transfer(?:ToFixedLength)?\(", "buffer.transfer()"),
    Feature("js", 116, "AbortSignal.any()", r"\bAbortSignal\.any\b", "AbortSignal.any([a, b])"),
    Feature("js", 117, "groupBy()", r"\b(?:Object|Map)\.groupBy\b", "Object.groupBy(rows, key)"),
    Feature("js", 119, "Promise.withResolvers()", r"\bPromise\.withResolvers\b", "Promise.withResolvers()"),
    Feature("js", 120, "URL.canParse()", r"\bURL\.canParse\b", "URL.canParse(text)"),
    Feature("js", 121, "Array.fromAsync()", r"\bArray\.fromAsync\b", "Array.fromAsync(rows)"),
    Feature(
        "js",
        122,
        "Set methods",
        r"\.(?:union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(",
        "seen.union(more)",
    ),
    Feature(
        "js",
        122,
        "iterator helpers",
        rf"\.(?:values|keys|entries|matchAll)\(\)\s*\.(?:{ITERATOR_STEPS})\(|\bIterator\.|\.toArray\(",
        "rows.values().map(draw)",
    ),
    Feature(
        "js",
        123,
        "import attributes",
        r"\bimport\b[^;\n]*\bwith\s*\{",
        'import words from "./words.json" with { type: "json" };',
    ),
    Feature(
        "js", 124, "setHTMLUnsafe()", r"\b(?:setHTMLUnsafe|parseHTMLUnsafe)\b|\.getHTML\(", "node.setHTMLUnsafe(text)"
    ),
    Feature("js", 125, "RegExp modifiers", r"\(\?[ims]*-?[ims]+:", "const one = /(?i:a)b/;"),
    Feature("js", 126, "URL.parse()", r"\bURL\.parse\(", "URL.parse(text)"),
    Feature("js", 126, "CloseWatcher", r"\bCloseWatcher\b", "new CloseWatcher()"),
    Feature("js", 128, "Promise.try()", r"\bPromise\.try\b", "Promise.try(load)"),
    Feature("js", 129, "Intl.DurationFormat", r"\bIntl\.DurationFormat\b", "new Intl.DurationFormat()"),
    Feature("js", 129, "scheduler.yield()", r"\bscheduler\.yield\b", "await scheduler.yield()"),
    Feature("js", 133, "moveBefore()", r"\.moveBefore\(", "list.moveBefore(row, first)"),
    Feature("js", 134, "using", r"(?m)^[ \t]*(?:await\s+)?using\s+[A-Za-z_$]", "using lock = take();"),
    Feature("js", 134, "Error.isError()", r"\bError\.isError\b", "Error.isError(fault)"),
    Feature("js", 134, "dialog.requestClose()", r"\.requestClose\(", "dialog.requestClose()"),
    Feature("js", 135, "Float16", r"\bFloat16Array\b|\bf16round\b", "new Float16Array(4)"),
    Feature("js", 136, "RegExp.escape()", r"\bRegExp\.escape\b", "RegExp.escape(text)"),
    Feature(
        "js",
        140,
        "Uint8Array.fromBase64()",
        r"\.(?:fromBase64|toBase64|fromHex|toHex)\(",
        "Uint8Array.fromBase64(text)",
    ),
    Feature("js", 144, "Temporal", r"\bTemporal\.", "Temporal.Now.instant()"),
    Feature("js", 145, "Map.getOrInsert()", r"\.getOrInsert(?:Computed)?\(", "rows.getOrInsert(key, [])"),
)

HTML: tuple[Feature, ...] = (
    Feature(
        "html", 111, "shadowrootmode", _attribute("shadowrootmode"), '<template shadowrootmode="open"></template>'
    ),
    Feature("html", 114, "popover", _attribute("popover(?:target(?:action)?)?"), "<div popover>"),
    Feature("html", 118, "<search>", r"<search\b", "<search><input></search>"),
    Feature("html", 119, "<hr> in <select>", r"<select\b(?:(?!</select).)*<hr\b", "<select><option>1<hr></select>"),
    Feature("html", 120, "<details name>", r"<details\b[^>]*\sname\s*=", '<details class="a" name="b">'),
    Feature("html", 134, "closedby", _attribute("closedby"), '<dialog closedby="any">'),
    Feature("html", 135, "command", _attribute("command(?:for)?"), '<button commandfor="a" command="close">'),
    Feature("html", 135, "<selectedcontent>", r"<selectedcontent\b", "<button><selectedcontent></button>"),
)

COMMENTS: dict[Kind, str] = {
    "css": r"/\*.*?\*/",
    # A `//` right after a colon is an address, not a comment.
    "js": r"/\*.*?\*/|(?<!:)//[^\n]*",
    "html": r"\{#.*?#\}|<!--.*?-->",
}
NESTING = 112


def newer_than_floor(kind: Kind, source: str) -> list[str]:
    """What a source of this kind has that came after the floor, each with its version and its line."""
    text = re.sub(COMMENTS[kind], lambda found: re.sub(r"[^\n]", " ", found[0]), source, flags=re.S)
    found = []
    for feature in {"css": CSS, "js": JS, "html": HTML}[kind]:
        if feature.unless and re.search(feature.unless, text):
            continue
        for match in re.finditer(feature.pattern, text, flags=re.S):
            found.append((_line(text, match.start()), f"{feature.name} ({feature.since})"))
    if kind == "css":
        found += [(line, f"nested rule ({NESTING})") for line in nested_rules(text)]
    return [f"{line}: {name}" for line, name in sorted(found)]


def nested_rules(text: str) -> list[int]:
    """The lines at which a rule, or an at-rule, opens inside a style rule; frames of `@keyframes` are none."""
    lines: list[int] = []
    open_rules: list[bool] = []  # whether each open brace is a style rule's
    start = 0
    for match in re.finditer(r"[{};]|\"[^\"]*\"|'[^']*'", text):
        if match[0] == "{":
            if any(open_rules):
                lines.append(_line(text, match.start()))
            open_rules.append(not text[start : match.start()].strip().startswith("@"))
        elif match[0] == "}" and open_rules:
            open_rules.pop()
        if match[0] in "{};":
            start = match.end()
    return lines


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
