"""Alarms of the slip printers (打印告警): no paper, little paper, a slip that wasn't printed. Pure."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from onewindow.supervision.alarm import Alarm, Urgency


class Paper(Protocol):
    """What is known of a printer's paper (纸量)."""

    @property
    def printer(self) -> str:
        """The device's id."""

    @property
    def zh(self) -> str:
        """Where it stands."""

    @property
    def left(self) -> int | None:
        """Slips for which there is paper; None: unknown."""

    @property
    def low(self) -> bool:
        """Whether a new roll should be at hand."""

    @property
    def trouble(self) -> str:
        """Why the last slip failed; empty when it didn't."""

    @property
    def trouble_at_ms(self) -> int | None:
        """Since when."""


def of_papers(papers: Iterable[Paper]) -> Iterator[Alarm]:
    """What is wrong with the printers."""
    for paper in papers:
        if paper.trouble == "paper_out":
            yield Alarm(
                code="paper_out",
                urgency=Urgency.NOW,
                zh=f"{paper.zh}没有纸了",
                en=f"{paper.printer} is out of paper",
                todo_zh="请换纸，在导询台按“换了新卷”；在此之前导询台手写号码。",
                todo_en="Put in a new roll and note it at the desk; until then the desk writes numbers by hand.",
                since=paper.trouble_at_ms,
            )
        elif paper.trouble:
            yield Alarm(
                code="printer_failed",
                urgency=Urgency.SOON,
                zh=f"{paper.zh}上一张没有打出来",
                en=f"The last slip at {paper.printer} was not printed",
                todo_zh="请看打印机的电源、网线和纸；在此之前导询台手写号码。",
                todo_en="Check its power, cable and paper; until then the desk writes numbers by hand.",
                since=paper.trouble_at_ms,
            )
        elif paper.low:
            left = f"，约剩 {paper.left} 张" if paper.left is not None else ""
            yield Alarm(
                code="paper_low",
                urgency=Urgency.LATER,
                zh=f"{paper.zh}的纸快用完了{left}",
                en=f"{paper.printer} runs low on paper{f': about {paper.left} slips' if left else ''}",
                todo_zh="请备好一卷纸；换好后在导询台按“换了新卷”。",
                todo_en="Have a roll at hand; note it at the desk when it is in.",
            )
