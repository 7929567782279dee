"""Commands (命令): what people and devices ask of the hall. Imperative, frozen, without a clock.

Time, the principal and the idempotency key travel beside a command (`onewindow.queue.journal.Entry`), never in it.
A window is named as in the hall's files ("07"). Codes are those of the hall's files. Every command is decided by
`onewindow.queue.decide`, which answers with events or with a `Refusal`.
"""

from onewindow.queue.command import (
    Command,
    Item,
    Wait,
)
from onewindow.queue.commands_day import (
    Carried,
    CloseDay,
    KnownRight,
    LeaveDay,
    NoteLoss,
    NoteOutage,
    OpenDay,
    ResumeGroup,
    ResumeIntake,
    ResumeService,
    SettleTicket,
    StartClosing,
    StopGroup,
    SuspendService,
    Tick,
)
from onewindow.queue.commands_desk import (
    CancelTicket,
    ConfirmAbsent,
    ConfirmApplicant,
    CountConsult,
    IssueTickets,
    MarkTicket,
    RateService,
    RerouteTicket,
    ReturnTicket,
    StepAway,
    TakeAlong,
)
from onewindow.queue.commands_offline import (
    GrantSeries,
    OfflineSlip,
    TakeInSlip,
    WithdrawAsking,
)
from onewindow.queue.commands_window import (
    AddMatter,
    CallHelp,
    CallNext,
    CallTicket,
    CloseWindow,
    FinishService,
    HandOver,
    HoldTicket,
    MarkNoShow,
    MergeWindow,
    OpenWindow,
    PauseWindow,
    Recall,
    SetWindowMatters,
    StartService,
    TransferTicket,
    Undo,
)

AnyCommand = (
    OpenDay
    | LeaveDay
    | StartClosing
    | ResumeIntake
    | CloseDay
    | SettleTicket
    | Tick
    | SuspendService
    | ResumeService
    | NoteOutage
    | NoteLoss
    | StopGroup
    | ResumeGroup
    | IssueTickets
    | CountConsult
    | CancelTicket
    | ReturnTicket
    | StepAway
    | RerouteTicket
    | MarkTicket
    | ConfirmAbsent
    | TakeAlong
    | ConfirmApplicant
    | RateService
    | OpenWindow
    | PauseWindow
    | CloseWindow
    | MergeWindow
    | HandOver
    | SetWindowMatters
    | CallHelp
    | CallNext
    | CallTicket
    | Recall
    | StartService
    | FinishService
    | MarkNoShow
    | HoldTicket
    | TransferTicket
    | AddMatter
    | Undo
    | GrantSeries
    | TakeInSlip
    | WithdrawAsking
)

__all__ = [
    "AddMatter",
    "AnyCommand",
    "CallHelp",
    "CallNext",
    "CallTicket",
    "CancelTicket",
    "Carried",
    "CloseDay",
    "CloseWindow",
    "Command",
    "ConfirmAbsent",
    "ConfirmApplicant",
    "CountConsult",
    "FinishService",
    "GrantSeries",
    "HandOver",
    "HoldTicket",
    "IssueTickets",
    "Item",
    "KnownRight",
    "LeaveDay",
    "MarkNoShow",
    "MarkTicket",
    "MergeWindow",
    "NoteLoss",
    "NoteOutage",
    "OfflineSlip",
    "OpenDay",
    "OpenWindow",
    "PauseWindow",
    "RateService",
    "Recall",
    "RerouteTicket",
    "ResumeGroup",
    "ResumeIntake",
    "ResumeService",
    "ReturnTicket",
    "SetWindowMatters",
    "SettleTicket",
    "StartClosing",
    "StartService",
    "StepAway",
    "StopGroup",
    "SuspendService",
    "TakeAlong",
    "TakeInSlip",
    "Tick",
    "TransferTicket",
    "Undo",
    "Wait",
    "WithdrawAsking",
]
