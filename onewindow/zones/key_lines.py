"""On which line a key of a TOML or JSON file stands, so that a fault can name it; the parsers don't say."""

import re

Path = tuple[str | int, ...]
"""Keys from the outermost inwards; the index of an element of a TOML array of tables stands between."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\n')


def toml_lines(text: str) -> dict[Path, int]:
    """Lines of the tables and keys of a valid TOML text, 1-based; keys inside inline tables are not listed."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if quote:
            quote = "" if line.count(quote) % 2 else quote
            continue
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                index = counts.get(table, 0)
                counts[table] = index + 1
                lines.setdefault(table, number)
                table = (*table, index)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
        quote = next((three for three in ('"""', "'''") if line.count(three) % 2), "")
    return lines


def _parts(dotted: str) -> Path:
    """The names of a dotted key, without their quotes."""
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def json_lines(text: str) -> tuple[dict[Path, int], dict[Path, int]]:
    """Lines of the keys of a valid JSON text, 1-based, and those of keys that occur a second time in one object."""
    lines: dict[Path, int] = {}
    doubled: dict[Path, int] = {}
    stack: list[str] = []
    number, string, is_key = 1, "", True
    for mark in _TOKEN.findall(text):
        if mark == "\n":
            number += 1
        elif mark in "{[":
            stack.append("")
            is_key = mark == "{"
        elif mark in "}]":
            stack.pop()
            is_key = False
        elif mark == ",":
            is_key = True
        elif mark == ":":
            stack[-1] = string
            path = tuple(stack)
            if path in lines and "" not in path:
                doubled[path] = number
            lines.setdefault(path, number)
            is_key = False
        elif is_key:
            string = mark[1:-1]
    return lines, doubled
