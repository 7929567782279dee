"""The windows' calls (窗口接口)."""

from typing import Final

from onewindow.access.guard import role_forbidden
from onewindow.access.principal import Role
from onewindow.api import bodies, schemas
from onewindow.api.call import Asked, Call
from onewindow.api.desk_calls import by_name
from onewindow.http.problem import problem_of
from onewindow.queue import commands as cmd
from onewindow.queue.refusals import refuse


def open_window(asked: Asked) -> cmd.OpenWindow:
    """Open, or go on after a pause."""
    return cmd.OpenWindow(window=asked.path["window"], clerk=by_name(asked.principal, asked.body.clerk))


def pause_window(asked: Asked) -> cmd.PauseWindow:
    """Pause with a reason."""
    body: bodies.Pause = asked.body
    return cmd.PauseWindow(window=asked.path["window"], reason=body.reason, after_current=body.after_current)


def close_window(asked: Asked) -> cmd.CloseWindow:
    """Close; over somebody's head only by a supervisor's word."""
    anyway: bool = asked.body.anyway
    if anyway and asked.principal is not None and not asked.principal.may_be(Role.SUPERVISOR):
        raise role_forbidden(asked.principal.role, (Role.SUPERVISOR,))
    return cmd.CloseWindow(window=asked.path["window"], anyway=anyway)


def named_window(asked: Asked, name: str) -> str:
    """The number of a window as people write it. Raises Problem."""
    found = asked.hall.window_named(name)
    if found is None:
        raise problem_of(refuse("unknown_window", name=name))
    return found.no


def merge_window(asked: Asked) -> cmd.MergeWindow:
    """Close, its people go to another window."""
    return cmd.MergeWindow(window=asked.path["window"], into=named_window(asked, asked.body.into))


def hand_over(asked: Asked) -> cmd.HandOver:
    """Hand over to a colleague; the colleague who signed in at the window takes over by himself."""
    return cmd.HandOver(window=asked.path["window"], clerk=by_name(asked.principal, asked.body.clerk))


def set_matters(asked: Asked) -> cmd.SetWindowMatters:
    """What the window serves."""
    body: bodies.Matters = asked.body
    into = None if body.into is None else named_window(asked, body.into)
    return cmd.SetWindowMatters(window=asked.path["window"], matters=body.matters, public=body.public, into=into)


def call_help(asked: Asked) -> cmd.CallHelp:
    """A silent call for help."""
    return cmd.CallHelp(window=asked.path["window"], on=asked.body.on)


def call_next(asked: Asked) -> cmd.CallNext:
    """Call the next by the rule."""
    return cmd.CallNext(window=asked.path["window"], finish=asked.body.finish)


def call_ticket(asked: Asked) -> cmd.CallTicket:
    """Call one out of order."""
    return cmd.CallTicket(window=asked.path["window"], ticket=asked.body.ticket, reason=asked.body.reason)


def recall(asked: Asked) -> cmd.Recall:
    """Call again."""
    return cmd.Recall(window=asked.path["window"])


def start(asked: Asked) -> cmd.StartService:
    """The visitor has come."""
    return cmd.StartService(window=asked.path["window"], matter=asked.body.matter)


def finish(asked: Asked) -> cmd.FinishService:
    """Done."""
    return cmd.FinishService(window=asked.path["window"])


def no_show(asked: Asked) -> cmd.MarkNoShow:
    """Nobody came."""
    return cmd.MarkNoShow(window=asked.path["window"])


def hold(asked: Asked) -> cmd.HoldTicket:
    """Put aside."""
    return cmd.HoldTicket(window=asked.path["window"], reason=asked.body.reason)


def transfer(asked: Asked) -> cmd.TransferTicket:
    """Send on. A window is understood as people write it."""
    body: bodies.Transfer = asked.body
    named = any(value is not None for value in (body.matter, body.group, body.zone))
    to_window = None if body.window is None else named_window(asked, body.window)
    return cmd.TransferTicket(
        window=asked.path["window"],
        to_window=to_window,
        to=cmd.Item(matter=body.matter, group=body.group, zone=body.zone) if named else None,
        note=body.note,
    )


def add_matter(asked: Asked) -> cmd.AddMatter:
    """One more matter, or another one."""
    return cmd.AddMatter(window=asked.path["window"], matter=asked.body.matter, replace=asked.body.replace)


def undo(asked: Asked) -> cmd.Undo:
    """Take back the last command."""
    return cmd.Undo(window=asked.path["window"], reason=asked.body.reason)


AT_WINDOW: Final = (Role.CLERK, Role.SUPERVISOR)
SUPERVISOR: Final = (Role.SUPERVISOR,)
W: Final = "/api/windows/{window}/"
CALLED, TICKET = schemas.CalledReply, schemas.AtWindowReply
WINDOW = schemas.WindowReply

CALLS: Final = (
    Call(
        W + "call-next",
        bodies.Next,
        call_next,
        AT_WINDOW,
        "叫下一位",
        "Call the next ticket by the rule",
        CALLED,
    ),
    Call(
        W + "recall",
        bodies.Nothing,
        recall,
        AT_WINDOW,
        "重呼",
        "Call the current ticket again",
        TICKET,
    ),
    Call(W + "start", bodies.Start, start, AT_WINDOW, "开始办理", "The visitor has come", TICKET),
    Call(W + "finish", bodies.Nothing, finish, AT_WINDOW, "办结", "The matter is done here", TICKET),
    Call(W + "no-show", bodies.Nothing, no_show, AT_WINDOW, "过号", "Nobody came", TICKET),
    Call(W + "hold", bodies.Hold, hold, AT_WINDOW, "挂起", "Put the ticket aside with a reason", TICKET),
    Call(
        W + "transfer",
        bodies.Transfer,
        transfer,
        AT_WINDOW,
        "转窗",
        "Send the ticket on, seniority kept",
        TICKET,
    ),
    Call(W + "undo", bodies.Undo, undo, AT_WINDOW, "撤销", "Take back the window's last command", TICKET),
    Call(
        W + "add-matter",
        bodies.AddMatter,
        add_matter,
        AT_WINDOW,
        "加办",
        "Add or correct a matter",
        TICKET,
    ),
    Call(
        W + "call",
        bodies.Call,
        call_ticket,
        AT_WINDOW,
        "指定叫号",
        "Call one ticket out of order, on record",
        CALLED,
    ),
    Call(
        W + "open",
        bodies.Clerk,
        open_window,
        AT_WINDOW,
        "开窗、恢复",
        "Open, or go on after a pause",
        WINDOW,
    ),
    Call(
        W + "pause",
        bodies.Pause,
        pause_window,
        AT_WINDOW,
        "暂停",
        "Pause, now or after the current ticket",
        WINDOW,
    ),
    Call(W + "close", bodies.Close, close_window, AT_WINDOW, "关窗", "Close the window", WINDOW),
    Call(
        W + "merge",
        bodies.Merge,
        merge_window,
        SUPERVISOR,
        "并窗",
        "Close it; its people go to another window",
        WINDOW,
    ),
    Call(W + "handover", bodies.Clerk, hand_over, AT_WINDOW, "交接", "Hand over without closing", WINDOW),
    Call(W + "help", bodies.Help, call_help, AT_WINDOW, "呼叫支援", "A silent call for help", WINDOW),
    Call(
        W + "matters",
        bodies.Matters,
        set_matters,
        SUPERVISOR,
        "调整事项",
        "Change what the window serves",
        WINDOW,
    ),
)
