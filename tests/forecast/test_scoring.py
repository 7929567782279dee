"""The scores: only waits that were the queue's own, told at issue, against the call."""

import msgspec

from onewindow.forecast.scoring import LATELY, TOO_FEW, Scores, score
from onewindow.queue import events as ev
from onewindow.queue.commands import Wait
from onewindow.queue.outlook import ENGINE, PATH, WORK
from onewindow.routing.why import Why
from tests.core_hall import T0, core_hall

WHY = Why(policy="number_time", term="only", seniority=T0)


def issued(n: int, at: int, wait: Wait | None, visit: str = "", applicant: str = "standard") -> ev.TicketIssued:
    return ev.TicketIssued(
        at=at,
        ticket=f"t{n}",
        number=f"A{n:03}",
        series="A",
        count=n,
        order=n,
        visit=visit or f"v{n}",
        zone="north",
        group="A",
        matter="N-1",
        purpose="handle",
        applicant=applicant,
        confirmed=True,
        channel="guide",
        seniority=at,
        minutes=12,
        ahead=1,
        wait=wait,
    )


def called(n: int, at: int, why: Why = WHY) -> ev.TicketCalled:
    return ev.TicketCalled(at=at, ticket=f"t{n}", window="01", call=n, why=why)


def told(expected: int, low: int, high: int) -> Wait:
    return Wait(0, expected, 3600, raw=(low, high), range=(low, high))


def test_error_bias_and_coverage() -> None:
    scores = Scores(core_hall())
    scores.feed_all([issued(1, T0, told(600, 300, 900)), called(1, T0 + 500_000)])
    scores.feed_all([issued(2, T0, told(600, 300, 900), applicant="elderly"), called(2, T0 + 1_000_000)])
    found = score(scores.scored())
    assert found is not None
    assert (found.tickets, found.mean_wait_seconds, found.mae_seconds, found.bias_seconds) == (
        2,
        750.0,
        250.0,
        -150.0,
    )
    assert found.coverage == 0.5
    assert found.within == 0.5
    assert [one.kind for one in scores.scored()] == ["0", "30"]


def test_a_path_of_means_is_scored_by_its_range_and_calibrates_nothing() -> None:
    scores = Scores(core_hall())
    path = Wait(0, 600, 900, range=(300, 900), path=True)
    scores.feed_all([issued(1, T0, path), called(1, T0 + 500_000)])
    scores.feed_all([issued(2, T0, Wait(0, 600, 900)), called(2, T0 + 500_000)])
    scores.feed_all([issued(3, T0, told(600, 300, 900)), called(3, T0 + 500_000)])
    one, ahead, engine = scores.scored()
    assert [each.source for each in (one, ahead, engine)] == [PATH, WORK, ENGINE]
    assert [each.inside for each in (one, ahead, engine)] == [True, None, True]
    assert one.outcome() is None
    assert engine.outcome() is not None


def test_what_was_not_the_queues_doing_is_left_out() -> None:
    scores = Scores(core_hall())
    wait = told(600, 300, 900)
    scores.feed_all([issued(1, T0, wait), ev.AwayStarted(at=T0, ticket="t1", until=T0 + 1), called(1, T0 + 9)])
    scores.feed_all([issued(2, T0, None), called(2, T0 + 9)])
    scores.feed_all([issued(3, T0, Wait(0, 0, 300, raw=(0, 0), range=(0, 0))), called(3, T0 + 9)])
    scores.feed_all([issued(4, T0, wait), issued(5, T0, wait, visit="v4"), called(5, T0 + 9)])
    by_hand = msgspec.structs.replace(WHY, term="clerk")
    scores.feed_all([issued(6, T0, wait), called(6, T0 + 9, by_hand)])
    scores.feed_all([issued(7, T0, wait), ev.TicketCancelled(at=T0, ticket="t7"), called(7, T0 + 9)])
    # The person of number 4 was at a window with number 5 first.
    scores.feed(called(4, T0 + 300_000))
    assert scores.scored() == []


def test_an_undone_call_is_not_scored_but_the_next_one_is() -> None:
    scores = Scores(core_hall())
    wait = told(600, 300, 900)
    scores.feed_all([issued(4, T0, wait), issued(5, T0, wait, visit="v4"), called(4, T0 + 300_000)])
    assert len(scores.scored()) == 1
    scores.feed(ev.CommandUndone(at=T0 + 300_001, window="01", ticket="t4", what="call"))
    assert scores.scored() == []
    scores.feed(called(4, T0 + 600_000))
    assert scores.scored()[0].actual == 600


def test_a_zone_that_is_wrong_is_withheld_until_it_is_right_again() -> None:
    scores = Scores(core_hall())
    for n in range(TOO_FEW):
        assert scores.withheld == set()
        scores.feed_all([issued(n, T0, told(600, 500, 700)), called(n, T0 + 3_000_000)])
    assert scores.withheld == {"north"}
    for n in range(100, 100 + LATELY):
        scores.feed_all([issued(n, T0, told(600, 500, 700)), called(n, T0 + 600_000)])
    assert scores.withheld == set()
