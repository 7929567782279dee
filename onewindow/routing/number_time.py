"""The 1+X rule, "number-time with head starts" (取号时间优先、综合窗口有限先叫).

Source: the routing study's recommended default. Every waiting ticket has a static key

    k = seniority - C[class]

(C: 30 min for vulnerable visitors, 20 for on-time appointments, 0 else; from the hall's files). At window w

    K_w = k + δ · [w is comprehensive  and  the ticket's matter set g has own open specialist windows
                   and  PW_g <= κ · PW_C + τ]

where PW_g is the work (expected minutes) waiting for g per open specialist window of g, and PW_C the work waiting
for comprehensive windows alone, per open comprehensive window of the zone. The window calls the smallest K, ties
by issue order. So: within a class and a matter set strictly first come, first served; nobody is passed by somebody
whose seniority is more than C_max + δ later; a window is never idle while a ticket that it serves waits.
"""

from collections.abc import Callable

from onewindow.routing.lines import Line, Lines, MatterSet, Place
from onewindow.routing.policy import Choice
from onewindow.routing.why import Rival, Why
from onewindow.zones.model import RoutingSettings, WindowKind

NAME = "number_time"


SetFront = tuple[int, int, MatterSet, int]
"""(K ms, issue order, matter set, shift ms) of the front that a set would send; no two have the same order."""


class NumberTime:
    """The default rule, with the hall's δ, κ and τ."""

    name = NAME

    def __init__(self, settings: RoutingSettings) -> None:
        self.headstart = round(settings.headstart_minutes * 60_000)
        self.kappa = settings.kappa
        self.tau = settings.tau_minutes

    def choose(self, lines: Lines, window: str, number_of: Callable[[str], str], at: int) -> Choice | None:
        """The smallest K at this window, whatever the time; see the module."""
        most_work = self._most_work(lines, window)
        best: SetFront | None = None
        second: SetFront | None = None
        earliest: tuple[Place, Line] | None = None
        moved = waiting = 0
        for matter_set in lines.by_window[window]:
            own = matter_set.best
            if own is None:
                continue
            waiting += matter_set.count
            # Asked only where it can be: a call of a method costs as much as the rest of the loop.
            shift = 0
            if most_work is not None and matter_set.specialists_open:
                shift = self._shift(matter_set, most_work)
            front = (own[0] + shift, own[1], matter_set, shift)
            if best is None or front < best:
                best, second = front, best
            elif second is None or front < second:
                second = front
            first = matter_set.earliest
            if earliest is None or (first is not None and first[0] < earliest[0]):
                earliest, moved = first, shift
        if best is None or earliest is None:
            return None
        return self._explained(best, second, (*earliest, moved), waiting, number_of)

    def _explained(
        self,
        best: SetFront,
        second: SetFront | None,
        earliest: tuple[Place, Line, int],
        waiting: int,
        number_of: Callable[[str], str],
    ) -> Choice:
        """The best front, with the earliest number if it passed that, and who comes next.

        `second`: the best front of the other sets. `earliest`: the most senior place, its line and its shift.
        """
        _, _, chosen, shift = best
        assert chosen.best is not None
        line = chosen.best[2]
        seniority, _, ticket = place = line.front()
        passed = _rival(earliest[1], earliest[0], earliest[2], number_of) if earliest[0] is not place else None
        follower = _follower(best, second, line, number_of)
        term = "only"
        if follower is not None:
            term = "earliest" if passed is None else decided_by(seniority, line.credit, shift, passed)
        why = Why(
            policy=self.name,
            term=term,
            seniority=seniority,
            credit=line.credit,
            shift=shift,
            waiting=waiting,
            passed=passed,
            next=follower,
        )
        return Choice(ticket, why)

    def _most_work(self, lines: Lines, window: str) -> float | None:
        """κ · PW_C + τ at this window's zone; None where nobody has a head start."""
        if not self.headstart or lines.kinds[window] is not WindowKind.COMPREHENSIVE:
            return None
        work = sum([s.work for s in lines.by_window[window] if not s.specialists])
        return self.kappa * (work / max(1, lines.comprehensive_open[lines.zones[window]])) + self.tau

    def _shift(self, matter_set: MatterSet, most_work: float) -> int:
        """δ in ms where the head start of others applies to this set, whose specialist windows aren't all closed."""
        return self.headstart if matter_set.work / matter_set.specialists_open <= most_work else 0


def _follower(best: SetFront, second: SetFront | None, line: Line, number_of: Callable[[str], str]) -> Rival | None:
    """The best competing key: behind the called one in its line, of another line of its set, or of another set."""
    _, _, chosen, shift = best
    key, order, rival, moved = 0, 0, None, 0
    if second is not None:
        key, order, other, moved = second
        rival = other.best
    beside = chosen.second
    if beside is not None and (rival is None or (beside[0] + shift, beside[1]) < (key, order)):
        key, order, rival, moved = beside[0] + shift, beside[1], beside, shift
    behind = line.behind
    if behind is not None and (rival is None or (behind[0] - line.credit + shift, behind[1]) < (key, order)):
        return _rival(line, behind, shift, number_of)
    return _rival(rival[2], rival[2].front(), moved, number_of) if rival is not None else None


def _rival(line: Line, place: Place, shift: int, number_of: Callable[[str], str]) -> Rival:
    return Rival(number=number_of(place[2]), seniority=place[0], credit=line.credit, shift=shift)


def decided_by(seniority: int, credit: int, shift: int, passed: Rival) -> str:
    """Which term let the called ticket pass an earlier number: `credit`, `head_start`, or `both` together."""
    if seniority - credit <= passed.seniority - passed.credit:
        return "credit"
    if seniority + shift <= passed.seniority + passed.shift:
        return "head_start"
    return "both"
