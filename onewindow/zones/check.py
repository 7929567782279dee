"""`check-hall DIR` (检查大厅文件): names every fault of a hall's files, or says what stands in them."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from onewindow.zones.faults import HallFileError
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall


def main(argv: Sequence[str] | None = None) -> int:
    """Check the hall in the folder that `argv` names.

    Prints the faults to standard error and returns 1, or a summary to standard output and returns 0.
    """
    parser = argparse.ArgumentParser(prog="run.py check-hall", description="Check a hall's files. 检查大厅文件。")
    parser.add_argument("folder", type=Path, help="the folder with the hall's files, for example halls/anqiu")
    folder: Path = parser.parse_args(argv).folder
    try:
        hall = load_hall(folder)
    except HallFileError as error:
        for fault in error.faults:
            print(f"{fault.english()}\n    {fault.chinese()}", file=sys.stderr)
        count = len(error.faults)
        print(f"{folder}: {count} fault{'s' * (count != 1)}. 共 {count} 处错误。", file=sys.stderr)
        return 1
    print(summary(hall))
    return 0


def summary(hall: Hall) -> str:
    """How many of each thing the hall has, in one line, and its digest in a second one."""
    counts = (
        (len(hall.zones), "zone"),
        (len(hall.groups), "group"),
        (len(hall.departments), "department"),
        (len(hall.matters), "matter"),
        (len(hall.windows), "window"),
        (len(hall.points), "point"),
        (len(hall.chains), "chain"),
        (len(hall.devices), "device"),
    )
    line = ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts)
    return f"{line}\n{hall.settings.zh} {hall.settings.en}, SHA-256 {hall.digest}"
