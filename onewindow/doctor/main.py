"""`python run.py doctor` (体检): every check, what it saw, and what to do."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from onewindow.doctor import devices, disk, forecast, machine, record, shared
from onewindow.doctor.finding import Finding, Level, ok, stop
from onewindow.zones.load import HallFileError, load_hall
from onewindow.zones.model import Hall

MARKS: Final = {Level.OK: "✓", Level.WARN: "!", Level.STOP: "✗"}
OUR_ZONE: Final = "Asia/Shanghai"
"""Looked for when the hall's own can't be read."""


def main(hall: Path, data: Path, host: str, port: int, public_url: str | None, *, redis: str = "") -> int:
    """Check, print, and count: 1 when something will stop the hall, else 0."""
    counts = dict.fromkeys(Level, 0)
    for finding in findings(hall, data, host, port, public_url, redis=redis):
        counts[finding.level] += 1
        print(shown(finding), flush=True)
    print()
    if counts[Level.STOP]:
        print(f"✗ {counts[Level.STOP]} 处会让大厅开不了，请先解决。")
        print(f"  {counts[Level.STOP]} to mend before the hall can be served.")
        return 1
    if counts[Level.WARN]:
        print(f"! 可以开厅；还有 {counts[Level.WARN]} 处要留意。")
        print(f"  The hall can be served; {counts[Level.WARN]} to look at.")
    else:
        print("✓ 一切正常，可以开厅。\n  All is well: the hall can be served.")
    return 0


def shown(finding: Finding) -> str:
    """A finding as it is printed: Chinese, English below, then what to do."""
    lines = [f"{MARKS[finding.level]} {finding.zh}", f"  {finding.en}"]
    if finding.todo_zh:
        lines += [f"    → {finding.todo_zh}", f"      {finding.todo_en}"]
    return "\n".join(lines)


def findings(
    folder: Path, data: Path, host: str, port: int, public_url: str | None, *, redis: str = ""
) -> Iterator[Finding]:
    """The findings of all checks, one after the other.

    Those that need the hall only when its files are good, those of the data only when their folder can be written.
    """
    yield disk.space(data)
    finding = disk.folder(data)
    yield finding
    writable = finding.level is Level.OK
    if writable:
        yield disk.sync(data)
        yield disk.privacy(data)
    finding = disk.temporary()
    yield finding
    if finding.level is not Level.OK:
        return
    yield machine.python()
    yield machine.packages()
    yield devices.fonts()
    if redis:
        yield from shared.redis(redis)
    yield machine.port(host, port)
    finding, hall = hall_files(folder)
    yield finding
    if hall is None:
        yield record.time_zone(OUR_ZONE)
        return
    settings = hall.settings
    now_ms = time.time_ns() // 1_000_000
    yield record.time_zone(settings.time_zone)
    yield record.holidays(settings, now_ms)
    last = None
    if writable:
        finding, last = record.journal(hall, data, redis)
        yield finding
    yield record.clock(settings, last, now_ms)
    yield machine.public_url(settings.public_url if public_url is None else public_url)
    yield from devices.printers(hall)
    yield devices.voice(settings)
    yield forecast.worker(data)


def hall_files(folder: Path) -> tuple[Finding, Hall | None]:
    """Whether the hall's files are good, and the hall."""
    try:
        hall = load_hall(folder)
    except HallFileError as error:
        count = len(error.faults)
        first = error.faults[0]
        return stop(
            f"大厅文件有 {count} 处错误，第一处：{first.chinese()}",
            f"The hall's files have {count} fault(s), the first: {first.english()}",
            f"逐处改正：python run.py check-hall {folder}",
            f"Mend them one by one: python run.py check-hall {folder}",
        ), None
    zh, en = hall.settings.zh, hall.settings.en
    zones, windows, matters = len(hall.zones), len(hall.windows), len(hall.matters)
    return ok(
        f"大厅文件完好：{zh}，{zones} 个分区、{windows} 个窗口、{matters} 个事项",
        f"The hall's files are good: {en}, {zones} zones, {windows} windows, {matters} matters",
    ), hall
