"""The lines keep at hand what a call looks at: after any changes it is what looking everywhere finds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from onewindow.routing.lines import Lines, Place
from onewindow.zones.model import WindowKind

KINDS = {
    "01": (WindowKind.COMPREHENSIVE, "north"),
    "02": (WindowKind.COMPREHENSIVE, "north"),
    "03": (WindowKind.SPECIALIST, "north"),
    "04": (WindowKind.SPECIALIST, "north"),
}
SETS = [frozenset(("01", "02")), frozenset(("01", "02", "03")), frozenset(("01", "03", "04")), frozenset(("04",))]

Changes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 3), st.sampled_from([0, 20, 30]), st.integers(0, 40)),
        st.tuples(st.just("remove"), st.integers(0, 10_000), st.just(0), st.just(0)),
        st.tuples(st.just("turn"), st.integers(0, 3), st.just(0), st.just(0)),
    ),
    max_size=80,
)


@settings(max_examples=300, deadline=None)
@given(Changes)
def test_what_is_at_hand_is_what_is_there(changes: list[tuple[str, int, int, int]]) -> None:
    lines = Lines(KINDS)
    standing: list[tuple[frozenset[str], int, Place]] = []
    for order, (what, which, credit, seniority) in enumerate(changes):
        if what == "add":
            standing.append((SETS[which], credit, (seniority, order, f"t{order}")))
            lines.add(*standing[-1], 1.0)
        elif what == "remove" and standing:
            lines.remove(*standing.pop(which % len(standing)), 1.0)
        elif what == "turn":
            no = list(KINDS)[which]
            (lines.shut if no in lines.open else lines.opened)(no)
        _check(lines, standing)


def _check(lines: Lines, standing: list[tuple[frozenset[str], int, Place]]) -> None:
    for matter_set in lines.sets.values():
        own: dict[int, list[Place]] = {}
        for windows, credit, place in standing:
            if windows == matter_set.windows:
                own.setdefault(credit, []).append(place)
        for credit, line in matter_set.lines.items():
            first_two = [*sorted(own.get(credit, [])), None, None][:2]
            assert [line.head, line.behind] == first_two
        heads = {credit: min(places) for credit, places in own.items()}
        ranked = sorted((place[0] - credit, place[1]) for credit, place in heads.items())
        at_hand = [front[:2] for front in (matter_set.best, matter_set.second) if front is not None]
        assert at_hand == ranked[:2]
        assert (matter_set.earliest[0] if matter_set.earliest else None) == min(heads.values(), default=None)
        assert matter_set.specialists_open == lines.open_among(matter_set.specialists)
    assert lines.comprehensive_open["north"] == lines.open_among(lines.comprehensive["north"])
