"""The reason of a call in plain words (叫号理由), Chinese and English, generated from what the rule compared."""

from collections.abc import Callable
from typing import Final

import msgspec

from onewindow.routing.why import Why

COMPREHENSIVE_FIRST: Final = "comprehensive_first"
RULE_WORDS: Final = {
    "class": (
        "按“绝对优先”规则，类别优先（{mine} 分钟比 {theirs} 分钟），先于 {ahead}。",
        "by strict priority its class (credit {mine} min, not {theirs}) comes before {ahead}.",
    ),
    "accumulated": (
        "按“累积优先”规则，等候时间乘以类别系数为 {mine}，高于 {ahead}的 {theirs}。",
        "by accumulating priority its wait times its class's rate is {mine}, above {theirs} of {ahead}.",
    ),
    "longest": (
        "按“最大权重”规则，同类等候人数与办理速度之积为 {mine}，高于 {ahead}的 {theirs}。",
        "by max-weight the queue of its kind times its speed is {mine}, above {theirs} of {ahead}.",
    ),
    "cost": (
        "按“广义 cμ”规则，等候代价乘以办理速度为 {mine}，高于 {ahead}的 {theirs}。",
        "by the generalised c-mu rule its delay cost times its speed is {mine}, above {theirs} of {ahead}.",
    ),
}
"""By term: how a score let a ticket pass an earlier number."""


class Reasoned(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    zh: str
    en: str


def reason(why: Why, clock: Callable[[int], str]) -> Reasoned:
    """Why the ticket was called. `clock` writes a time in ms as the hall's local time, for example "09:41"."""
    came = clock(why.seniority)
    credit, shift = why.credit // 60_000, why.shift // 60_000
    if why.term == "held":
        return Reasoned("本窗口挂起的号，继续办理。", "Held at this window before; taken up again.")
    if why.term == "clerk":
        return Reasoned(f"指定叫号，已记录。理由：{why.note}", f"Called out of order, on record. Reason: {why.note}")
    if why.term == "only" or why.passed is None:
        if why.waiting <= 1:
            return Reasoned(
                f"{came} 取号；本窗口可办的号里只有这一位在等。",
                f"Took the number at {came}; the only one waiting whom this window can serve.",
            )
        extra_zh, extra_en = "", ""
        if credit and why.next is not None and why.next.credit < why.credit:
            extra_zh, extra_en = f"（优先，按早到 {credit} 分钟计）", f" (priority: counted {credit} min earlier)"
        return Reasoned(
            f"{came} 取号{extra_zh}，本窗口可办的 {why.waiting} 位里最早。",
            f"Took the number at {came}{extra_en}: the earliest of {why.waiting} whom this window can serve.",
        )
    passed = why.passed
    then = clock(passed.seniority)
    ahead_zh, ahead_en = f"{passed.number}（{then} 取号）", f"{passed.number} ({then})"
    head = passed.shift // 60_000 - shift
    more = (why.credit - passed.credit) // 60_000
    if (told := RULE_WORDS.get(why.term)) is not None:
        mine, theirs = f"{why.score:.3g}", f"{passed.score:.3g}"
        zh, en = told
        return Reasoned(
            f"{came} 取号，" + zh.format(mine=mine, theirs=theirs, ahead=ahead_zh),
            f"Took the number at {came}; " + en.format(mine=mine, theirs=theirs, ahead=ahead_en),
        )
    if why.policy == COMPREHENSIVE_FIRST and why.term != "credit":
        return Reasoned(
            f"{came} 取号，只有综合窗口能办；按“综合专属先办”规则，先于专业窗口也能办的 {ahead_zh}。",
            f"Took the number at {came}; only comprehensive windows serve it, and by this hall's rule these come "
            f"before {ahead_en}, whom specialist windows serve too.",
        )
    if why.term == "credit":
        return Reasoned(
            f"{came} 取号，优先，按早到 {credit} 分钟计，因此先于 {ahead_zh}。",
            f"Took the number at {came}; priority counts {credit} min earlier, and so before {ahead_en}.",
        )
    if why.term == "head_start":
        return Reasoned(
            f"{came} 取号，只有综合窗口能办；专业窗口跟得上，故在此最多先叫 {head} 分钟，先于 {ahead_zh}。",
            f"Took the number at {came}; only comprehensive windows serve it and the specialist windows keep up, "
            f"so up to {head} min ahead here, before {ahead_en}.",
        )
    if why.term == "both":
        return Reasoned(
            f"{came} 取号，优先早 {more} 分钟，又只有综合窗口能办（最多先 {head} 分钟），因此先于 {ahead_zh}。",
            f"Took the number at {came}; priority ({more} min) and the comprehensive head start ({head} min) "
            f"together put it before {ahead_en}.",
        )
    return Reasoned(f"{came} 取号，按“{why.policy}”规则叫号。", f"Took the number at {came}; called by {why.policy}.")
