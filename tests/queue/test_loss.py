"""What the journal has lost isn't given out a second time, and is known to be missing."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.decide_loss import both, known_of
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from tests.core_hall import DAY, core_hall
from tests.queue.story import Story, replayed
from tests.queue.test_offline import granted, slip, taken


def back(day: Story, events: int) -> Story:
    """The day as an older copy of its journal tells it, its first events only."""
    older = Story(day.hall)
    older.events, older.at = day.events[:events], day.at
    older.state = replayed(day.hall, older.events)
    return older


def test_numbers_and_calls_go_on_behind_those_that_are_lost() -> None:
    day = Story()
    day.open("01")
    day.issue("N-1")
    day.call("01")
    day.do(cmd.StartService(window="01"))
    kept = len(day.events)
    day.do(cmd.FinishService(window="01"))
    assert [day.issue("N-1").number, day.issue("S-1").number] == ["A002", "C001"]
    day.call("01")
    older = back(day, kept)
    (noted,) = older.do(known_of(day.state))
    assert isinstance(noted, ev.LossNoted)
    assert (noted.series, noted.calls, noted.missing) == ({"A": 2, "C": 1}, 2, ("A002", "C001"))
    assert older.state.missing == {"A002": older.at, "C001": older.at}
    assert [older.issue("N-1").number, older.issue("S-1").number] == ["A003", "C002"]
    older.do(cmd.FinishService(window="01"))
    older.call("01")
    assert older.state.calls == 3, "a loudspeaker that has said call 2 must say this one"


def test_a_right_that_is_lost_counts_again_and_is_nobody_elses() -> None:
    day = Story()
    kept = len(day.events)
    first = granted(day, "desk-1")
    one = slip(day)
    taken(day, first, one)
    older = back(day, kept)
    older.do(known_of(day.state))
    assert [*older.state.missing] == ["A9101"]
    assert older.do(cmd.GrantSeries(device="desk-1")) == (), "it has the right"
    assert granted(older, "desk-2") == first + 1
    assert taken(older, first, one).number == "A9101" and not older.state.missing, "its desk had it still"


def test_what_is_not_lost_changes_nothing_and_two_who_tell_it_are_one() -> None:
    day = Story()
    kept = len(day.events)
    day.issue("N-1")
    granted(day)
    assert day.do(known_of(day.state)) == ()
    older = back(day, kept)
    assert older.do(known_of(day.state)) and older.do(known_of(day.state)) == ()
    again = back(older, len(older.events))
    assert again.do(known_of(older.state)) == (), "what was missing once is missing still"


def test_who_knows_less_and_who_knows_more_know_it_together() -> None:
    day = Story()
    day.issue("N-1")
    less = known_of(day.state)
    day.issue("S-1")
    granted(day)
    more = known_of(day.state)
    assert both(less, more) == both(more, less) == both(more, more)
    older = Story()
    assert older.do(both(less, more)) == (
        ev.LossNoted(at=older.at, series={"A": 1, "C": 1}, calls=0, rights=more.rights, missing=("A001", "C001")),
    )


def test_a_day_that_is_not_open_has_lost_nothing() -> None:
    hall = core_hall()
    refused = execute(HallDay(hall, DAY), cmd.NoteLoss(series={"A": 1}, calls=0), 0)
    assert isinstance(refused, Refusal) and refused.code == "day_not_open"
