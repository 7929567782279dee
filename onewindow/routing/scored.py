"""Textbook rules that compare a score (评分规则): the front with the largest score is called.

Five rules stand beside the hall's own, for comparison and for halls that want them. All are work-conserving and look
at the fronts of the lines only, so that first come, first served holds within class and matter set whatever the rule;
ties go to the earlier number. What they know of a class is its credit C: the larger it is, the more the class counts.

- `fcfs` (先到先办): the earliest number. Textbook FCFS; classes count nothing.
- `strict_priority` (绝对优先): the class with the largest C first, whatever the others have waited (Cobham 1954).
- `accumulating_priority` (累积优先): every number gathers priority at its class's rate b, and b · wait is compared
  (Kleinrock's time-dependent priority; Stanford, Taylor, Ziedins: Waiting time distributions in the accumulating
  priority queue, 2014). b = 1 + C / 30 min: 2 for a credit of 30 minutes.
- `max_weight` (最大权重): the matter set with the largest Q · μ, Q its waiting tickets and μ = 1 / their mean
  expected minutes (Tassiulas and Ephremides; stable whenever any rule is).
- `generalized_c_mu` (广义 cμ): the largest c · wait · μ, for a delay cost that grows with the square of the wait and
  with the class's weight c = 1 + C / 30 min (Mandelbaum and Stolyar, Operations Research 52(6), 2004).
"""

from collections.abc import Callable
from typing import Final

from onewindow.routing.lines import Line, Lines, MatterSet, Place
from onewindow.routing.policy import Choice
from onewindow.routing.why import Rival, Why
from onewindow.zones.model import RoutingSettings

DOUBLES: Final = 30 * 60_000
"""A credit of so many ms doubles a class's weight."""
MINUTE: Final = 60_000

Front = tuple[float, Place, Line]
"""(minus the score, place, line): the smallest is called. No two have the same place."""


def weighted(credit: int, wait: int) -> float:
    """The wait (ms) in minutes, times the weight b or c of a class with this credit (ms): 1 for the standard class.

    Rounded once, at the end: equal scores are equal numbers, and the earlier ticket goes first. With 1 + C / 30 min
    rounded before, 18 min at 5/3 came after 15 min at 2.
    """
    return (DOUBLES + credit) * wait / (DOUBLES * MINUTE)


class Scored:
    """A rule that gives the front of each line a score."""

    name = ""
    term = ""
    """What lets a ticket pass an earlier number."""

    def __init__(self, settings: RoutingSettings) -> None:
        """Take the hall's settings; these rules have no parameters of their own."""

    def score(self, matter_set: MatterSet, line: Line, seniority: int, at: int) -> float:
        """How urgent the ticket of this seniority (ms) in the line is at `at` (ms)."""
        raise NotImplementedError

    def choose(self, lines: Lines, window: str, number_of: Callable[[str], str], at: int) -> Choice | None:
        """The front with the largest score; the earlier number among equals."""
        fronts: list[Front] = []
        waiting = 0
        for matter_set in lines.by_window[window]:
            waiting += matter_set.count
            for line in matter_set.lines.values():
                if line.head is not None:
                    fronts.append((-self.score(matter_set, line, line.head[0], at), line.head, line))
        return self._explained(fronts, waiting, number_of, lines, at) if fronts else None

    def _explained(
        self, fronts: list[Front], waiting: int, number_of: Callable[[str], str], lines: Lines, at: int
    ) -> Choice:
        """The best front, with the earliest number that it passed and the one that comes next."""
        best = min(fronts)
        fronts.remove(best)
        minus, place, line = best
        earlier = [front for front in fronts if front[1] < place]
        passed = self._rival(min(earlier, key=_place), number_of) if earlier else None
        if (behind := line.behind) is not None:
            score = self.score(lines.sets[line.windows], line, behind[0], at)
            fronts.append((-score, behind, line))
        term = "only" if not fronts else "earliest" if passed is None else self.term
        why = Why(
            policy=self.name,
            term=term,
            seniority=place[0],
            waiting=waiting,
            passed=passed,
            next=self._rival(min(fronts), number_of) if fronts else None,
            score=-minus,
        )
        return Choice(place[2], why)

    def _rival(self, front: Front, number_of: Callable[[str], str]) -> Rival:
        minus, place, _ = front
        return Rival(number=number_of(place[2]), seniority=place[0], credit=0, shift=0, score=-minus)


def _place(front: Front) -> Place:
    return front[1]


class FirstCome(Scored):
    """First come, first served (先到先办)."""

    name = "fcfs"
    term = "earliest"

    def score(self, matter_set: MatterSet, line: Line, seniority: int, at: int) -> float:
        """Minutes waited."""
        return (at - seniority) / MINUTE


class StrictPriority(Scored):
    """Strict priority by class (绝对优先)."""

    name = "strict_priority"
    term = "class"

    def score(self, matter_set: MatterSet, line: Line, seniority: int, at: int) -> float:
        """The class's credit in minutes; among equals the earlier number wins."""
        return line.credit / MINUTE


class AccumulatingPriority(Scored):
    """The accumulating priority queue (累积优先)."""

    name = "accumulating_priority"
    term = "accumulated"

    def score(self, matter_set: MatterSet, line: Line, seniority: int, at: int) -> float:
        """Minutes waited, times the class's rate."""
        return weighted(line.credit, at - seniority)


class MaxWeight(Scored):
    """Max-weight (最大权重)."""

    name = "max_weight"
    term = "longest"

    def score(self, matter_set: MatterSet, line: Line, seniority: int, at: int) -> float:
        """Tickets waiting in the set, per expected minute of one of them."""
        return matter_set.count * matter_set.count / matter_set.work


class GeneralizedCMu(Scored):
    """The generalised c-mu rule (广义 cμ)."""

    name = "generalized_c_mu"
    term = "cost"

    def score(self, matter_set: MatterSet, line: Line, seniority: int, at: int) -> float:
        """Weight of the class, times minutes waited, per expected minute of a ticket of the set."""
        return weighted(line.credit, at - seniority) * matter_set.count / matter_set.work
