"""The operator's guide to a hall's files names every file, column and key, and no others."""

import json
import re

import pytest

from onewindow.zones.faults import Faults
from onewindow.zones.load import FILES
from onewindow.zones.profile import REMARKS, read_profile
from onewindow.zones.rows import LAYOUTS
from onewindow.zones.settings import read_settings
from onewindow.zones.tables import Layout
from tests.zones.broken_hall import ANQIU, ROOT

GUIDE = (ROOT / "docs" / "hall-files.md").read_text(encoding="utf-8")


def chapter(title: str) -> str:
    """The text under a heading, up to the next one of the same level."""
    level = title.split(" ", maxsplit=1)[0]
    _, _, rest = GUIDE.partition(f"\n{title}\n")
    assert rest, title
    return re.split(rf"\n#{{1,{len(level)}}} ", rest)[0]


def first_cells(text: str) -> set[str]:
    """Everything in code type in the first column of the tables of a text."""
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[0])}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_every_column_is_explained(layout: Layout) -> None:
    assert first_cells(chapter(f"### {layout.file}")) == set(layout.columns)


def test_every_file_is_listed() -> None:
    listed = re.findall(r"^\| `([a-z]+\.[a-z]+)` \| (needed|optional)", GUIDE, re.MULTILINE)
    assert {file for file, _ in listed} == set(FILES)
    optional = {layout.file for layout in LAYOUTS if layout.optional_file}
    assert {file for file, need in listed if need == "optional"} == optional


def settings_keys() -> set[str]:
    """Every key that the program asks for; lists of tables and sections themselves don't count."""
    faults = Faults()
    file = read_settings(ANQIU, faults)
    assert file is not None
    keys = {re.sub(r"^zones\.\w+\.", "zones.CODE.", key) for key in file.document.asked}
    return {key for key in keys if "." in key and not re.fullmatch(r"zones\.\w+", key)}


def test_every_setting_is_explained() -> None:
    assert first_cells(chapter("## hall.toml")) == settings_keys()
    assert len(settings_keys()) > 50


def test_the_sample_hall_shows_every_setting() -> None:
    text = (ANQIU / "hall.toml").read_text(encoding="utf-8")
    for key in settings_keys():
        assert re.search(rf"^{key.rpartition('.')[2]} = ", text, re.MULTILINE), key


def test_every_key_of_the_profile_is_explained() -> None:
    faults = Faults()
    file = read_profile(ANQIU, faults)
    assert file is not None
    text = chapter("## profile.json")
    asked = {key.split(".")[0] for key in file.document.asked}
    assert first_cells(text) == asked
    content = json.loads((ANQIU / "profile.json").read_text(encoding="utf-8"))
    inner = {key for name in ("service_time", "behaviour_est") for key in content[name]}
    for name in set(REMARKS) | inner | set(content):
        assert f"`{name}`" in text, name


def test_the_guides_example_is_what_the_program_says() -> None:
    assert "matters.csv:17: kind: found 'x', expected comprehensive or specialist" in GUIDE
    assert "matters.csv:17: kind: 现为“x”，应为comprehensive 或 specialist" in GUIDE


def test_the_defaults_in_the_guide_are_the_programs() -> None:
    """The small hall leaves most keys out; what it then has is what the guide says."""
    faults = Faults()
    file = read_settings(ROOT / "halls" / "small", faults)
    assert file is not None
    said = dict(re.findall(r"^\| `(?:timing|routing)\.(\w+)` \| `([^`]+)` \|", GUIDE, re.MULTILINE))
    settings = file.settings
    found = {name: getattr(settings.timing, name) for name in settings.timing.__struct_fields__}
    assert {name: json.loads(value) for name, value in said.items() if name in found} == found
    assert float(said["headstart_minutes"]) == settings.routing.headstart_minutes
