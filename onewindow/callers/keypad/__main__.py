"""`python -m onewindow.callers.keypad`: a USB number pad drives a window without a screen."""

import argparse
import os
import sys
import threading
from pathlib import Path
from typing import Final

from onewindow.callers.keypad.device import NotAKeypad, Press, keyboards, named_presses, presses
from onewindow.callers.keypad.press import Operator
from onewindow.callers.keypad.server import Server

KEYS: Final = """\
Enter  下一步：叫号、开始、办结并叫下一号   the next step: call, start, finish and call
+      重呼                                 recall
-      过号                                 no-show
*      办结                                 finish
0      暂停、恢复、开窗                     pause, go on, open
/      撤销                                 undo
.      求助、已到场                         call for help, help has come
"""
VARIABLE: Final = "ONEWINDOW_TOKEN"


def main() -> int:
    """Drive one window; the exit status."""
    options = _parser().parse_args()
    token = options.token or os.environ.get(VARIABLE, "")
    if not token:
        return _fail(f"缺令牌：--token 或变量 {VARIABLE}\nNo token: --token or the variable {VARIABLE}")
    if not options.stdin and options.device is None:
        found = "\n".join(keyboards()) or "(没有 none)"
        return _fail(f"请用 --device 指定小键盘，现接有：\nName the pad with --device; plugged in:\n{found}")
    try:
        server = Server(options.url, options.window, token)
    except ValueError as error:
        return _fail(f"地址不对\n{error}")
    operator = Operator(server, say, pause_reason=options.pause_reason, dead_ms=round(options.dead_time * 1000))
    try:
        if options.stdin:
            _run_lines(operator)
        else:
            _run_device(operator, options.device)
    except NotAKeypad as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        pass
    return 0


def say(zh: str, en: str) -> None:
    """One line: Chinese, then English."""
    sys.stdout.write(f"{zh} · {en}\n")
    sys.stdout.flush()


def _run_lines(operator: Operator) -> None:
    """Each line waits for the outcome of the one before it: a script means what it says."""
    for press in named_presses(sys.stdin, say):
        if operator.counts(press):
            say(*operator.press(press))


def _run_device(operator: Operator, path: Path) -> None:
    """A finger doesn't wait: what is pressed before the outcome is known is refused at once, not kept for later."""
    free = threading.Semaphore()

    def work(press: Press) -> None:
        try:
            outcome = operator.press(press)
        finally:
            free.release()
        # Said when the next key counts already: whoever hears of the outcome may press.
        say(*outcome)

    for press in presses(path, say):
        if not operator.counts(press):
            continue
        if free.acquire(blocking=False):
            threading.Thread(target=work, args=(press,), daemon=True).start()
        else:
            operator.busy()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m onewindow.callers.keypad",
        description="数字小键盘叫号 A USB number pad drives a window.",
        epilog=KEYS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--window", required=True, help="窗口号 the window's number")
    parser.add_argument("--url", required=True, help="服务器地址 the server's address")
    parser.add_argument("--token", help=f"令牌 a clerk's token for this window; else the variable {VARIABLE}")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--device", type=Path, help="/dev/input/by-id/…-event-kbd")
    source.add_argument("--stdin", action="store_true", help="从标准输入读键名 read key names, one a line")
    parser.add_argument("--pause-reason", default="brief", help="暂停原因 the hall's code of a pause's reason")
    parser.add_argument("--dead-time", type=float, default=1.5, help="seconds in which a second Enter doesn't count")
    return parser


def _fail(words: str) -> int:
    sys.stderr.write(words + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
