"""Refusals (拒绝): a command that can't be obeyed gets a value that says what is wrong and what to do.

A refusal is part of the domain, not a crash. Its `code` is stable (clients may branch on it); the texts are for
people, Chinese first.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Fault(StrEnum):
    """What kind of mistake it is; the shell maps it to an HTTP status (404, 422, 409, 403)."""

    NOT_FOUND = "not_found"
    INVALID = "invalid"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refused command: code, kind of fault, and the sentence with its placeholders filled, in both languages."""

    code: str
    fault: Fault
    zh: str
    en: str
    params: dict[str, str | int] = {}


TEXTS: Final[dict[str, tuple[Fault, str, str]]] = {
    "day_not_open": (
        Fault.CONFLICT,
        "当天尚未开始或已结束。请主任先“开始当天”。",
        "The day is not open. Ask the supervisor to open it.",
    ),
    "day_already_open": (Fault.CONFLICT, "{day} 已经开始。", "The day {day} is open already."),
    "day_before_last": (
        Fault.CONFLICT,
        "{day} 早于已记录的最后一天 {last}。请核对电脑时钟；确认无误后由主任手动开始。",
        "{day} is before the last recorded day {last}. Check the clock; a supervisor may open it by hand.",
    ),
    "day_has_remaining": (
        Fault.CONFLICT,
        "还有 {count} 位没有结果（{numbers}）。请逐一选择：今日办完、转次日、放弃。",
        "{count} visitors remain ({numbers}). Choose for each: served late, first tomorrow, or given up.",
    ),
    "intake_stopped": (
        Fault.CONFLICT,
        "今天已停止取号。请告知下一个工作日再来，或由主任恢复取号。",
        "No more numbers today. Tell the visitor to come on the next working day, or ask the supervisor to resume.",
    ),
    "intake_not_stopped": (
        Fault.CONFLICT,
        "现在正常取号，无需恢复。",
        "Numbers are being given; nothing to resume.",
    ),
    "nothing_asked": (
        Fault.INVALID,
        "请说明事项、业务组或分区。",
        "Name a matter, a group or a zone.",
    ),
    "too_many_items": (
        Fault.INVALID,
        "一次最多取 {most} 个号。",
        "At most {most} tickets at once.",
    ),
    "unknown_matter": (
        Fault.INVALID,
        "没有事项“{name}”。请重新搜索。",
        "There is no matter {name}. Search again.",
    ),
    "unknown_group": (Fault.INVALID, "没有业务组“{name}”。", "There is no group {name}."),
    "unknown_zone": (Fault.INVALID, "没有分区“{name}”。", "There is no zone {name}."),
    "unknown_chain": (Fault.INVALID, "没有联办事项“{name}”。", "There is no chain {name}."),
    "unknown_applicant": (
        Fault.INVALID,
        "没有申请人类别“{name}”。可选：{known}。",
        "There is no applicant class {name}. Known: {known}.",
    ),
    "unknown_purpose": (
        Fault.INVALID,
        "没有“{name}”这种来意。可选：{known}。",
        "There is no purpose {name}. Known: {known}.",
    ),
    "unknown_channel": (Fault.INVALID, "没有取号渠道“{name}”。", "There is no channel {name}."),
    "unknown_reason": (
        Fault.INVALID,
        "没有原因“{name}”。可选：{known}。",
        "There is no reason {name}. Known: {known}.",
    ),
    "reason_needed": (Fault.INVALID, "请填写原因。", "Give a reason."),
    "unknown_choice": (
        Fault.INVALID,
        "选择“{name}”无效。可选：late 今日办完、tomorrow 转次日、give_up 放弃。",
        "The choice {name} is unknown: late, tomorrow or give_up.",
    ),
    "bad_copies": (
        Fault.INVALID,
        "一个号最多 {most} 件，最少 1 件。",
        "One number stands for 1 to {most} folders.",
    ),
    "unknown_mark": (
        Fault.INVALID,
        "没有标记“{name}”。可选：{known}。",
        "There is no mark {name}. Known: {known}.",
    ),
    "bad_order_of_steps": (
        Fault.INVALID,
        "前置步骤须排在后续步骤之前。",
        "A step must stand after the steps that it needs.",
    ),
    "unknown_visit": (Fault.INVALID, "没有到访“{name}”。", "There is no visit {name}."),
    "no_window_serves": (
        Fault.CONFLICT,
        "目前没有窗口办理“{name}”。请联系主任。",
        "No window serves {name} today. Ask the supervisor.",
    ),
    "unknown_ticket": (
        Fault.NOT_FOUND,
        "没有号票“{name}”。请核对号码和日期。",
        "There is no ticket {name}. Check the number and the day.",
    ),
    "lost_ticket": (
        Fault.NOT_FOUND,
        "{number} 号的记录因故障丢失。请当场重新取号，新号接在后面。",
        "The record of {number} was lost by a fault. Issue a new number; those go on behind it.",
    ),
    "unknown_window": (Fault.NOT_FOUND, "没有窗口“{name}”。", "There is no window {name}."),
    "window_not_open": (
        Fault.CONFLICT,
        "{window} 号窗口{state}。请先开窗。",
        "Window {window} is {state_en}. Open it first.",
    ),
    "window_already_open": (Fault.CONFLICT, "{window} 号窗口已经开着。", "Window {window} is open already."),
    "window_closed": (Fault.CONFLICT, "{window} 号窗口没有开。", "Window {window} is not open."),
    "service_suspended": (
        Fault.CONFLICT,
        "已暂停服务（{reason}），暂不叫号。请等主任恢复服务；手头的可以办完。",
        "Service is suspended ({reason_en}); nobody is called. Wait for the supervisor; finish what you have.",
    ),
    "service_running": (Fault.CONFLICT, "服务正常，无需恢复。", "Service is running; nothing to resume."),
    "group_stopped": (
        Fault.CONFLICT,
        "“{name}”今天已停止取号（末号 {last}）。请告知下一个工作日再来，或由主任恢复。",
        "No more numbers for {name_en} today (last: {last}). Tell the visitor to come on the next working day, "
        "or ask the supervisor to resume.",
    ),
    "close_strands": (
        Fault.CONFLICT,
        "关了 {window} 号窗口，{count} 个号没有窗口可办（{numbers}）。请并到别的窗口或先暂停；确要关窗请主任确认。",
        "Closing window {window} would leave {count} tickets without a window ({numbers}). Merge it into another, "
        "pause it, or ask the supervisor to close it anyway.",
    ),
    "merge_itself": (
        Fault.INVALID,
        "{window} 号窗口不能并到自己。",
        "Window {window} can't be merged into itself.",
    ),
    "merge_other_zone": (
        Fault.CONFLICT,
        "{into} 号窗口在别的分区。请并到同一分区的窗口。",
        "Window {into} is in another zone. Merge window {window} within its zone.",
    ),
    "deaf_needs_guide": (
        Fault.CONFLICT,
        "{number} 听不到叫号。请招手或写字，并请导办去找；导办确认不在后才能过号。",
        "{number} can't hear the call. Wave or write, and ask a guide to look; a no-show needs the guide's word.",
    ),
    "unknown_grade": (
        Fault.INVALID,
        "评价请选 1 到 5。",
        "Choose a grade from 1 to 5.",
    ),
    "rated_already": (
        Fault.CONFLICT,
        "{number} 已经评价过，谢谢。",
        "{number} has been rated already, thank you.",
    ),
    "window_occupied": (
        Fault.CONFLICT,
        "{window} 号窗口正在{state} {number}。请先{todo}。",
        "Window {window} still has {number} ({state_en}). First: {todo_en}.",
    ),
    "window_idle": (
        Fault.CONFLICT,
        "{window} 号窗口没有正在叫或正在办的号。请先叫号。",
        "Window {window} has no current ticket. Call one first.",
    ),
    "same_clerk": (
        Fault.CONFLICT,
        "{clerk} 已经在 {window} 号窗口。",
        "{clerk} is at window {window} already.",
    ),
    "wrong_state": (
        Fault.CONFLICT,
        "{number} 现在是“{state}”，不能{action}。",
        "{number} is {state_en}; it can't be {action_en} now.",
    ),
    "wrong_window": (
        Fault.CONFLICT,
        "{window} 号窗口不能办理 {number}。请转到 {windows} 号窗口。",
        "Window {window} can't serve {number}. Its windows: {windows}.",
    ),
    "visit_busy": (
        Fault.CONFLICT,
        "{number} 的本人正在另一处（{other}）。办完后再叫。",
        "The person with {number} is being served as {other}. Call when that is done.",
    ),
    "too_early_for_no_show": (
        Fault.CONFLICT,
        "叫号后须满 {seconds} 秒并重呼 {recalls} 次才能过号；还差 {left} 秒、重呼 {recalls_left} 次。",
        "A no-show needs {seconds} s after the call and {recalls} recall(s); {left} s and {recalls_left} to go.",
    ),
    "recall_limit": (
        Fault.CONFLICT,
        "{number} 已重呼 {limit} 次。请过号，或请导办到座位上找。",
        "{number} was recalled {limit} times. Mark a no-show, or ask a guide to look for the person.",
    ),
    "too_late_to_return": (
        Fault.CONFLICT,
        "{number} 过号已超过 {minutes} 分钟。请重新取号。",
        "{number} was missed more than {minutes} minutes ago. Take a new number.",
    ),
    "too_late_to_come_back": (
        Fault.CONFLICT,
        "{number} 办结已超过 {minutes} 分钟。请重新取号。",
        "{number} was finished more than {minutes} minutes ago. Take a new number.",
    ),
    "away_used": (
        Fault.CONFLICT,
        "{number} 已经暂离过一次。",
        "{number} has stepped out once already.",
    ),
    "nothing_to_undo": (
        Fault.CONFLICT,
        "没有可以撤销的操作：只能撤销本窗口上一步，{minutes} 分钟内。",
        "Nothing to undo: only this window's last command, within {minutes} minutes.",
    ),
    "undo_overtaken": (
        Fault.CONFLICT,
        "{number} 已在别处继续，不能撤销。",
        "{number} has gone on elsewhere; that can't be undone.",
    ),
    "matters_strand": (
        Fault.CONFLICT,
        "这样调整后 {count} 个号没有窗口可办（{numbers}）。请指定接办的窗口，或先改签。",
        "{count} tickets would have no window ({numbers}). Name a window that takes them, or reroute them first.",
    ),
    "no_series_left": (
        Fault.CONFLICT,
        "今天的离线号段已分完，本机断网时不能取号。请用已有离线号段的导询台。",
        "No number series is left for issuing offline today. Use a desk that has one.",
    ),
    "unknown_right": (
        Fault.INVALID,
        "今天没有第 {right} 号离线号段。请给来宾重新取号。",
        "There is no offline series {right} today. Give the visitor a new number.",
    ),
    "not_of_the_right": (
        Fault.INVALID,
        "{number} 不在本机的离线号段里。请给来宾重新取号。",
        "{number} is not in this desk's offline series. Give the visitor a new number.",
    ),
    "number_taken": (
        Fault.CONFLICT,
        "{number} 已经是另一张小票的号。请给这位来宾重新取号，收回旧票。",
        "{number} is another slip's number already. Give this visitor a new one and take the old slip back.",
    ),
    "void_too_late": (
        Fault.CONFLICT,
        "{number} 已经叫过号或正在办，不能作废。请告诉窗口按过号处理。",
        "{number} has been called or served; it can't be voided. Ask the window to mark a no-show.",
    ),
    "same_class": (Fault.CONFLICT, "{number} 已经是这个类别。", "{number} has that class already."),
    "matter_there": (
        Fault.CONFLICT,
        "{number} 已有事项“{name}”。",
        "{number} has the matter {name} already.",
    ),
}


def refuse(code: str, **params: str | int) -> Refusal:
    """The refusal with this code, its sentences filled from `params`. Raises KeyError for an unknown code."""
    fault, zh, en = TEXTS[code]
    return Refusal(code=code, fault=fault, zh=zh.format(**params), en=en.format(**params), params=params)
