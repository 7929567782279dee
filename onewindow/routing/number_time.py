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
        fronts: list[Front] = []
        waiting = 0
        for matter_set in lines.by_window[window]:
            if not matter_set.count:
                continue
            waiting += matter_set.count
            # Asked only where it can be: a call of a method costs as much as the rest of the loop.
            shift = 0
            if most_work is not None and matter_set.specialists:
                shift = self._shift(lines, matter_set, most_work)
            for line in matter_set.lines.values():
                if line.head is not None:
                    seniority, order, _ = line.head
                    fronts.append((seniority - line.credit + shift, order, line, shift))
        return explained(self.name, fronts, waiting, number_of) if fronts else None

    def _most_work(self, lines: Lines, window: str) -> float | None:
        """κ · PW_C + τ at this window's zone; None where nobody has a head start."""
        if not self.headstart or lines.kinds[window] is not WindowKind.COMPREHENSIVE:
            return None
        work = sum([s.work for s in lines.by_window[window] if not s.specialists])
        open_windows = lines.open_among(lines.comprehensive[lines.zones[window]])
        return self.kappa * (work / max(1, open_windows)) + self.tau

    def _shift(self, lines: Lines, matter_set: MatterSet, most_work: float) -> int:
        """δ in ms where the head start of others applies to this set at a comprehensive window, else 0."""
        specialists = lines.open_among(matter_set.specialists)
        return self.headstart if specialists and matter_set.work / specialists <= most_work else 0


Front = tuple[int, int, Line, int]
"""(K ms, issue order, line, shift ms) of the most senior ticket of a line; no two have the same order."""


def explained(policy: str, fronts: list[Front], waiting: int, number_of: Callable[[str], str]) -> Choice:
    """The smallest of the fronts, with whom it passed and who comes next."""
    best = min(fronts)
    _, _, line, shift = best
    seniority, order, ticket = line.front()
    fronts.remove(best)
    passed: Rival | None = None
    place, first = (seniority, order, ticket), best
    for front in fronts:
        # Read, not asked for: a call looks at each front, and a call of a method costs as much as all the rest.
        head = front[2].head
        if head is not None and head < place:
            place, first = head, front
    if first is not best:
        passed = _rival(first, place, number_of)
    follower: Rival | None = None
    second = min(fronts) if fronts else None
    if len(line) > 1:
        behind: Place = line.places[1]
        key = behind[0] - line.credit + shift
        if second is None or (key, behind[1]) < second[:2]:
            follower = _rival(best, behind, number_of)
    if follower is None and second is not None:
        follower = _rival(second, second[2].front(), number_of)
    term = "only"
    if follower is not None:
        term = "earliest" if passed is None else decided_by(seniority, line.credit, shift, passed)
    return Choice(
        ticket,
        Why(
            policy=policy,
            term=term,
            seniority=seniority,
            credit=line.credit,
            shift=shift,
            waiting=waiting,
            passed=passed,
            next=follower,
        ),
    )


def _rival(front: Front, place: Place, number_of: Callable[[str], str]) -> Rival:
    return Rival(number=number_of(place[2]), seniority=place[0], credit=front[2].credit, shift=front[3])


def decided_by(seniority: int, credit: int, shift: int, passed: Rival) -> str:
    """Which term let the called ticket pass an earlier number: `credit`, `head_start`, or `both` together."""
    if seniority - credit <= passed.seniority - passed.credit:
        return "credit"
    if seniority + shift <= passed.seniority + passed.shift:
        return "head_start"
    return "both"
