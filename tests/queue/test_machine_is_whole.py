"""The machine over all commands must not forget one."""

import ast
from pathlib import Path

from onewindow.queue.decide import DECIDERS


def test_every_command_is_decided_and_in_the_machine() -> None:
    files = [Path(__file__).parent / name for name in ("machine.py", "test_machine.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    named = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {command.__name__ for command in DECIDERS} <= named
