"""A desk that issued without the server: its numbers, their seniority, and what is taken in only once."""

from typing import Any

import msgspec
import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.series_right import count_of, is_reserved, most_of
from onewindow.queue.state import Ticket, TicketState
from tests.core_hall import MINUTE, core_hall
from tests.queue.story import Story


def granted(day: Story, device: str = "desk", spent: int = 0) -> int:
    done = day.do(cmd.GrantSeries(device=device, spent=spent))
    assert isinstance(done[0], ev.SeriesGranted)
    return done[0].right


def slip(day: Story, count: int = 1, matter: str = "N-1", *, ago: float = 0, **rest: Any) -> cmd.OfflineSlip:
    item = cmd.Item(matter=matter)
    group = day.hall.matters[matter].group
    issued = day.at - round(ago * MINUTE)
    return cmd.OfflineSlip(letter=group, count=count, issued=issued, item=item, applicant="standard", **rest)


def taken(day: Story, right: int, one: cmd.OfflineSlip) -> Ticket:
    done = day.do(cmd.TakeInSlip(right=right, slip=one))
    issued = next(event for event in done if isinstance(event, ev.TicketIssued))
    return day.state.tickets[issued.ticket]


def test_numbers_of_a_right_are_nobody_elses() -> None:
    assert [count_of(3, right, count) for right, count in ((1, 1), (1, 99), (2, 1), (9, 99))] == [
        9101,
        9199,
        9201,
        9999,
    ]
    blocks = [count_of(3, right, count) for right in range(1, 10) for count in range(1, most_of(3) + 1)]
    assert len(set(blocks)) == 9 * 99 and all(is_reserved(3, count) for count in blocks)
    assert not any(is_reserved(3, count) for count in range(1, 9000)) and most_of(1) == 0


def test_a_hall_that_counts_so_far_jumps_over_what_desks_hold() -> None:
    day = Story(core_hall(skip=frozenset()))
    day.state.series["A"] = 8999
    assert day.issue("N-1").number == "A10000"


def test_a_right_is_granted_once_a_device_and_used_up_by_its_word() -> None:
    day = Story()
    assert granted(day) == 1
    assert day.do(cmd.GrantSeries(device="desk")) == ()
    assert granted(day, "other") == 2
    assert granted(day, spent=1) == 3
    assert day.do(cmd.GrantSeries(device="desk", spent=1)) == ()
    for n in range(4, 10):
        assert granted(day, f"desk-{n}") == n
    assert day.refused(cmd.GrantSeries(device="late")) == "no_series_left"


def test_who_came_while_the_server_was_away_stands_by_the_time_of_issue() -> None:
    day = Story()
    right = granted(day)
    day.open("01")
    before = day.issue("N-1", after=1)
    day.at += 10 * MINUTE
    after = day.issue("N-1")
    first, second = slip(day, 1, ago=8), slip(day, 2, ago=5)
    late = taken(day, right, second)
    early = taken(day, right, first)
    assert (early.number, late.number) == ("A9101", "A9102")
    assert (early.issued_at, early.seniority) == (first.issued, first.issued)
    issued = day.events[-1]
    assert isinstance(issued, ev.TicketIssued) and issued.offline is not None
    assert (issued.at, issued.offline.said, issued.ahead) == (day.at, first.issued, 1)
    called = []
    for _ in range(4):
        ticket = day.serve("01")
        assert ticket is not None
        called.append(ticket.number)
    assert called == [before.number, early.number, late.number, after.number]
    assert day.issue("N-1").number == "A003"


def test_the_same_slip_again_changes_nothing_and_another_with_its_number_is_refused() -> None:
    day = Story()
    right = granted(day)
    one = slip(day)
    taken(day, right, one)
    assert day.do(cmd.TakeInSlip(right=right, slip=one), after=5) == ()
    twin = msgspec.structs.replace(one, issued=one.issued + 1)
    assert day.refused(cmd.TakeInSlip(right=right, slip=twin)) == "number_taken"


def test_a_slip_of_another_day_takes_no_number_of_todays_right() -> None:
    day = Story()
    right, one = granted(day), slip(day)
    assert day.refused(cmd.TakeInSlip(right=right, slip=one, day="2026-11-23")) == "unknown_right"
    day.do(cmd.TakeInSlip(right=right, slip=one, day=day.state.day))
    assert [ticket.number for ticket in day.state.tickets.values()] == ["A9101"]


def test_a_clock_that_is_wrong_makes_nobody_older_than_the_right_or_younger_than_now() -> None:
    day = Story()
    day.at += 5 * MINUTE
    granted_at = day.at
    right = granted(day)
    day.at += 5 * MINUTE
    assert taken(day, right, slip(day, 1, ago=60)).seniority == granted_at
    assert taken(day, right, slip(day, 2, ago=-60)).seniority == day.at


@pytest.mark.parametrize(
    ("right", "change", "code"),
    [
        (2, {}, "unknown_right"),
        (1, {"count": 0}, "not_of_the_right"),
        (1, {"count": 100}, "not_of_the_right"),
        (1, {"letter": "?"}, "not_of_the_right"),
        (1, {"item": cmd.Item(matter="X-9")}, "unknown_matter"),
        (1, {"applicant": "vip"}, "unknown_applicant"),
        (1, {"copies": 61}, "bad_copies"),
        (1, {"marks": ("rich",)}, "unknown_mark"),
        (1, {"purpose": "sing"}, "unknown_purpose"),
    ],
)
def test_what_is_no_slip_of_the_right_is_refused(right: int, change: dict[str, Any], code: str) -> None:
    day = Story()
    granted(day)
    one = msgspec.structs.replace(slip(day), **change)
    assert day.refused(cmd.TakeInSlip(right=right, slip=one)) == code


def test_intake_that_ended_meanwhile_refuses_only_who_came_after_its_end() -> None:
    day = Story()
    right = granted(day)
    day.at += 10 * MINUTE
    day.do(cmd.StopGroup(group="A"))
    day.do(cmd.StartClosing(), after=5)
    day.at += 5 * MINUTE
    assert day.refused(cmd.TakeInSlip(right=right, slip=slip(day, 1, ago=1))) == "intake_stopped"
    assert taken(day, right, slip(day, 2, "S-1", ago=7)).state is TicketState.WAITING
    assert day.refused(cmd.TakeInSlip(right=right, slip=slip(day, 3, ago=7))) == "group_stopped"
    assert taken(day, right, slip(day, 3, ago=12)).state is TicketState.WAITING
    day.do(cmd.ResumeIntake())
    assert taken(day, right, slip(day, 1, "S-1", ago=1)).state is TicketState.WAITING


def test_a_void_counts_with_its_slip_and_after_it_until_somebody_is_called() -> None:
    day = Story()
    right = granted(day)
    gone = taken(day, right, slip(day, 1, voided=True))
    assert gone.state is TicketState.CANCELLED and gone.line is None
    one = slip(day, 2)
    ticket = taken(day, right, one)
    void = cmd.TakeInSlip(right=right, slip=msgspec.structs.replace(one, voided=True))
    day.do(void)
    assert ticket.state is TicketState.CANCELLED
    assert day.do(void) == ()
    other = slip(day, 3)
    taken(day, right, other)
    day.open("01")
    day.call("01")
    assert (
        day.refused(cmd.TakeInSlip(right=right, slip=msgspec.structs.replace(other, voided=True))) == "void_too_late"
    )


def test_one_persons_slips_stay_one_visit() -> None:
    day = Story()
    right = granted(day)
    known = day.issue("N-1")
    joined = taken(day, right, slip(day, 1, "S-1", visit=known.visit))
    first = taken(day, right, slip(day, 2))
    second = taken(day, right, slip(day, 3, "S-1", same=first.number))
    stray = taken(day, right, slip(day, 4, visit="v99", same="A9177"))
    assert joined.visit == known.visit and second.visit == first.visit
    assert len({known.visit, first.visit, stray.visit}) == 3


def test_a_desk_may_issue_while_service_is_suspended() -> None:
    day = Story()
    right = granted(day)
    day.do(cmd.SuspendService(reason="power"))
    assert taken(day, right, slip(day)).state is TicketState.WAITING


def test_a_closed_day_takes_nothing_in() -> None:
    day = Story()
    right = granted(day)
    day.do(cmd.CloseDay())
    assert day.refused(cmd.TakeInSlip(right=right, slip=slip(day))) == "day_not_open"
    assert day.refused(cmd.GrantSeries(device="new")) == "day_not_open"
