"""The readings of a hall's texts, looked up by a process that ends."""

import os
import subprocess
import sys
from pathlib import Path

from tests.server import ROOT

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
