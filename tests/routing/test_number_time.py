"""The 1+X rule against its own definition, read independently and slowly."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from onewindow.routing.lines import Lines
from onewindow.routing.number_time import NumberTime
from onewindow.routing.reasons import reason
from onewindow.zones.model import RoutingSettings, WindowKind

MIN = 60_000
COMPREHENSIVE, SPECIALIST = WindowKind.COMPREHENSIVE, WindowKind.SPECIALIST
WINDOWS = {"1": (COMPREHENSIVE, "z"), "2": (COMPREHENSIVE, "z"), "3": (SPECIALIST, "z"), "4": (SPECIALIST, "z")}
SETS = [frozenset(s) for s in ("12", "123", "124", "3", "1")]
RULE = RoutingSettings(policy="number_time", headstart_minutes=20, kappa=1.0, tau_minutes=10)

tickets = st.lists(
    st.tuples(
        st.integers(0, 90),  # seniority, minutes
        st.sampled_from([0, 20, 30]),  # credit, minutes
        st.sampled_from(SETS),
        st.sampled_from([3.0, 8.0, 15.0]),
    ),
    max_size=25,
)
opened = st.sets(st.sampled_from(list(WINDOWS)))


def build(waiting: list[tuple[int, int, frozenset[str], float]], open_windows: set[str]) -> Lines:
    lines = Lines(WINDOWS)
    for no in open_windows:
        lines.opened(no)
    for order, (seniority, credit, windows, minutes) in enumerate(waiting):
        lines.add(windows, credit * MIN, (seniority * MIN, order, f"t{order}"), minutes)
    return lines


@settings(max_examples=400, deadline=None)
@given(waiting=tickets, open_windows=opened, window=st.sampled_from(list(WINDOWS)))
def test_calls_the_smallest_key_and_tells_the_true_reason(
    waiting: list[tuple[int, int, frozenset[str], float]], open_windows: set[str], window: str
) -> None:
    lines = build(waiting, open_windows)
    choice = NumberTime(RULE).choose(lines, window, lambda t: t, 0)
    able = [(order, *t) for order, t in enumerate(waiting) if window in t[2]]
    if not able:
        assert choice is None
        return
    assert choice is not None

    def work(keep: Callable[[frozenset[str]], bool]) -> float:
        return sum(t[3] for t in waiting if keep(t[2]))

    open_comprehensive = [w for w in open_windows if WINDOWS[w][0] is COMPREHENSIVE]
    only = work(lambda s: window in s and all(WINDOWS[w][0] is COMPREHENSIVE for w in s))

    def shift(windows: frozenset[str]) -> int:
        own = [w for w in windows if WINDOWS[w][0] is SPECIALIST and w in open_windows]
        if WINDOWS[window][0] is not COMPREHENSIVE or not own:
            return 0
        keeps_up = work(lambda s: s == windows) / len(own) <= only / max(1, len(open_comprehensive)) + 10
        return 20 if keeps_up else 0

    keys = sorted((t[1] - t[2] + shift(t[3]), t[0]) for t in able)
    expected = keys[0][1]
    assert choice.ticket == f"t{expected}"
    called = waiting[expected]
    earlier = [(t[1], t[0]) for t in able if (t[1], t[0]) < (called[0], expected)]
    why = choice.why
    assert why.waiting == len(able)
    assert (why.seniority, why.credit, why.shift) == (called[0] * MIN, called[1] * MIN, shift(called[2]) * MIN)
    if not earlier:
        assert why.passed is None and why.term == ("only" if len(able) == 1 else "earliest")
        return
    first = min(earlier)[1]
    assert why.passed is not None and why.passed.number == f"t{first}"
    by_credit = called[0] - called[1] <= waiting[first][0] - waiting[first][1]
    by_shift = called[0] + shift(called[2]) <= waiting[first][0] + shift(waiting[first][2])
    assert why.term == ("credit" if by_credit else "head_start" if by_shift else "both")


@settings(max_examples=200, deadline=None)
@given(waiting=tickets, open_windows=opened, window=st.sampled_from(list(WINDOWS)))
def test_the_reason_reads_in_both_languages(
    waiting: list[tuple[int, int, frozenset[str], float]], open_windows: set[str], window: str
) -> None:
    choice = NumberTime(RULE).choose(build(waiting, open_windows), window, lambda t: t, 0)
    if choice is not None:
        said = reason(choice.why, lambda at: f"{at // MIN // 60:02d}:{at // MIN % 60:02d}")
        assert "取号" in said.zh and "number" in said.en
        assert (choice.why.passed is None) or choice.why.passed.number in said.zh


@settings(max_examples=200, deadline=None)
@given(waiting=tickets, windows=st.sampled_from(SETS), key=st.integers(-30, 100))
def test_ahead_counts_by_the_static_key(
    waiting: list[tuple[int, int, frozenset[str], float]], windows: frozenset[str], key: int
) -> None:
    lines = build(waiting, set(WINDOWS))
    expected = sum(1 for order, t in enumerate(waiting) if t[2] & windows and (t[0] - t[1], order) < (key, 1000))
    assert lines.ahead(windows, key * MIN, 1000) == expected


def test_a_head_start_is_told() -> None:
    waiting = [(0, 0, frozenset("123"), 5.0), (15, 0, frozenset("12"), 12.0)]
    choice = NumberTime(RULE).choose(build(waiting, {"1", "3"}), "1", lambda t: t, 0)
    assert choice is not None and choice.ticket == "t1" and choice.why.term == "head_start"
    said = reason(choice.why, lambda at: f"09:{at // MIN:02d}")
    assert said.zh == "09:15 取号，只有综合窗口能办；专业窗口跟得上，故在此最多先叫 20 分钟，先于 t0（09:00 取号）。"


def test_without_an_open_specialist_there_is_no_head_start() -> None:
    waiting = [(0, 0, frozenset("123"), 5.0), (15, 0, frozenset("12"), 12.0)]
    choice = NumberTime(RULE).choose(build(waiting, {"1"}), "1", lambda t: t, 0)
    assert choice is not None and choice.ticket == "t0"
