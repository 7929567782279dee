"""How the tree must look: names, sizes, no trace of a machine, locks that pin."""

import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("run", "all")
LONGEST_MODULE = 400
# A person's or a machine's own folders, and where packages happen to have come from.
TRACES = re.compile(
    r"""(?<![\w.])/home/\w+/ | (?<![\w.])/roo[t]/ | /User[s]/\w+/ | [A-Z]:\\User[s]\\
      | files\.pythonhoste[d] | pypi\.or[g]/simple | /opt/whee[l]""",
    re.VERBOSE,
)
PINNED = re.compile(r"^(?P<name>[a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)(?: ; .+?)? \\$")


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git tracks and that are there."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    names = [name for name in listing.decode("utf-8").split("\0") if name]
    assert names, "git lists no file"
    return tuple(path for path in (ROOT / name for name in names) if path.is_file())


def shadowing(names: set[str]) -> set[str]:
    """Those of the names of folders and files that would hide a module of the standard library."""
    modules = {name.removesuffix(".py") for name in names if name.endswith(".py") or "." not in name}
    return modules & sys.stdlib_module_names


def requirements(lock: str) -> dict[str, list[str]]:
    """Each requirement's first line in a lock file, with its hashes."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            current = found.setdefault(line, [])
        elif (hashed := line.strip().removesuffix(" \\")).startswith("--hash="):
            current.append(hashed)
    return found


def pins(lock: str) -> dict[str, str]:
    """Package and version of a lock file."""
    matches = [PINNED.match(line) for line in requirements(lock)]
    return {match["name"]: match["version"] for match in matches if match}


def test_nothing_at_the_root_hides_a_standard_module() -> None:
    assert shadowing({"queue", "run.py", "docs"}) == {"queue"}
    assert shadowing({path.relative_to(ROOT).parts[0] for path in tracked()}) == set()


def test_every_folder_of_tests_is_a_package() -> None:
    """Else pytest puts the folder itself on the path, and `tests/queue` could be taken for `queue`."""
    folders = {path.parent for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []


def test_no_file_tells_where_it_was_made() -> None:
    texts = ((path, path.read_bytes()) for path in tracked())
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path, content in texts
        if b"\0" not in content
        for number, line in enumerate(content.decode("utf-8").splitlines(), 1)
        if TRACES.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("part", ["home/li", "root", "Users/li"])
def test_a_trace_is_noticed(part: str) -> None:
    assert TRACES.search(f"the data lie in /{part}/hall")


def test_no_module_is_too_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked()
        if path.suffix == ".py"
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_pins_every_package_with_hashes(lock: str) -> None:
    listed = requirements(lock)
    assert len(listed) > 30
    assert [line for line in listed if not PINNED.match(line)] == []
    assert [line for line, hashes in listed.items() if not hashes] == []
    assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for hashes in listed.values() for one in hashes)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    assert re.search(r"https?:|--(?:extra-)?index-url|--find-links|file:", text) is None


def test_what_serves_is_what_was_tested() -> None:
    """`scripts/setup run` is content with an environment made from all.lock."""
    everything = pins("all")
    assert {name: version for name, version in pins("run").items() if everything.get(name) != version} == {}


def test_the_locks_hold_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[\[;<>=!~ ]", requirement)[0].lower() for requirement in wanted}

    assert names([*project["dependencies"], *extras["voice"]]) - set(pins("run")) == set()
    assert (
        names([*project["dependencies"], *(name for extra in extras.values() for name in extra)]) - set(pins("all"))
        == set()
    )
