"""What the journal has lost isn't given out a second time, and is known to be missing."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.decide_loss import both, given_of, known_of
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from tests.core_hall import DAY, MINUTE, core_hall
from tests.queue.story import Story, replayed
from tests.queue.test_offline import granted, slip, taken


def seen(day: Story) -> cmd.NoteLoss:
    """What a process knows that has seen all of it."""
    return known_of(day.state, given_of(day.state))


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
    (noted,) = older.do(seen(day))
    assert isinstance(noted, ev.LossNoted)
    assert (noted.series, noted.calls, noted.missing) == ({"A": 2, "C": 1}, 2, ("A002", "C001"))
    assert older.state.missing == {"A002": older.at, "C001": older.at}
    for name, code in (("20261124-A002", "lost_ticket"), ("20261123-A002", "unknown_ticket")):
        assert older.refused(cmd.CancelTicket(ticket=name)) == code
    assert [older.issue("N-1").number, older.issue("S-1").number] == ["A003", "C002"]
    assert [*older.state.visits] == ["v1", "v4", "v5"], "v2 and v3 are two other people's"
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
    older.do(seen(day))
    assert [*older.state.missing] == ["A9101"]
    assert older.do(cmd.GrantSeries(device="desk-1")) == (), "it has the right"
    assert granted(older, "desk-2") == first + 1
    assert taken(older, first, one).number == "A9101" and not older.state.missing, "its desk had it still"


def test_what_is_not_lost_changes_nothing_and_two_who_tell_it_are_one() -> None:
    day = Story()
    kept = len(day.events)
    day.issue("N-1")
    granted(day)
    assert day.do(seen(day)) == ()
    older = back(day, kept)
    assert older.do(seen(day)) and older.do(seen(day)) == ()
    again = back(older, len(older.events))
    assert again.do(seen(older)) == (), "what was missing once is missing still"


def test_who_knows_less_and_who_knows_more_know_it_together() -> None:
    day = Story()
    day.issue("N-1")
    less = seen(day)
    day.issue("S-1")
    granted(day)
    more = seen(day)
    assert both(less, more) == both(more, less) == both(more, more)
    older = Story()
    (noted,) = older.do(both(less, more))
    series, missing = {"A": 1, "C": 1}, ("A001", "C001")
    told = ev.LossNoted(at=older.at, series=series, calls=0, visits=2, rights=more.rights, missing=missing)
    assert noted == told


def test_a_right_that_a_clock_since_set_back_had_granted_is_not_of_the_future() -> None:
    day = Story()
    kept = len(day.events)
    day.at += 9 * MINUTE
    granted(day)
    older = back(day, kept)
    older.at -= 9 * MINUTE
    older.do(seen(day))
    assert taken(older, 1, slip(older)).seniority == older.at


def test_what_was_decided_and_never_told_is_not_missed() -> None:
    """The journal refused the last commit: its number and its call are given out after all."""
    day = Story()
    day.open("01")
    day.issue("N-1")
    told = given_of(day.state)
    day.issue("N-1")
    day.call("01")
    known = known_of(day.state, told)
    assert (known.series, known.calls, known.missing) == ({"A": 1}, 0, ("A001",))


def test_what_another_day_has_lost_is_not_this_one_s() -> None:
    """The day turned while the command waited."""
    day = Story()
    assert day.do(cmd.NoteLoss(day="2026-11-23", series={"A": 9}, calls=9, missing=("A009",))) == ()
    assert day.issue("N-1").number == "A001"


def test_a_day_that_is_not_open_has_lost_nothing() -> None:
    hall = core_hall()
    refused = execute(HallDay(hall, DAY), cmd.NoteLoss(day=DAY, series={"A": 1}, calls=0), 0)
    assert isinstance(refused, Refusal) and refused.code == "day_not_open"
