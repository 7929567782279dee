"""The record and the clock (日志和时钟): a chain that fits, and a time that goes on after it."""

import datetime
import sqlite3
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from onewindow import admin
from onewindow.doctor.finding import Finding, ok, stop, warn
from onewindow.queue.journal import Commit, JournalBroken
from onewindow.runtime.hall import journal_path
from onewindow.zones.calendar import business_day, calendar_warning
from onewindow.zones.faults import Words
from onewindow.zones.model import Hall, Settings

PATIENCE_MS: Final = 60_000
"""The clock may stand so far before the last commit: it was set right a little, and soon is past it."""
DAYS_AHEAD: Final = 30


def journal(hall: Hall, data: Path, redis: str = "") -> tuple[Finding, Commit | None]:
    """Whether the last day's hash chain fits, and its last commit."""
    path = journal_path(hall, data)
    if not redis and not path.exists():
        return ok("还没有日志，第一次启动时会建", "No journal yet; the first start makes it"), None
    try:
        last = admin.last_commit(hall, data, redis)
    except JournalBroken as error:
        zh, _, en = str(error).partition("\n")
        return stop(zh, en, *_restore(path)), None
    except admin.Refused as error:
        zh, _, en = str(error).partition("\n")
        return stop(zh, en, "请先让 Redis 恢复。", "Have Redis back first."), None
    except sqlite3.Error as error:
        return stop(f"日志 {path} 读不出来：{error}", f"{path} can't be read: {error}", *_restore(path)), None
    if last is None:
        return ok("日志还是空的", "The journal is empty"), None
    return ok(f"日志 {last.day} 的 {last.n} 条都接得上", f"All {last.n} commits of {last.day} fit"), last


def _restore(path: Path) -> Words:
    return Words(
        f"停掉大厅，把 {path}（连同 -wal、-shm）移到别处留查，从备份恢复；查明原因前不要删除。",
        f"Stop the hall, move {path} (with -wal and -shm) aside, restore it from a backup; delete nothing until you "
        "know the cause.",
    )


def clock(settings: Settings, last: Commit | None, now_ms: int) -> Finding:
    """Whether the machine's clock goes on after the last commit."""
    now = _wall(settings, now_ms)
    zh, en = f"现在 {now}（{settings.time_zone}）", f"It is {now} ({settings.time_zone})"
    todo = ("与手表核对并校准时钟；断电后变慢多半是主板电池没电。", "Set the clock; a flat battery makes it slow.")
    if last is None:
        return ok(zh + "，请与手表核对", en + "; compare it with a watch")
    before = _wall(settings, last.entries[-1].at)
    if business_day(settings, now_ms) < last.day:
        return stop(f"{zh}，早于日志的最后一天 {last.day}", f"{en}, before the journal's last day {last.day}", *todo)
    if now_ms < last.entries[-1].at - PATIENCE_MS:
        return warn(f"{zh}，早于最后一条记录 {before}", f"{en}, before the last commit at {before}", *todo)
    return ok(f"{zh}；最后一条记录 {before}", f"{en}; the last commit was at {before}")


def time_zone(name: str) -> Finding:
    """Whether the machine has the data of the hall's time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return stop(
            f"没有时区“{name}”的数据",
            f"There are no data for the time zone {name}",
            "安装系统软件包 tzdata（apt-get install tzdata），并核对 hall.toml 的 time_zone。",
            "Install the system package tzdata (apt-get install tzdata), and look at time_zone in hall.toml.",
        )
    return ok(f"有时区 {name} 的数据", f"The data of the time zone {name} are there")


def holidays(settings: Settings, now_ms: int) -> Finding:
    """Whether the public holidays of the coming 30 days are known."""
    today = datetime.date.fromisoformat(business_day(settings, now_ms))
    # The calendar goes by years: the two ends tell it all.
    both = (today.isoformat(), (today + datetime.timedelta(days=DAYS_AHEAD)).isoformat())
    warning = next((found for day in both if (found := calendar_warning(settings, day)) is not None), None)
    if warning is None:
        return ok(f"今后 {DAYS_AHEAD} 天的节假日安排已知", f"The holidays of the next {DAYS_AHEAD} days are known")
    return warn(
        warning.zh,
        warning.en,
        "把这些日子写进 hall.toml 的 holidays 和 workdays。",
        "List the days under holidays and workdays in hall.toml.",
    )


def _wall(settings: Settings, at_ms: int) -> str:
    moment = datetime.datetime.fromtimestamp(at_ms / 1000, ZoneInfo(settings.time_zone))
    return f"{moment:%Y-%m-%d %H:%M:%S}"
