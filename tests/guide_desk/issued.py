"""The sample hall with some tickets, for the slips' tests."""

from functools import cache
from pathlib import Path

from onewindow.guide_desk.slip import Slip, slip_lines
from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, Ticket
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall
from tests.core_hall import DAY, T0

URL = "http://10.20.30.40:8000/t/20261124-C001.AbCdEfGhIjKlMnOpQrStUv"
AT = T0 + 71 * 60_000
"""09:41."""


@cache
def anqiu() -> Hall:
    return load_hall(Path(__file__).parents[2] / "halls" / "anqiu")


def opened_day(windows: bool = True) -> HallDay:
    state = HallDay(anqiu(), DAY)
    obey(state, cmd.OpenDay(day=DAY, hall_digest=anqiu().digest))
    for no in anqiu().windows if windows else ():
        obey(state, cmd.OpenWindow(window=no, clerk="li"))
    return state


def obey(state: HallDay, command: cmd.AnyCommand) -> None:
    answer = execute(state, command, AT)
    assert not isinstance(answer, Refusal), answer


def issue(
    state: HallDay,
    *items: cmd.Item,
    applicant: str = "standard",
    confirmed: bool = True,
    purpose: str = "handle",
    copies: int = 1,
    wait: cmd.Wait | None = None,
) -> Ticket:
    """The last of the issued tickets."""
    obey(
        state,
        cmd.IssueTickets(
            items=items,
            applicant=applicant,
            confirmed=confirmed,
            purpose=purpose,
            copies=copies,
            waits=(wait,) * len(items),
        ),
    )
    return list(state.tickets.values())[-1]


def slip_of(state: HallDay, ticket: Ticket, url: str | None = URL) -> Slip:
    return slip_lines(anqiu(), state, ticket, url)


def usual_slip(url: str | None = URL) -> Slip:
    """An elderly person's slip for a matter with five papers, behind three others."""
    state = opened_day()
    for _ in range(3):
        issue(state, cmd.Item(group="C"), applicant="elderly")
    ticket = issue(state, cmd.Item(matter="REA-001"), applicant="elderly", wait=cmd.Wait(1500, 2000, 2400))
    return slip_of(state, ticket, url)
