"""Bodies of the calls that command (请求体): what may be sent, and nothing else."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=400)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base: unknown fields are refused, so that a slip of the pen doesn't pass as a default."""


class Nothing(Body, frozen=True, kw_only=True):
    """No fields: `{}`, or no body at all."""


# --- tickets ---


class Issue(Body, frozen=True, kw_only=True):
    """Issue (取号): exactly one of matter, group, zone, chain, matters."""

    matter: Code | None = None
    group: Code | None = None
    zone: Code | None = None
    chain: Code | None = None
    matters: Annotated[tuple[Code, ...], Meta(max_length=100)] | None = None
    applicant: Code | None = None
    """Class of the applicant; the hall's standard class if it isn't named."""
    purpose: Code = "handle"
    channel: Code | None = None
    """Where the visitor asked; a kiosk's is always `kiosk`."""
    visit: Code | None = None
    """A visit of today that the tickets join."""
    copies: int = 1
    """An agent's folders (代办件数): a few at each turn, the rest at the tail."""
    marks: tuple[Literal["deaf", "accompany"], ...] = ()
    """What the staff should know: hard of hearing (听障), to be accompanied (陪同)."""

    def asked(self) -> int:
        """How many ways of naming what is wanted were used."""
        return sum(way is not None for way in (self.matter, self.group, self.zone, self.chain, self.matters))


class To(Body, frozen=True, kw_only=True):
    """Where to (改签): a matter, a group or a zone; and, if it changes, the purpose."""

    matter: Code | None = None
    group: Code | None = None
    zone: Code | None = None
    purpose: Code | None = None


class Applicant(Body, frozen=True, kw_only=True):
    """The class that a person has looked at (确认优先)."""

    applicant: Code


class Settle(Body, frozen=True, kw_only=True):
    """What a remaining visitor chose at closing (收尾选择)."""

    choice: Literal["late", "tomorrow", "give_up"]


class Marks(Body, frozen=True, kw_only=True):
    """What staff should know of the visitor (标记): the whole list, which replaces the old one."""

    marks: tuple[Literal["deaf", "accompany"], ...]


class Suspend(Body, frozen=True, kw_only=True):
    """Why service is suspended (暂停服务)."""

    reason: Literal["power", "evacuation", "system", "other"]
    note: Text = ""


class Rating(Body, frozen=True, kw_only=True):
    """How the service was (评价): 5, very satisfied, to 1; reasons are optional."""

    grade: Annotated[int, Meta(ge=1, le=5)]
    reasons: Annotated[tuple[Code, ...], Meta(max_length=8)] = ()


class Consult(Body, frozen=True, kw_only=True):
    """A question answered at the desk (咨询)."""

    zone: Code | None = None
    matter: Code | None = None


# --- windows ---


class Clerk(Body, frozen=True, kw_only=True):
    """Who sits at the window (窗口人员); the principal if nobody is named."""

    clerk: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class Pause(Body, frozen=True, kw_only=True):
    """Pause (暂停), with a reason of the hall's list, at once or after the current ticket."""

    reason: Code
    after_current: bool = False


class Close(Body, frozen=True, kw_only=True):
    """Close a window (关窗); `anyway` is a supervisor's word that somebody may be left without a window."""

    anyway: bool = False


class Merge(Body, frozen=True, kw_only=True):
    """Close a window whose people go to another one (并窗)."""

    into: Code


class Matters(Body, frozen=True, kw_only=True):
    """What the window serves (调整事项); what is left out stays."""

    matters: Annotated[tuple[Code, ...], Meta(max_length=1000)] | None = None
    public: bool | None = None
    """For an agents' window: part of the public queue or not."""
    into: Code | None = None
    """The window that serves from now on whoever would be left without one."""


class Help(Body, frozen=True, kw_only=True):
    """Call for help, or say that it came (呼叫支援)."""

    on: bool = True


class Next(Body, frozen=True, kw_only=True):
    """Call the next (叫号)."""

    finish: bool = False
    """Finish what is being served first, in one commit (办结并叫下一号)."""


class Call(Body, frozen=True, kw_only=True):
    """Call one ticket out of order (指定叫号), on record."""

    ticket: Code
    reason: Text = ""


class Start(Body, frozen=True, kw_only=True):
    """Begin (开始办理); sets the matter of a ticket for a group or zone."""

    matter: Code | None = None


class Hold(Body, frozen=True, kw_only=True):
    """Put aside (挂起), with a reason of the hall's list."""

    reason: Code


class Transfer(Body, frozen=True, kw_only=True):
    """Send on (转窗): to a window, or to a matter, group or zone, or both."""

    window: Code | None = None
    matter: Code | None = None
    group: Code | None = None
    zone: Code | None = None
    note: Text = ""


class AddMatter(Body, frozen=True, kw_only=True):
    """Add a matter at the window, or correct it (一窗多办)."""

    matter: Code
    replace: bool = False


class Undo(Body, frozen=True, kw_only=True):
    """Take back the window's last command (撤销)."""

    reason: Text = ""
