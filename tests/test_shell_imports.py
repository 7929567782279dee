"""The rooms of the shell that all others stand on know nothing of those: their arrows, too, point one way."""

import ast

import pytest

from tests.test_core_imports import PACKAGE, ROOMS, ROOT, imported

GROUND: dict[str, set[str]] = {
    "shared": set(),
    "device": set(),
    "views": set(),
    "runtime": {"shared", "whole_file"},  # the latter one module, on the standard library alone
    "http": {"runtime"},
    "access": {"http", "shared"},
    "web": {"access", "http"},
    "sign_in": {"access", "http", "web"},
}
"""Beside the core and itself, what each may import."""


def rooms_in(source: str, module: str) -> set[str]:
    """The rooms that a module's source imports."""
    names = (name.split(".") for name in imported(ast.parse(source), module))
    return {name[1] for name in names if name[0] == "onewindow" and len(name) > 1}


@pytest.mark.parametrize("room", GROUND)
def test_a_room_of_the_ground_imports_none_above_it(room: str) -> None:
    allowed = {*ROOMS, room, *GROUND[room]}
    paths = sorted((PACKAGE / room).rglob("*.py"))
    assert paths
    found = {}
    for path in paths:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if above := rooms_in(path.read_text(encoding="utf-8"), module) - allowed:
            found[module] = above
    assert found == {}


def test_an_arrow_that_runs_back_is_noticed() -> None:
    source = "def page():\n    from onewindow.web.render import Pages"
    assert rooms_in(source, "onewindow.access.sign_in") - {*ROOMS, *GROUND["access"]} == {"web"}


def test_the_load_test_knows_nothing_of_the_benchmark_that_stands_on_it() -> None:
    paths = sorted((ROOT / "loadtest").rglob("*.py"))
    assert paths
    found = {path.name: imported(ast.parse(path.read_text(encoding="utf-8")), "loadtest.any") for path in paths}
    assert {name for name, names in found.items() if any(one.split(".")[0] == "bench" for one in names)} == set()
