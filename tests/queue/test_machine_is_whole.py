"""The machine over all commands must not forget one."""

import ast
from pathlib import Path

from onewindow.queue.decide import DECIDERS


def test_every_command_is_decided_and_in_the_machine() -> None:
    source = ast.parse((Path(__file__).parent / "test_machine.py").read_text(encoding="utf-8"))
    named = {node.attr for node in ast.walk(source) if isinstance(node, ast.Attribute)}
    assert {command.__name__ for command in DECIDERS} <= named
