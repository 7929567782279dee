"""The command line (命令行): `python run.py …`. Every option can also be set as `ONEWINDOW_<OPTION>`."""

import argparse
import asyncio
import os
import sqlite3
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from onewindow import admin, behind, serve_command
from onewindow.access.principal import Role
from onewindow.access.store import StoreUnusable
from onewindow.forecast.arrangement import ARRANGEMENTS
from onewindow.options import Run
from onewindow.options import command as _command
from onewindow.options import data as _data
from onewindow.options import hall as _hall
from onewindow.options import option as _option
from onewindow.queue.file_lock import FileInUse
from onewindow.queue.journal import JournalBroken
from onewindow.runtime.clock import SystemClock
from onewindow.zones import check
from onewindow.zones.load import HallFileError, load_hall
from onewindow.zones.settings import POLICIES, code_of

T = TypeVar("T")
PLACES: Final = ("sqlite", "redis", "file")
DEMO_DATA: Final = "var/demo/"
"""The demonstration's made-up people stay out of the hall's own records."""
HOURS: Final = {Role.KIOSK: 8760.0, Role.SCREEN: 8760.0, Role.SPEAKER: 8760.0}
"""How long a token is good if nothing is said: devices a year, people a day."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit status: 0 done, 1 can't be done, 2 asked wrongly."""
    asked = parser().parse_args(arguments)
    run: Run = asked.run
    try:
        run(asked)
    except HallFileError as error:
        count = len(error.faults)
        print(f"大厅文件有 {count} 处错误。 The hall's files have {count} fault(s).\n{error}", file=sys.stderr)
        return 1
    except (admin.Refused, StoreUnusable, FileInUse, JournalBroken) as error:
        print(error, file=sys.stderr)
        return 1
    except sqlite3.Error as error:
        print(f"数据文件打不开：{error}。\nThe data can't be opened: {error}.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of a pipe has gone, for example `journal | head`; keep Python from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if error.filename is None:
            raise
        # Usually what another user's run has left, root's for example.
        print(
            f"打不开 {error.filename}（{error.strerror}）。请检查它的所有者和权限，或用 --data 指定另一个目录。\n"
            f"{error.filename} can't be opened ({error.strerror}). Check who owns it, or name another with --data.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="run.py", description="一窗 OneWindow：政务大厅排队叫号 · queue and calls")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    serve_command.add(commands)

    token = _command(commands, "token", _token, "生成令牌 · print a bearer token, alone")
    token.add_argument("--role", required=True, type=Role, choices=list(Role), metavar="|".join(Role))
    token.add_argument("--window", help="窗口号 · a clerk's window")
    token.add_argument("--device", help="设备代号 · a device's id in devices.csv")
    token.add_argument("--name", help="名字，记入日志 · name for the journal")
    token.add_argument("--hours", type=float, help="有效小时数：人 24，设备一年 · people 24, devices a year")
    _hall(token)
    _data(token)

    passwd = _command(commands, "passwd", _passwd, "设密码，或新建账号 · set a password, or make an account")
    passwd.add_argument("name")
    passwd.add_argument("--role", type=Role, choices=list(Role), metavar="|".join(Role))
    passwd.add_argument("--window", help="固定窗口 · tie a clerk to this window")
    _hall(passwd)
    _data(passwd)

    accounts = _command(commands, "accounts", _accounts, "列出账号 · list the accounts")
    accounts.add_argument("--remove", metavar="NAME", help="删除账号 · remove one")
    _hall(accounts)
    _data(accounts)

    checks = _command(commands, "check-hall", _check_hall, "检查大厅文件 · check a hall's files")
    checks.add_argument("folder", type=Path, metavar="DIR")

    doctor = _command(commands, "doctor", _doctor, "体检：开厅前检查 · what would stop the hall, and what to do")
    _option(doctor, "--host", "127.0.0.1", "监听地址 · address to listen on")
    _option(doctor, "--port", 8000, "端口 · port", type=int)
    _hall(doctor)
    _data(doctor)
    _option(doctor, "--public-url", None, "手机能打开的地址 · address that phones reach, for the QR")

    moves = _command(commands, "move-day", _move_day, "搬移一天的日志 · move a day between SQLite, Redis and files")
    moves.add_argument("day", metavar="DAY", help="例如 2026-11-24")
    for flag, words in (("--from", "从哪里 · where it lies"), ("--to", "到哪里 · where it goes")):
        moves.add_argument(flag, dest=flag[2:] + "_", required=True, choices=PLACES, help=words)
    _hall(moves)
    _data(moves)

    archive = _command(commands, "archive", _archive, "把旧日志移出 Redis 存成文件 · put old days into files")
    archive.add_argument("--keep", type=int, default=30, help="Redis 里留几天 · days that stay in Redis (30)")
    _hall(archive)
    _data(archive)

    behind.add(commands)

    demo = _command(commands, "demo", _demo, "演示：模拟来宾和窗口 · simulated visitors and clerks")
    _option(demo, "--host", "127.0.0.1", "监听地址 · address to listen on")
    _option(demo, "--port", 8000, "端口 · port", type=int)
    _option(demo, "--speed", 10.0, "快几倍 · times as fast", type=float)
    _hall(demo)
    _option(demo, "--data", DEMO_DATA, "数据目录 · folder of the data", type=Path)

    _record_options(commands)
    _simulate_options(commands)
    _what_if_options(commands)
    return top


def _record_options(commands: Any) -> None:
    verify = _command(commands, "verify", _verify, "校验日志 · check the journal's hash chain")
    verify.add_argument("--day", help="某一天，例如 2026-11-24 · one day")
    _hall(verify)
    _data(verify)

    journal = _command(commands, "journal", _journal, "导出一天的日志 · a day's commits as NDJSON")
    journal.add_argument("--day", help="缺省为最后一天 · the last day if not named")
    journal.add_argument("--from", dest="first", type=int, default=1, help="从第几条 · first commit")
    _hall(journal)
    _data(journal)

    words = "叫号清单，服务器停了也能打 · the list to call by, also without the server"
    hand = _command(commands, "by-hand", _by_hand, words)
    _hall(hand)
    _data(hand)


def _simulate_options(commands: Any) -> None:
    simulate = _command(commands, "simulate", _simulate, "模拟若干天，比较规则和窗口设置 · simulate days under rules")
    simulate.add_argument("hall", type=Path, metavar="DIR", help="大厅文件的目录 · folder of the hall's files")
    simulate.add_argument("--days", type=int, default=30, help="几个工作日 · working days (30)")
    simulate.add_argument("--start", default="2026-01-01", help="从哪天起 · first date (2026-01-01)")
    simulate.add_argument(
        "--policy", action="append", metavar="RULE", help=f"叫号规则，可多次 · may be repeated: {', '.join(POLICIES)}"
    )
    simulate.add_argument(
        "--arrangement",
        action="append",
        metavar="NAME",
        help=f"窗口设置，可多次 · may be repeated: {', '.join(ARRANGEMENTS)}",
    )
    simulate.add_argument("--seed", type=int, default=1, help="随机种子 · seed (1)")
    simulate.add_argument("--jobs", type=int, default=1, help="用几个核 · processes (1)")
    simulate.add_argument("--load", type=float, default=1.0, help="客流的倍数 · factor on the visitors (1.0)")
    simulate.add_argument("--appointments", type=float, help="预约的比例，0 到 1 · share with an appointment")
    simulate.add_argument(
        "--back-to", choices=("same", "any"), default="same", help="补件回哪个窗口 · window to return to"
    )
    simulate.add_argument("--lunch", choices=("common", "staggered"), default="common", help="午休 · lunch")
    simulate.add_argument("--out", type=Path, help="图和表写到哪里 · folder for plots and figures")


def _what_if_options(commands: Any) -> None:
    what_if = _command(
        commands, "what-if", _what_if, "如果……会怎样 · what a move would change; without one: all moves"
    )
    what_if.add_argument("--zone", help="分区，列出全部可做的调度 · rank every move that this zone allows")
    what_if.add_argument("--window", help="窗口号 · the window to move")
    moves = what_if.add_mutually_exclusive_group()
    moves.add_argument("--open", action="store_true", help="开窗 · open it")
    moves.add_argument("--close", action="store_true", help="办完手上的就关 · close it after its current ticket")
    moves.add_argument("--help-out", action="store_true", help="专窗帮办综合事项 · let the specialist window help")
    moves.add_argument("--matter", help="加办一个事项 · let it serve this matter too")
    moves.add_argument("--group", help="加办一个业务组 · let it serve this group's matters too")
    moves.add_argument("--lunch", metavar="HH:MM", help="改午餐时间 · move its lunch")
    what_if.add_argument("--minutes", type=int, default=120, help="看多远 · how far ahead (15-240)")
    _option(what_if, "--server", "http://127.0.0.1:8000", "运行中的服务器 · the running server")
    what_if.add_argument(
        "--offline", action="store_true", help="不经服务器，只读数据目录 · without a server, from the data folder"
    )
    _hall(what_if)
    _data(what_if)


def _token(asked: argparse.Namespace) -> None:
    role: Role = asked.role
    window = asked.window
    if role is Role.CLERK or window is not None:
        hall = load_hall(Path(asked.hall))
        found = hall.window_named(window) if window is not None else None
        if found is None:
            raise admin.Refused(
                f"没有窗口“{window}”。"
                if window is not None
                else "窗口人员的令牌要写明 --window。\nName a window of the hall with --window."
            )
        window = found.no
    hours = asked.hours if asked.hours is not None else HOURS.get(role, 24.0)
    if not 0 < hours <= 10 * 8760:
        raise admin.Refused("--hours 要大于 0、不超过十年。\n--hours takes more than 0 and at most ten years.")
    given = {"name": asked.name, "window": window, "device": asked.device}
    print(admin.token(Path(asked.data), role, **given, hours=hours, **_store(asked)))


def _store(asked: argparse.Namespace) -> dict[str, str]:
    """Where the hall's accounts lie, if not under the data folder. Raises HallFileError."""
    return {"redis": asked.redis, "hall": code_of(Path(asked.hall))} if asked.redis else {}


def _passwd(asked: argparse.Namespace) -> None:
    password = admin.passwd(Path(asked.data), asked.name, asked.role, asked.window, **_store(asked))
    print(f"{asked.name}\t{password}")


def _accounts(asked: argparse.Namespace) -> None:
    if asked.remove is not None:
        admin.remove_account(Path(asked.data), asked.remove, **_store(asked))
    print("\n".join(admin.accounts(Path(asked.data), **_store(asked))))


def _check_hall(asked: argparse.Namespace) -> None:
    raise SystemExit(check.main([str(asked.folder)]))


def _doctor(asked: argparse.Namespace) -> None:
    from onewindow.doctor.main import main as doctor

    hall, data = Path(asked.hall), Path(asked.data)
    raise SystemExit(doctor(hall, data, asked.host, asked.port, asked.public_url, redis=asked.redis))


def _verify(asked: argparse.Namespace) -> None:
    print("\n".join(admin.verify(load_hall(Path(asked.hall)), Path(asked.data), asked.day, asked.redis)))


def _by_hand(asked: argparse.Namespace) -> None:
    hall, now = load_hall(Path(asked.hall)), SystemClock().now_ms()
    print(admin.by_hand_now(hall, Path(asked.data), now, asked.redis), end="")


def _journal(asked: argparse.Namespace) -> None:
    admin.export(load_hall(Path(asked.hall)), Path(asked.data), asked.day, max(1, asked.first), asked.redis)


def _what_if(asked: argparse.Namespace) -> None:
    from onewindow.outlook.command import ask

    move = next(
        (name for name in ("open", "close", "help_out", "matter", "group", "lunch") if getattr(asked, name)), None
    )
    if (asked.window is None) is (asked.zone is None) or (asked.window is None) is not (move is None):
        raise admin.Refused(
            "请写 --zone，或 --window 加一个动作（--open、--close、--matter …）。\n"
            "Name a --zone, or a --window with one move (--open, --close, --matter …)."
        )
    made: dict[str, str] | None = None
    if move is not None:
        value = getattr(asked, move)
        made = {"do": {"help_out": "help"}.get(move, move), "window": asked.window}
        if isinstance(value, str):
            made["at" if move == "lunch" else move] = value
    if asked.offline:
        from onewindow.outlook.offline import compare

        hall, data = load_hall(Path(asked.hall)), Path(asked.data)
        state = admin.last_day(hall, data, asked.redis)
        print("\n".join(compare(state, data, made=made, zone=asked.zone, minutes=asked.minutes)))
        return
    store = _store(asked)
    bearer = admin.token(
        Path(asked.data), Role.SUPERVISOR, name="what-if", window=None, device=None, hours=0.1, **store
    )
    body = {"alternatives": [[made]], "horizon_minutes": asked.minutes} if made is not None else None
    print("\n".join(ask(asked.server, bearer, body=body, zone=asked.zone, minutes=asked.minutes)))


def _move_day(asked: argparse.Namespace) -> None:
    from onewindow.moving import Kind, move

    hall, data = load_hall(Path(asked.hall)), Path(asked.data)
    source, target = Kind(asked.from_), Kind(asked.to_)
    head = _in_loop(move(hall, data, asked.redis, asked.day, source=source, target=target), asked.redis)
    print(f"{asked.day}  {head.n} 提交 commits  {head.hash}  {asked.from_} → {asked.to_}")


def _archive(asked: argparse.Namespace) -> None:
    from onewindow.moving import archive

    moved = _in_loop(archive(load_hall(Path(asked.hall)), Path(asked.data), asked.redis, asked.keep), asked.redis)
    for day, head in moved:
        print(f"{day}  {head.n} 提交 commits  {head.hash}")
    if not moved:
        print("没有要归档的日子。 No day to put away.")


def _in_loop(work: Coroutine[Any, Any, T], redis: str) -> T:
    """Do it. Raises Refused when Redis can't be reached."""
    from redis.exceptions import RedisError

    from onewindow.shared.link import shown
    from onewindow.shared.promise import unreachable

    try:
        return asyncio.run(work)
    except RedisError as error:
        raise admin.Refused(unreachable(shown(redis), error)) from error


def _demo(asked: argparse.Namespace) -> None:
    from onewindow.demo import main as demo

    demo(asked.host, asked.port, Path(asked.hall), Path(asked.data), asked.speed)


def _simulate(asked: argparse.Namespace) -> None:
    from onewindow.study.simulate import Asked, CannotSimulate, simulate

    try:
        simulate(
            Asked(
                hall=asked.hall,
                days=asked.days,
                start=asked.start,
                policies=tuple(asked.policy or ()),
                arrangements=tuple(asked.arrangement or ("one_plus_x",)),
                seed=asked.seed,
                jobs=asked.jobs,
                load=asked.load,
                appointments=asked.appointments,
                same_window=asked.back_to == "same",
                staggered_lunch=asked.lunch == "staggered",
                out=asked.out,
            )
        )
    except CannotSimulate as error:
        raise admin.Refused(str(error)) from error
