"""Sections of `docs/performance.md` (报告分节): each program writes its own and keeps the others'."""

import re
from pathlib import Path
from typing import Final

_SECTION: Final = re.compile(r"<!-- begin (?P<name>[\w-]+) -->\n.*?<!-- end (?P=name) -->\n", re.DOTALL)


def put(page: Path, name: str, text: str) -> None:
    """Replace the section of this name, or add it at the end; `text` has no blank lines around it."""
    block = f"<!-- begin {name} -->\n{text.strip()}\n<!-- end {name} -->\n"
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    found = next((m for m in _SECTION.finditer(old) if m["name"] == name), None)
    if found is None:
        new = f"{old.rstrip()}\n\n{block}" if old.strip() else block
    else:
        new = old[: found.start()] + block + old[found.end() :]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(new, encoding="utf-8")


def kept(page: Path) -> str:
    """The sections of other programs, to be put behind a page that is written anew; empty when there are none."""
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    return "".join(f"\n{match[0]}" for match in _SECTION.finditer(old))
