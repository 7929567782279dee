"""The command line's building blocks (命令行选项). Every option can also be set as `ONEWINDOW_<OPTION>`."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

Options = argparse._ActionsContainer
"""A parser, or a group of its options."""
Run = Callable[[argparse.Namespace], None]

HALL: Final = "halls/anqiu"
DATA: Final = "var/"


def command(commands: Any, name: str, run: Run, words: str) -> argparse.ArgumentParser:
    """A new command, done by `run`."""
    made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    made.set_defaults(run=run)
    return made


def option(of: Options, flag: str, otherwise: Any, words: str, **more: Any) -> None:
    """An option whose default comes from the environment, if it is set there; argparse checks that text too."""
    variable = "ONEWINDOW_" + flag.removeprefix("--").replace("-", "_").upper()
    default = os.environ.get(variable, otherwise)
    of.add_argument(flag, default=default, help=f"{words}（{variable}，缺省 default {otherwise}）", **more)


def hall(of: argparse.ArgumentParser) -> None:
    """`--hall`."""
    option(of, "--hall", HALL, "大厅文件的目录 · folder of the hall's files", type=Path)


def data(of: argparse.ArgumentParser) -> None:
    """`--data` and `--redis`."""
    option(of, "--data", DATA, "数据目录 · folder of the data", type=Path)
    option(of, "--redis", "", "账号和日志放在 Redis 里 · address of the Redis with accounts and journal")
