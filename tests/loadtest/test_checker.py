"""The checker finds nothing in an honest journal, and each fault in a doctored one."""

from collections.abc import Callable

import msgspec
import pytest

from loadtest.checker import Fault, check
from loadtest.evidence import Figure
from loadtest.redecide import REBUILD
from onewindow.queue import events as ev
from onewindow.queue.decide import DECIDERS
from onewindow.queue.journal import Commit, StoredCommit
from tests.core_hall import T0
from tests.loadtest.made import MadeDay, busy_day, changed, edited, end_of, sealed, usual_day


def faults(day: MadeDay, stored: list[StoredCommit] | None = None, lines: list[bytes] | None = None) -> list[Fault]:
    stored = sealed(day.commits) if stored is None else stored
    return check(day.hall, stored, [one.body for one in stored] if lines is None else lines, day.evidence)


def codes(found: list[Fault]) -> set[str]:
    return {fault.code for fault in found}


def test_an_honest_day_has_no_faults() -> None:
    assert faults(usual_day()) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_day_of_every_command_has_no_faults(seed: int) -> None:
    day = busy_day(seed)
    end_of(day)
    assert len(day.commits) > 100
    assert faults(day) == []


def test_every_command_can_be_rebuilt_and_is_tried() -> None:
    tags = {str(command.__struct_config__.tag) for command in DECIDERS}
    assert set(REBUILD) == tags
    days = [busy_day(seed) for seed in range(16)]
    for day in days:
        end_of(day)
    done = {entry.do for day in days for commit in day.commits for entry in commit.entries}
    assert done == tags


Doctor = Callable[[list[Commit]], list[Commit]]


def without(n: int) -> Doctor:
    """Commit n (negative: from the end) was never there."""
    return lambda commits: [c for i, c in enumerate(commits) if i != (n if n >= 0 else len(commits) + n)]


def again(commits: list[Commit]) -> list[Commit]:
    """The last call stands in the journal twice."""
    return [*commits, commits[-1]]


def at_two_windows(commits: list[Commit]) -> list[Commit]:
    """The ticket that was called first is called again, to another window."""
    calls = [c for c in commits if any(isinstance(e, ev.TicketCalled) for e in c.entries[0].events)]
    (first,) = [e for e in calls[0].entries[0].events if isinstance(e, ev.TicketCalled)]
    return changed(commits, ev.TicketCalled, 1, ticket=first.ticket)


def renamed(commits: list[Commit], n: int, do: str) -> list[Commit]:
    entry = msgspec.structs.replace(commits[n].entries[0], do=do)
    return [*commits[:n], msgspec.structs.replace(commits[n], entries=(entry,)), *commits[n + 1 :]]


DOCTORED: dict[str, tuple[Doctor, str]] = {
    "the last commit is lost": (without(-1), "lost_call"),
    "a ticket's commit is lost": (without(3), "lost_ticket"),
    "a call's commit is lost": (without(9), "lost_call"),
    "a commit is there twice": (again, "doubled_key"),
    "a number is given out twice": (lambda c: changed(c, ev.TicketIssued, 4, number="A001"), "doubled_number"),
    "an id is given out twice": (lambda c: changed(c, ev.TicketIssued, 4, ticket="20261124-A001"), "doubled_number"),
    "a number is left out": (lambda c: changed(c, ev.TicketIssued, 4, count=3, number="A003"), "gap"),
    "a number is not of its series": (lambda c: changed(c, ev.TicketIssued, 4, number="Z002"), "gap"),
    "a skipped number is given out": (lambda c: changed(c, ev.TicketIssued, 6, count=4, number="B004"), "gap"),
    "a call's id is left out": (lambda c: changed(c, ev.TicketCalled, call=99), "gap"),
    "a ticket is called to two windows": (at_two_windows, "two_places"),
    "a window calls two": (lambda c: changed(c, ev.TicketCalled, 1, window="01"), "two_places"),
    "a finish at another window": (lambda c: changed(c, ev.TicketFinished, window="01"), "two_places"),
    "a start without a call": (lambda c: changed(c, ev.ServiceStarted, 0, ticket="20261124-A002"), "two_places"),
    "a call of nobody": (lambda c: changed(c, ev.TicketCalled, ticket="20261124-Q999"), "two_places"),
    "somebody else is called": (lambda c: changed(c, ev.TicketCalled, 0, ticket="20261124-A002"), "order"),
    "nobody is called though somebody waits": (lambda c: edited(c, ev.TicketCalled, lambda _: None, 3), "order"),
    "a reason is another one": (lambda c: edited(c, ev.TicketCalled, wrong_term, 0), "order"),
    "a reason is missing": (lambda c: edited(c, ev.TicketCalled, no_term, 0), "no_reason"),
    "a reason names another policy": (lambda c: edited(c, ev.TicketCalled, other_policy, 0), "no_reason"),
    "a clerk gave no word": (lambda c: edited(c, ev.TicketCalled, wordless, 0), "no_reason"),
    "the seniority is older": (lambda c: changed(c, ev.TicketIssued, 2, seniority=T0 - 1), "decision"),
    "a command that there isn't": (lambda c: renamed(c, 5, "wish"), "decision"),
    "a command that was another": (lambda c: renamed(c, 5, "finish_service"), "decision"),
    "an event of nobody's ticket": (lambda c: changed(c, ev.TicketHeld, ticket="20261124-Q999"), "decision"),
}


def wrong_term(event: ev.TicketCalled) -> ev.TicketCalled:
    return msgspec.structs.replace(event, why=msgspec.structs.replace(event.why, term="head_start"))


def no_term(event: ev.TicketCalled) -> ev.TicketCalled:
    return msgspec.structs.replace(event, why=msgspec.structs.replace(event.why, term=""))


def other_policy(event: ev.TicketCalled) -> ev.TicketCalled:
    return msgspec.structs.replace(event, why=msgspec.structs.replace(event.why, policy="friends_first"))


def wordless(event: ev.TicketCalled) -> ev.TicketCalled:
    return msgspec.structs.replace(event, why=msgspec.structs.replace(event.why, term="clerk", note=" "))


@pytest.mark.parametrize(("doctor", "code"), list(DOCTORED.values()), ids=list(DOCTORED))
def test_a_doctored_journal_is_noticed(doctor: Doctor, code: str) -> None:
    day = usual_day()
    found = faults(day, sealed(doctor(day.commits)))
    assert code in codes(found), found


def test_one_person_at_two_windows_is_noticed() -> None:
    day = usual_day()
    issued = [event for event in day.events() if isinstance(event, ev.TicketIssued)]
    visits = {event.ticket: event.visit for event in issued}
    first, second, *_ = (event.ticket for event in day.events() if isinstance(event, ev.TicketCalled))
    place = [event.ticket for event in issued].index(second)
    doctored = changed(day.commits, ev.TicketIssued, place, visit=visits[first])
    assert any("the same person" in fault.words for fault in faults(day, sealed(doctored)))


def test_a_journal_that_was_changed_afterwards_breaks_its_chain() -> None:
    day = usual_day()
    stored = sealed(day.commits)
    third = stored[3]
    forged = msgspec.structs.replace(third, body=third.body.replace(b"N-2", b"N-1"))
    assert forged.body != third.body
    assert "chain" in codes(faults(day, [*stored[:3], forged, *stored[4:]]))
    assert "chain" in codes(faults(day, [*stored[:3], *stored[4:]]))
    assert "chain" in codes(faults(day, sealed(day.commits, prev="f" * 64)))
    assert "chain" in codes(faults(day, []))


def test_an_api_that_tells_otherwise_is_noticed() -> None:
    day = usual_day()
    bodies = [one.body for one in sealed(day.commits)]
    assert codes(faults(day, lines=bodies[:-1])) == {"api_differs"}
    assert codes(faults(day, lines=[bodies[0], *bodies[2:], bodies[1]])) == {"api_differs"}


def test_what_was_told_and_is_not_so_is_noticed() -> None:
    day = usual_day()
    day.evidence.called[0].window = "02"
    assert codes(faults(day)) == {"lost_call"}
    day = usual_day()
    day.evidence.called[0].why = " "
    assert codes(faults(day)) == {"no_reason"}
    day = usual_day()
    day.evidence.issued[1].tickets[0].number = day.evidence.issued[0].tickets[0].number
    assert codes(faults(day)) == {"lost_ticket", "doubled_number"}
    day = usual_day()
    day.evidence.issued[0].key = "of-a-lost-commit"
    assert codes(faults(day)) == {"lost_ticket"}
    day = usual_day()
    day.evidence.faults.append("another reply to the same key")
    assert codes(faults(day)) == {"told_wrong"}
    day = usual_day()
    day.evidence.figures.append(Figure(name="issue", count=9, failed=1, p50=1, p95=1, p99=1, most=1))
    assert codes(faults(day)) == {"request_failed"}


def test_what_a_screen_missed_or_saw_wrongly_is_noticed() -> None:
    for channel in (0, 1):
        day = usual_day()
        watched = day.evidence.watched[channel]
        assert len(watched.calls) >= 3
        seen = list(watched.calls)
        watched.calls = seen[:1] + seen[2:]
        assert codes(faults(day)) == {"screen_missed"}
        watched.snapshots = 2
        assert faults(day) == [], "a conflated screen may have missed a flash"
        watched.calls = [*seen, seen[0]]
        assert "screen_twice" in codes(faults(day))
        watched.calls = seen[::-1]
        assert codes(faults(day)) == {"screen_order"}
        watched.calls, watched.faults = seen, ["version 7 after 5"]
        assert codes(faults(day)) == {"screen_order"}


def test_a_screen_that_came_late_is_not_asked_for_what_was_before() -> None:
    day = usual_day()
    watched = day.evidence.watched[0]
    watched.since_ms, watched.calls = day.at, []
    assert faults(day) == []
    watched.since_ms = T0
    assert codes(faults(day)) == {"screen_missed"}


def test_after_many_disagreements_the_checker_says_that_it_stops() -> None:
    day = busy_day(1)
    doctored = [
        msgspec.structs.replace(c, entries=(msgspec.structs.replace(c.entries[0], do="wish"),)) for c in day.commits
    ]
    found = [fault for fault in faults(day, sealed(doctored)) if fault.code == "decision"]
    assert len(found) == 11 and "decided again" in found[-1].words
