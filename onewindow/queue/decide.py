"""`decide` and `execute`: from a command to events, or to a refusal.

`decide(state, command, at)` looks at the state and changes nothing. `execute` decides and folds the events in, all
or nothing; a command with a second half (finish and call next) is decided in two steps, the second on the state
after the first, and still yields the events of one command.
"""

from collections.abc import Callable
from typing import Any

from onewindow.queue import commands as cmd
from onewindow.queue import decide_desk as desk
from onewindow.queue import decide_hall as hall
from onewindow.queue import decide_loss as loss
from onewindow.queue import decide_marks as marks
from onewindow.queue import decide_moves as moves
from onewindow.queue import decide_offline as offline
from onewindow.queue import decide_rating, decide_undo, decide_window
from onewindow.queue import decide_service as service
from onewindow.queue.checks import Decision
from onewindow.queue.evolve import evolve_all
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, WindowPhase

Decider = Callable[[HallDay, Any, int], Decision]

DECIDERS: dict[type[cmd.Command], Decider] = {
    cmd.OpenDay: hall.open_day,
    cmd.LeaveDay: hall.leave_day,
    cmd.StartClosing: hall.start_closing,
    cmd.ResumeIntake: hall.resume_intake,
    cmd.CloseDay: hall.close_day,
    cmd.SettleTicket: hall.settle_ticket,
    cmd.Tick: hall.tick,
    cmd.SuspendService: service.suspend,
    cmd.ResumeService: service.resume,
    cmd.NoteOutage: service.note_outage,
    cmd.NoteLoss: loss.note,
    cmd.StopGroup: service.stop_group,
    cmd.ResumeGroup: service.resume_group,
    cmd.IssueTickets: desk.issue,
    cmd.CountConsult: desk.consult,
    cmd.CancelTicket: desk.cancel,
    cmd.ReturnTicket: desk.give_back,
    cmd.StepAway: desk.step_away,
    cmd.RerouteTicket: desk.reroute,
    cmd.MarkTicket: marks.mark,
    cmd.ConfirmAbsent: marks.confirm_absent,
    cmd.TakeAlong: marks.take_along,
    cmd.ConfirmApplicant: desk.confirm_applicant,
    cmd.RateService: decide_rating.rate,
    cmd.OpenWindow: hall.open_window,
    cmd.PauseWindow: hall.pause_window,
    cmd.CloseWindow: moves.close_window,
    cmd.MergeWindow: moves.merge_window,
    cmd.HandOver: hall.hand_over,
    cmd.SetWindowMatters: moves.set_window_matters,
    cmd.CallHelp: hall.call_help,
    cmd.CallNext: decide_window.call_next,
    cmd.CallTicket: decide_window.call_ticket,
    cmd.Recall: decide_window.recall,
    cmd.StartService: decide_window.start,
    cmd.FinishService: decide_window.finish,
    cmd.MarkNoShow: decide_window.mark_no_show,
    cmd.HoldTicket: decide_window.hold,
    cmd.TransferTicket: decide_window.transfer,
    cmd.AddMatter: decide_window.add_matter,
    cmd.Undo: decide_undo.undo,
    cmd.GrantSeries: offline.grant,
    cmd.TakeInSlip: offline.take_in,
    cmd.WithdrawAsking: offline.withdraw,
}


def decide(state: HallDay, command: cmd.AnyCommand, at: int) -> Decision:
    """The events that the command has at `at` (ms), or why it is refused. Changes nothing."""
    return DECIDERS[type(command)](state, command, at)


def execute(state: HallDay, command: cmd.AnyCommand, at: int) -> Decision:
    """Decide and evolve. A refusal changes nothing; `()` is a success that changed nothing."""
    at = max(at, state.last_at)
    events = decide(state, command, at)
    if isinstance(events, Refusal):
        return events
    evolve_all(state, events)
    if isinstance(command, cmd.CallNext) and command.finish and events:
        first = events[0]
        window = state.windows[command.window]
        if window.ticket is None and window.phase is WindowPhase.OPEN:
            follows = getattr(first, "ticket", None)
            more = decide_window.called(state, command.window, at, follows)
            evolve_all(state, more)
            events = (*events, *more)
    return events
