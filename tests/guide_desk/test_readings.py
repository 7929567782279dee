"""The readings of a hall's texts, looked up by a process that ends, while the server is still being loaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onewindow.guide_desk import readings
from onewindow.guide_desk.search import MatterIndex
from onewindow.serve_command import _read_ahead
from onewindow.zones.load import load_hall
from tests.server import ANQIU, ROOT

CODE = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from onewindow.guide_desk.readings import look_up_apart
assert look_up_apart(["户政"]).runs == {{"户政": ["hu", "zheng"]}}
sys.exit("the dictionaries are in the server" if "pypinyin" in sys.modules else 0)
"""


def test_the_server_has_no_dictionaries_wherever_it_was_started(tmp_path: Path) -> None:
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, env=alone, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_index_finds_the_readings_that_were_looked_up_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    known, asked = readings.Readings({}, {}), list[list[str]]()
    apart = readings._apart

    def counted(wanted: list[str]) -> readings.Readings:
        asked.append(wanted)
        return apart(wanted)

    monkeypatch.setattr(readings, "_known", known)
    monkeypatch.setattr(readings, "_apart", counted)
    _read_ahead(ANQIU)
    assert len(asked) == 1 and len(asked[0]) > 300
    hall = load_hall(ANQIU)
    assert MatterIndex(hall).search("yyzz") and len(asked) == 1


def test_bad_hall_files_are_left_to_the_server_to_tell_of(tmp_path: Path) -> None:
    _read_ahead(tmp_path)


def test_a_server_that_has_ended_meanwhile_leaves_no_traceback() -> None:
    command = [sys.executable, "-m", "onewindow.guide_desk.readings"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as looks:
        assert looks.stdin is not None and looks.stdout is not None and looks.stderr is not None
        looks.stdout.close()
        looks.stdin.write('["户政"]'.encode())
        looks.stdin.close()
        assert looks.stderr.read() == b""
    assert looks.returncode == 1


def test_what_only_a_printer_needs_is_not_loaded_with_the_server() -> None:
    code = "import sys, onewindow.serve; sys.exit('escpos' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
