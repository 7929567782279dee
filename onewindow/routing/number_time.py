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

from onewindow.routing.lines import Line, Lines, MatterSet
from onewindow.routing.policy import Choice
from onewindow.routing.why import Rival, Why
from onewindow.zones.model import RoutingSettings, WindowKind

NAME = "number_time"


class NumberTime:
    """The default rule, with the hall's δ, κ and τ."""

    name = NAME

    def __init__(self, settings: RoutingSettings) -> None:
        self.headstart = round(settings.headstart_minutes * 60_000)
        self.kappa = settings.kappa
        self.tau = settings.tau_minutes

    def shift(self, lines: Lines, window: str, matter_set: MatterSet) -> int:
        """δ in ms where the head start of others applies to this set at this window, else 0."""
        if not self.headstart or lines.kinds[window] is not WindowKind.COMPREHENSIVE:
            return 0
        specialists = lines.open_among(matter_set.specialists)
        if not specialists:
            return 0
        per_specialist = matter_set.work / specialists
        return self.headstart if per_specialist <= self.kappa * self._only_work(lines, window) + self.tau else 0

    def _only_work(self, lines: Lines, window: str) -> float:
        """PW_C at this window's zone: minutes per open comprehensive window that only those can serve."""
        zone = lines.zones[window]
        work = sum(s.work for s in lines.by_window[window] if not s.specialists)
        open_windows = sum(
            1 for no in lines.open if lines.kinds[no] is WindowKind.COMPREHENSIVE and lines.zones[no] == zone
        )
        return work / max(1, open_windows)

    def choose(self, lines: Lines, window: str, number_of: Callable[[str], str]) -> Choice | None:
        """The smallest K at this window; see the module."""
        shifts: dict[frozenset[str], int] = {}
        fronts: list[tuple[int, int, Line, int]] = []
        waiting = 0
        for matter_set, line in lines.candidates(window):
            shift = shifts.get(matter_set.windows)
            if shift is None:
                shift = shifts[matter_set.windows] = self.shift(lines, window, matter_set)
            seniority, order, _ = line.front()
            fronts.append((seniority - line.credit + shift, order, line, shift))
            waiting += len(line)
        if not fronts:
            return None
        best = min(fronts, key=lambda front: front[:2])
        return self._explained(best, fronts, waiting, number_of)

    def _explained(
        self,
        best: tuple[int, int, Line, int],
        fronts: list[tuple[int, int, Line, int]],
        waiting: int,
        number_of: Callable[[str], str],
    ) -> Choice:
        _, order, line, shift = best
        seniority, _, ticket = line.front()
        second = [(key, place, other, moved) for key, place, other, moved in fronts if other is not line]
        if len(line) > 1:
            behind, behind_order, _ = line.places[1]
            second.append((behind - line.credit + shift, behind_order, line, shift))

        def rival(front: tuple[int, int, Line, int]) -> Rival:
            other = front[2]
            place = other.places[1] if other is line else other.front()
            return Rival(number=number_of(place[2]), seniority=place[0], credit=other.credit, shift=front[3])

        passed: Rival | None = None
        earlier = [front for front in second if front[2] is not line]
        if earlier:
            first = min(earlier, key=lambda front: front[2].front()[:2])
            if first[2].front()[:2] < (seniority, order):
                passed = rival(first)
        term = "only"
        if second:
            term = "earliest" if passed is None else decided_by(seniority, line.credit, shift, passed)
        why = Why(
            policy=NAME,
            term=term,
            seniority=seniority,
            credit=line.credit,
            shift=shift,
            waiting=waiting,
            passed=passed,
            next=rival(min(second, key=lambda front: front[:2])) if second else None,
        )
        return Choice(ticket, why)


def decided_by(seniority: int, credit: int, shift: int, passed: Rival) -> str:
    """Which term let the called ticket pass an earlier number: `credit`, `head_start`, or `both` together."""
    if seniority - credit <= passed.seniority - passed.credit:
        return "credit"
    if seniority + shift <= passed.seniority + passed.shift:
        return "head_start"
    return "both"
