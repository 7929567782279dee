"""Events (事件): what has happened, past tense, frozen. The journal's only content; old ones must replay for ever.

Stored events only grow: new fields last, with a default; a changed meaning is a new version with an upcaster
(`onewindow.queue.upcast`). `at` is the command's time in ms since the epoch (UTC).
"""

from onewindow.queue.event import (
    Event,
)
from onewindow.queue.events_day import (
    BreakEnded,
    BreakStarted,
    DayClosed,
    DayLeft,
    DayOpened,
    GroupResumed,
    GroupStopped,
    IntakeResumed,
    IntakeStopped,
    LossNoted,
    OutageNoted,
    ServiceResumed,
    ServiceSuspended,
    TicketSettled,
)
from onewindow.queue.events_desk import (
    AbsenceConfirmed,
    AccompanyTaken,
    ApplicantConfirmed,
    AwayEnded,
    AwayStarted,
    ConsultCounted,
    ServiceRated,
    TicketCancelled,
    TicketIssued,
    TicketMarked,
    TicketRerouted,
    TicketReturned,
    VisitStarted,
)
from onewindow.queue.events_offline import AskingWithdrawn, OfflineIssue, SeriesGranted
from onewindow.queue.events_window import (
    CommandUndone,
    HeldReleased,
    HelpCalled,
    MatterSet,
    PauseRequested,
    PauseWithdrawn,
    ServiceStarted,
    TicketAbandoned,
    TicketCalled,
    TicketFinished,
    TicketHeld,
    TicketMissed,
    TicketMoved,
    TicketRecalled,
    TicketTransferred,
    TurnEnded,
    WindowClosed,
    WindowHandedOver,
    WindowMattersChanged,
    WindowMerged,
    WindowOpened,
    WindowPaused,
)

AnyEvent = (
    DayOpened
    | DayLeft
    | IntakeStopped
    | IntakeResumed
    | DayClosed
    | BreakStarted
    | BreakEnded
    | ServiceSuspended
    | ServiceResumed
    | OutageNoted
    | LossNoted
    | GroupStopped
    | GroupResumed
    | TicketSettled
    | VisitStarted
    | TicketIssued
    | ConsultCounted
    | TicketCancelled
    | TicketReturned
    | AwayStarted
    | AwayEnded
    | TicketRerouted
    | TicketMarked
    | AbsenceConfirmed
    | AccompanyTaken
    | ApplicantConfirmed
    | ServiceRated
    | WindowOpened
    | PauseRequested
    | PauseWithdrawn
    | WindowPaused
    | WindowClosed
    | TicketMoved
    | WindowMerged
    | WindowHandedOver
    | WindowMattersChanged
    | HelpCalled
    | TicketCalled
    | TicketRecalled
    | ServiceStarted
    | TicketFinished
    | TurnEnded
    | TicketMissed
    | TicketHeld
    | HeldReleased
    | TicketTransferred
    | MatterSet
    | TicketAbandoned
    | CommandUndone
    | SeriesGranted
    | AskingWithdrawn
)

__all__ = [
    "AbsenceConfirmed",
    "AccompanyTaken",
    "AnyEvent",
    "ApplicantConfirmed",
    "AskingWithdrawn",
    "AwayEnded",
    "AwayStarted",
    "BreakEnded",
    "BreakStarted",
    "CommandUndone",
    "ConsultCounted",
    "DayClosed",
    "DayLeft",
    "DayOpened",
    "Event",
    "GroupResumed",
    "GroupStopped",
    "HeldReleased",
    "HelpCalled",
    "IntakeResumed",
    "IntakeStopped",
    "LossNoted",
    "MatterSet",
    "OfflineIssue",
    "OutageNoted",
    "PauseRequested",
    "PauseWithdrawn",
    "SeriesGranted",
    "ServiceRated",
    "ServiceResumed",
    "ServiceStarted",
    "ServiceSuspended",
    "TicketAbandoned",
    "TicketCalled",
    "TicketCancelled",
    "TicketFinished",
    "TicketHeld",
    "TicketIssued",
    "TicketMarked",
    "TicketMissed",
    "TicketMoved",
    "TicketRecalled",
    "TicketRerouted",
    "TicketReturned",
    "TicketSettled",
    "TicketTransferred",
    "TurnEnded",
    "VisitStarted",
    "WindowClosed",
    "WindowHandedOver",
    "WindowMattersChanged",
    "WindowMerged",
    "WindowOpened",
    "WindowPaused",
]
