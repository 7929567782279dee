"""The desk's, the kiosk's and the phone's calls (导询台接口): issue, cancel, return, step away, reroute, confirm."""

from typing import Final

import msgspec

from onewindow.access.principal import Principal, Role
from onewindow.api import bodies, schemas
from onewindow.api.call import Asked, Call, Tools
from onewindow.http.problem import problem, problem_of
from onewindow.queue import commands as cmd
from onewindow.queue.refusals import refuse
from onewindow.zones.model import Chain, Hall


class _Issued(msgspec.Struct):
    """What `track` needs of a reply."""

    class Ticket(msgspec.Struct):
        """A ticket of the reply."""

        id: str

    ticket: Ticket


_issued = msgspec.json.Decoder(_Issued)


def with_track(body: bytes, tools: Tools) -> bytes:
    """The reply to an issue with the first ticket's tracking address, which is derived and never stored."""
    address = "/t/" + tools.track(_issued.decode(body).ticket.id)
    return body[:-1] + b',"track":' + msgspec.json.encode(address) + b"}"


def items_of(hall: Hall, body: bodies.Issue) -> tuple[cmd.Item, ...]:
    """The tickets that are asked for. A chain gives its core steps' matters. Raises Problem."""
    if body.asked() > 1:
        raise problem("bad_body", found="$: one of matter, group, zone, chain, matters", path="$")
    if body.chain is not None:
        chain = hall.chains.get(body.chain)
        if chain is None:
            raise problem_of(refuse("unknown_chain", name=body.chain))
        return steps_of(chain)
    if body.matters is not None:
        return tuple(cmd.Item(matter=code) for code in body.matters)
    if body.asked() == 0:
        return ()
    return (cmd.Item(matter=body.matter, group=body.group, zone=body.zone),)


def steps_of(chain: Chain) -> tuple[cmd.Item, ...]:
    """A chain's core steps in order; a step with a precondition comes after it, the others run beside (一链办理)."""
    core = [step for step in chain.steps if step.core]
    codes = list(dict.fromkeys(step.matter for step in core))
    needs: dict[str, set[str]] = {code: set() for code in codes}
    for step in core:
        needs[step.matter].update(step.depends_on)
    return tuple(
        cmd.Item(matter=code, after=tuple(i for i in range(place) if codes[i] in needs[code]))
        for place, code in enumerate(codes)
    )


def issue(asked: Asked) -> cmd.IssueTickets:
    """Tickets of one visit. A priority that is claimed at a kiosk counts once a guide has confirmed it."""
    body: bodies.Issue = asked.body
    assert asked.principal is not None
    kiosk = asked.principal.role is Role.KIOSK
    return cmd.IssueTickets(
        items=items_of(asked.hall, body),
        applicant=body.applicant or asked.hall.settings.applicants[0].code,
        confirmed=not kiosk,
        purpose=body.purpose,
        channel="kiosk" if kiosk else body.channel or "guide",
        visit=body.visit,
        copies=body.copies,
        marks=body.marks,
    )


def cancel(asked: Asked) -> cmd.CancelTicket:
    """The ticket leaves."""
    return cmd.CancelTicket(ticket=asked.path["ticket"])


def give_back(asked: Asked) -> cmd.ReturnTicket:
    """The ticket comes back; a finished one by a guide's word only."""
    return cmd.ReturnTicket(ticket=asked.path["ticket"], finished=asked.principal is not None)


def step_away(asked: Asked) -> cmd.StepAway:
    """The person steps out."""
    return cmd.StepAway(ticket=asked.path["ticket"])


def reroute(asked: Asked) -> cmd.RerouteTicket:
    """Another matter, group or zone."""
    to: bodies.To = asked.body
    item = cmd.Item(matter=to.matter, group=to.group, zone=to.zone)
    return cmd.RerouteTicket(ticket=asked.path["ticket"], to=item, purpose=to.purpose)


def confirm_applicant(asked: Asked) -> cmd.ConfirmApplicant:
    """The class, as a person has seen it."""
    return cmd.ConfirmApplicant(ticket=asked.path["ticket"], applicant=asked.body.applicant)


def mark(asked: Asked) -> cmd.MarkTicket:
    """What staff should know of the visitor."""
    return cmd.MarkTicket(ticket=asked.path["ticket"], marks=asked.body.marks)


def absent(asked: Asked) -> cmd.ConfirmAbsent:
    """A guide has looked in vain."""
    return cmd.ConfirmAbsent(ticket=asked.path["ticket"])


def accompany(asked: Asked) -> cmd.TakeAlong:
    """A helper walks along."""
    return cmd.TakeAlong(ticket=asked.path["ticket"])


def rate(asked: Asked) -> cmd.RateService:
    """How the service was: by the holder's phone, or by the device at the window."""
    via = "phone" if asked.principal is None else "device"
    return cmd.RateService(ticket=asked.path["ticket"], grade=asked.body.grade, reasons=asked.body.reasons, via=via)


def settle(asked: Asked) -> cmd.SettleTicket:
    """A choice at closing."""
    return cmd.SettleTicket(ticket=asked.path["ticket"], choice=asked.body.choice)


def consult(asked: Asked) -> cmd.CountConsult:
    """One more question answered."""
    return cmd.CountConsult(zone=asked.body.zone, matter=asked.body.matter)


def by_name(principal: Principal | None, named: str | None) -> str:
    """Who is meant: the person who was named, else the principal."""
    return named or (principal.name if principal is not None else "")


GUIDE: Final = (Role.GUIDE, Role.SUPERVISOR)
"""A supervisor may stand in at the desk."""
T: Final = "/api/tickets/{ticket}/"
CALLS: Final = (
    Call(
        "/api/tickets",
        bodies.Issue,
        issue,
        (*GUIDE, Role.KIOSK),
        "取号",
        "Issue one or more tickets of one visit",
        schemas.IssuedReply,
        status=201,
        after=with_track,
    ),
    Call(T + "cancel", bodies.Nothing, cancel, GUIDE, "取消", "Leave the queue", schemas.HolderReply, holder=True),
    Call(T + "return", bodies.Nothing, give_back, GUIDE, "回队", "Come back", schemas.HolderReply, holder=True),
    Call(T + "away", bodies.Nothing, step_away, GUIDE, "暂离", "Step out", schemas.HolderReply, holder=True),
    Call(T + "reroute", bodies.To, reroute, GUIDE, "改签", "Other matter, group or zone", schemas.StaffReply),
    Call(
        T + "applicant",
        bodies.Applicant,
        confirm_applicant,
        GUIDE,
        "确认优先",
        "Confirm or correct the class, on record",
        schemas.StaffReply,
    ),
    Call(
        T + "marks",
        bodies.Marks,
        mark,
        (*GUIDE, Role.CLERK),
        "标记",
        "What staff should know: deaf, accompany",
        schemas.StaffReply,
    ),
    Call(T + "absent", bodies.Nothing, absent, GUIDE, "确认不在", "Looked for, in vain", schemas.StaffReply),
    Call(T + "accompany", bodies.Nothing, accompany, GUIDE, "陪同", "A helper walks along", schemas.StaffReply),
    Call(
        T + "rating",
        bodies.Rating,
        rate,
        (Role.SCREEN,),
        "评价",
        "How the service was, once",
        schemas.HolderReply,
        holder=True,
    ),
    Call(
        T + "settle",
        bodies.Settle,
        settle,
        (Role.GUIDE, Role.SUPERVISOR),
        "收尾选择",
        "Record a remaining visitor's choice at closing",
        schemas.StaffReply,
    ),
    Call("/api/consults", bodies.Consult, consult, GUIDE, "咨询", "Count an answered question", schemas.DayReply),
)
