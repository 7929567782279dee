"""The whole life of a ticket, told rule by rule."""

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.state import TicketState, WindowPhase
from tests.core_hall import DAY, core_hall
from tests.queue.story import Story


def test_issue_call_start_finish() -> None:
    day = Story()
    ticket = day.issue("N-1")
    assert (ticket.id, ticket.number, ticket.state) == ("20261124-A001", "A001", TicketState.WAITING)
    day.open("01")
    called = day.call("01", after=2)
    assert called is ticket and (ticket.state.value, ticket.call) == ("called", 1)
    assert ticket.why is not None and ticket.why.term == "only"
    day.do(cmd.StartService(window="01"), after=1)
    assert ticket.state.value == "serving"
    day.do(cmd.FinishService(window="01"), after=10)
    assert ticket.state is TicketState.FINISHED and day.state.windows["01"].served == 1
    assert day.call("01") is None


def test_numbers_run_by_group_and_pass_over_the_skipped() -> None:
    day = Story()
    assert [day.issue("N-1").number for _ in range(5)] == ["A001", "A002", "A003", "A005", "A006"]
    assert day.issue("N-2").number == "B001"


def test_a_small_hall_may_number_by_zone() -> None:
    day = Story(core_hall(series="zone"))
    assert [day.issue(m).number for m in ("N-1", "N-2", "S-1")] == ["X001", "X002", "Y001"]


def test_a_group_or_a_zone_is_enough() -> None:
    day = Story()
    day.do(cmd.IssueTickets(items=(cmd.Item(group="B"), cmd.Item(zone="south"))))
    first, second = day.state.tickets.values()
    assert (first.number, first.matter, second.number) == ("B001", None, "C001")
    day.open("03")
    assert day.call("03") is first
    day.do(cmd.StartService(window="03", matter="N-2"))
    assert first.matter == "N-2"


def test_results_are_handed_out_at_the_issuing_window() -> None:
    day = Story()
    ticket = day.issue("S-1", purpose="collect")
    assert ticket.line == frozenset({"04"}) and ticket.minutes < 4
    day.open("05", "04")
    assert day.call("05") is None
    assert day.call("04") is ticket


def test_an_agents_window_stands_outside_the_public_queue_until_opened_to_it() -> None:
    day = Story()
    day.open("06")
    ticket = day.issue("S-1")
    assert day.call("06") is None
    day.do(cmd.SetWindowMatters(window="06", public=True))
    assert ticket.line == frozenset({"05", "06"})
    assert day.call("06") is ticket


def test_one_person_is_never_called_to_two_places() -> None:
    day = Story()
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"), cmd.Item(matter="S-1"))))
    first, second = day.state.tickets.values()
    assert first.visit == second.visit
    day.open("01", "05")
    assert day.call("01") is first
    assert day.call("05") is None
    assert day.refused(cmd.CallTicket(window="05", ticket=second.id, reason="hurry")) == "visit_busy"
    day.do(cmd.StartService(window="01"))
    day.do(cmd.FinishService(window="01"), after=5)
    assert day.call("05") is second and second.seniority == first.seniority


def test_a_window_with_a_called_ticket_does_not_call_another() -> None:
    day = Story()
    day.issue("N-1")
    day.issue("N-1")
    day.open("01")
    day.call("01")
    assert day.refused(cmd.CallNext(window="01")) == "window_occupied"
    assert day.refused(cmd.CallNext(window="01", finish=True)) == "window_occupied"
    day.do(cmd.StartService(window="01"))
    assert day.refused(cmd.CallNext(window="01")) == "window_occupied"
    done = day.do(cmd.CallNext(window="01", finish=True))
    assert [type(e).__name__ for e in done] == ["TicketFinished", "TicketCalled"]


def test_finish_and_call_takes_up_the_same_persons_next_ticket() -> None:
    day = Story()
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"), cmd.Item(matter="N-2"))))
    later = day.issue("N-1", after=1)
    first, second, _ = day.state.tickets.values()
    day.open("01")
    assert day.call("01") is first
    day.do(cmd.StartService(window="01"))
    assert day.call("01", finish=True, after=5) is second, "the released ticket kept its place before a later one"
    assert later.state is TicketState.WAITING


def test_recall_rings_under_a_new_id_and_has_a_limit() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01")
    day.call("01")
    for expected in (2, 3, 4):
        (event,) = day.do(cmd.Recall(window="01"), after=0.5)
        assert isinstance(event, ev.TicketRecalled) and event.call == ticket.call == expected
    assert day.refused(cmd.Recall(window="01")) == "recall_limit"


def test_no_show_needs_its_time_and_a_recall_and_can_be_made_good() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01")
    day.call("01")
    assert day.refused(cmd.MarkNoShow(window="01"), after=2) == "too_early_for_no_show"
    day.do(cmd.Recall(window="01"))
    day.do(cmd.MarkNoShow(window="01"))
    assert ticket.state is TicketState.NO_SHOW and day.state.windows["01"].ticket is None
    other = day.issue("N-1", after=1)
    day.do(cmd.ReturnTicket(ticket=ticket.id), after=10)
    assert day.call("01") is ticket, "back within its time, before those who came later"
    assert ticket.seniority < other.seniority and ticket.recalls == 0


def test_who_is_called_anew_has_the_whole_time_to_come() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01", "02")
    day.call("01")
    day.do(cmd.Recall(window="01"))
    day.do(cmd.MarkNoShow(window="01"), after=2)
    day.do(cmd.ReturnTicket(ticket=ticket.id), after=5)
    assert day.call("01") is ticket
    day.do(cmd.Recall(window="01"))
    assert day.refused(cmd.MarkNoShow(window="01")) == "too_early_for_no_show"
    day.do(cmd.TransferTicket(window="01", to_window="02"), after=2)
    assert day.call("02") is ticket
    day.do(cmd.Recall(window="02"))
    assert day.refused(cmd.MarkNoShow(window="02")) == "too_early_for_no_show"
    day.do(cmd.MarkNoShow(window="02"), after=1)


def test_no_show_too_late_takes_a_new_number() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01")
    day.call("01")
    day.do(cmd.Recall(window="01"))
    day.do(cmd.MarkNoShow(window="01"), after=2)
    assert day.refused(cmd.ReturnTicket(ticket=ticket.id), after=31) == "too_late_to_return"


def test_back_with_a_missing_paper_goes_to_the_same_window_first() -> None:
    day = Story()
    ticket = day.issue("N-1")
    others = [day.issue("N-1", after=1) for _ in range(2)]
    day.open("01", "02")
    assert day.serve("01") is ticket
    assert day.refused(cmd.ReturnTicket(ticket=ticket.id)) == "wrong_state", "not by its holder alone"
    day.do(cmd.ReturnTicket(ticket=ticket.id, finished=True), after=60)
    assert ticket.line == frozenset({"01"}) and ticket.seniority == ticket.issued_at
    assert day.call("02") is others[0], "it is bound to the window that knows it"
    assert day.call("01") is ticket
    day.do(cmd.StartService(window="01"))
    day.do(cmd.FinishService(window="01"))
    assert day.refused(cmd.ReturnTicket(ticket=ticket.id, finished=True), after=241) == "too_late_to_come_back"


def test_a_transfer_to_an_absent_window_waits_for_it_a_while() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01", "02")
    day.do(cmd.PauseWindow(window="02", reason="lunch"))
    day.do(cmd.Tick(), after=30)
    day.call("01")
    day.do(cmd.TransferTicket(window="01", to_window="02"))
    assert day.do(cmd.Tick(), after=4) == ()
    assert day.call("01") is None
    day.do(cmd.Tick(), after=1)
    assert day.call("01") is ticket


def test_who_comes_back_to_an_absent_window_is_freed_after_a_while() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01", "02")
    day.serve("01")
    day.do(cmd.CloseWindow(window="01"))
    day.do(cmd.ReturnTicket(ticket=ticket.id, finished=True))
    assert day.call("02") is None
    day.do(cmd.Tick(), after=5)
    assert day.call("02") is ticket


def test_hold_returns_with_seniority_to_the_same_window() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01", "02")
    day.call("01")
    day.do(cmd.StartService(window="01"))
    assert day.refused(cmd.HoldTicket(window="01", reason="whim")) == "unknown_reason"
    day.do(cmd.HoldTicket(window="01", reason="papers"), after=3)
    assert ticket.state is TicketState.HELD and day.state.windows["01"].held == [ticket.id]
    day.issue("N-1", after=1)
    day.do(cmd.ReturnTicket(ticket=ticket.id), after=5)
    assert ticket.line == frozenset({"01"})
    assert day.call("02") is not ticket
    assert day.call("01") is ticket


def test_a_held_ticket_is_taken_up_without_a_reason_at_its_window_only() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01", "02")
    day.call("01")
    day.do(cmd.HoldTicket(window="01", reason="papers"))
    assert day.refused(cmd.CallTicket(window="02", ticket=ticket.id, reason="x")) == "wrong_window"
    (event,) = day.do(cmd.CallTicket(window="01", ticket=ticket.id))
    assert isinstance(event, ev.TicketCalled) and event.why.term == "held"


def test_held_tickets_are_freed_when_their_window_stays_away() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01", "02")
    day.call("01")
    day.do(cmd.HoldTicket(window="01", reason="papers"))
    day.do(cmd.PauseWindow(window="01", reason="lunch"))
    assert day.do(cmd.Tick(), after=4) == ()
    (event,) = day.do(cmd.Tick(), after=1)
    assert isinstance(event, ev.HeldReleased)
    day.do(cmd.ReturnTicket(ticket=ticket.id))
    assert day.call("02") is ticket


def test_after_lunch_a_window_still_has_what_it_held() -> None:
    day = Story()
    ticket, other = day.issue("N-1"), day.issue("N-1")
    day.open("01", "02")
    for _ in range(2):
        day.call("01")
        day.do(cmd.HoldTicket(window="01", reason="papers"))
    day.do(cmd.PauseWindow(window="01", reason="lunch"))
    day.do(cmd.Tick(), after=90)
    day.open("01")
    assert day.state.windows["01"].held == [ticket.id, other.id]
    (event,) = day.do(cmd.CallTicket(window="01", ticket=ticket.id))
    assert isinstance(event, ev.TicketCalled) and event.why.term == "held"
    day.do(cmd.CallTicket(window="02", ticket=other.id, reason="本人在此"))
    assert day.state.windows["01"].held == []


def test_transfer_keeps_seniority_and_may_bind_to_a_window() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01", "02", "03", "05")
    day.call("01")
    assert day.refused(cmd.TransferTicket(window="01")) == "nothing_asked"
    assert day.refused(cmd.TransferTicket(window="01", to_window="05")) == "wrong_window"
    day.do(cmd.TransferTicket(window="01", to_window="02", note="图纸"))
    assert ticket.line == frozenset({"02"}) and ticket.seniority == ticket.issued_at
    assert day.call("01") is None
    assert day.call("02") is ticket
    day.do(cmd.TransferTicket(window="02", to=cmd.Item(matter="S-2")), after=1)
    assert (ticket.zone, ticket.group, ticket.number) == ("south", "C", "A001")
    assert day.call("05") is ticket


def test_reroute_keeps_number_and_seniority() -> None:
    day = Story()
    wrong = day.issue("N-1")
    later = day.issue("S-1", after=3)
    day.do(cmd.RerouteTicket(ticket=wrong.id, to=cmd.Item(matter="S-1")), after=1)
    day.open("05")
    assert day.call("05") is wrong and wrong.number == "A001"
    assert later.state is TicketState.WAITING


def test_step_away_is_skipped_and_comes_back_with_its_place() -> None:
    day = Story()
    first, second = day.issue("N-1"), day.issue("N-1", after=1)
    third = day.issue("N-1", after=1)
    day.do(cmd.StepAway(ticket=first.id))
    day.open("01", "02")
    assert day.call("01") is second
    assert day.do(cmd.Tick(), after=19) == ()
    day.do(cmd.Tick(), after=1)
    assert day.call("02") is first and third.state is TicketState.WAITING
    assert day.refused(cmd.StepAway(ticket=first.id)) == "wrong_state"
    day.do(cmd.Undo(window="02"))
    assert day.refused(cmd.StepAway(ticket=first.id)) == "away_used"


def test_priority_is_a_credit_and_counts_once_confirmed() -> None:
    day = Story()
    early = day.issue("N-1")
    elderly = day.issue("N-1", after=25, applicant="elderly", confirmed=False, channel="kiosk")
    day.open("01", "02")
    assert elderly.ahead_at_issue == 1
    day.do(cmd.ConfirmApplicant(ticket=elderly.id, applicant="elderly"))
    called = day.call("01")
    assert called is elderly and elderly.why is not None
    assert elderly.why.term == "credit" and elderly.why.passed is not None
    assert elderly.why.passed.number == early.number
    too_late = day.issue("N-1", after=10, applicant="elderly")
    assert day.call("02") is early, "a credit of 30 minutes does not pass one who came 35 minutes before"
    assert day.refused(cmd.ConfirmApplicant(ticket=too_late.id, applicant="elderly")) == "same_class"


def test_out_of_order_needs_a_reason_and_is_on_record() -> None:
    day = Story()
    day.issue("N-1")
    second = day.issue("N-1", after=1)
    day.open("01")
    assert day.refused(cmd.CallTicket(window="01", ticket=second.id)) == "reason_needed"
    (event,) = day.do(cmd.CallTicket(window="01", ticket=second.id, reason="急诊"))
    assert isinstance(event, ev.TicketCalled)
    assert (event.why.term, event.why.note) == ("clerk", "急诊")


def test_pause_after_the_current_one() -> None:
    day = Story()
    day.issue("N-1")
    day.issue("N-1")
    day.open("01")
    day.call("01")
    assert day.refused(cmd.PauseWindow(window="01", reason="lunch")) == "window_occupied"
    day.do(cmd.PauseWindow(window="01", reason="lunch", after_current=True))
    day.do(cmd.OpenWindow(window="01", clerk="clerk01"))
    assert not day.state.windows["01"].pause_after, "taken back"
    day.do(cmd.PauseWindow(window="01", reason="lunch", after_current=True))
    day.do(cmd.StartService(window="01"))
    done = day.do(cmd.CallNext(window="01", finish=True))
    assert [type(e).__name__ for e in done] == ["TicketFinished", "WindowPaused"]
    assert day.state.windows["01"].phase is WindowPhase.PAUSED
    assert day.refused(cmd.CallNext(window="01")) == "window_not_open"


def test_one_window_many_matters() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01")
    day.call("01")
    day.do(cmd.AddMatter(window="01", matter="N-2"))
    assert (ticket.matter, ticket.more) == ("N-1", ("N-2",))
    assert day.refused(cmd.AddMatter(window="01", matter="N-2")) == "matter_there"
    assert day.refused(cmd.AddMatter(window="01", matter="S-1")) == "wrong_window"


def test_time_never_runs_backwards_in_the_day() -> None:
    day = Story()
    first = day.issue("N-1", after=10)
    second = day.issue("N-1", after=-9)
    assert second.seniority >= first.seniority
    day.open("01")
    assert day.call("01") is first


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (cmd.IssueTickets(items=()), "nothing_asked"),
        (cmd.IssueTickets(items=(cmd.Item(),)), "nothing_asked"),
        (cmd.IssueTickets(items=(cmd.Item(matter="X"),)), "unknown_matter"),
        (cmd.IssueTickets(items=(cmd.Item(group="X"),)), "unknown_group"),
        (cmd.IssueTickets(items=(cmd.Item(zone="X"),)), "unknown_zone"),
        (cmd.IssueTickets(items=(cmd.Item(matter="N-1"),) * 41), "too_many_items"),
        (cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), applicant="vip"), "unknown_applicant"),
        (cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), purpose="chat"), "unknown_purpose"),
        (cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), channel="fax"), "unknown_channel"),
        (cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), copies=61), "bad_copies"),
        (cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), visit="v9"), "unknown_visit"),
        (cmd.CancelTicket(ticket="x"), "unknown_ticket"),
        (cmd.CallNext(window="99"), "unknown_window"),
        (cmd.CallNext(window="01"), "window_not_open"),
        (cmd.Recall(window="01"), "window_idle"),
        (cmd.CloseWindow(window="01"), "window_closed"),
        (cmd.PauseWindow(window="01", reason="lunch"), "window_closed"),
        (cmd.ResumeIntake(), "intake_not_stopped"),
        (cmd.OpenDay(day=DAY, hall_digest=""), "day_already_open"),
        (cmd.Undo(window="01"), "nothing_to_undo"),
        (cmd.SetWindowMatters(window="01", matters=("X",)), "unknown_matter"),
    ],
)
def test_refusals_say_what_is_wrong(command: cmd.AnyCommand, code: str) -> None:
    assert Story().refused(command) == code
