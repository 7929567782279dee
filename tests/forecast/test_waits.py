"""The wait that is shown: the engine's forecast while it is fresh, else the work ahead; rounded outward; withheld."""

import msgspec

from onewindow.forecast.estimate import estimate
from onewindow.forecast.waits import (
    FAR_MS,
    FRESH_MS,
    between,
    foreseen,
    newcomer_wait,
    shown,
    source_of,
    ticket_wait,
)
from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.outlook import PATH, WORK, AreaOutlook, Outlook, Quantiles
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from tests.core_hall import T0, core_hall

MINUTE = 60_000
WINDOWS = frozenset(("01", "02"))
NEW = Quantiles(6 * MINUTE, 12 * MINUTE, 21 * MINUTE, 7 * MINUTE, 19 * MINUTE)
ELDERLY = Quantiles(0, 2 * MINUTE, 4 * MINUTE, 0, 4 * MINUTE)


def hall() -> HallDay:
    """Window 01 serves somebody, A002 waits; the last forecast is of T0."""
    state = HallDay(core_hall(), "2026-11-24")
    asked: list[cmd.AnyCommand] = [
        cmd.OpenDay(day="2026-11-24", hall_digest=""),
        cmd.OpenWindow(window="01", clerk="li"),
        cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)),
        cmd.CallNext(window="01"),
        cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)),
    ]
    for command in asked:
        assert not isinstance(execute(state, command, T0), Refusal)
    waiting = list(state.tickets.values())[1]
    area = AreaOutlook(
        at=T0, tickets={waiting.id: NEW}, newcomers={(WINDOWS, 0): NEW, (WINDOWS, 30 * MINUTE): ELDERLY}
    )
    state.outlook = Outlook(areas={"north": area}, of_window={"01": "north", "02": "north"}, engine="kernel")
    return state


def test_the_range_is_rounded_outward_and_the_quantiles_go_along() -> None:
    found = newcomer_wait(hall(), WINDOWS)
    assert found == cmd.Wait(300, 720, 1200, raw=(360, 1260), range=(420, 1140))


def test_a_class_has_its_own_and_an_appointment_lies_between() -> None:
    state = hall()
    assert newcomer_wait(state, WINDOWS, 30 * MINUTE) == shown(ELDERLY, 0)
    assert newcomer_wait(state, WINDOWS, 40 * MINUTE) == shown(ELDERLY, 0)
    assert newcomer_wait(state, WINDOWS, -4 * MINUTE) == shown(NEW, 0)
    assert between({0: NEW, 30 * MINUTE: ELDERLY}, 15 * MINUTE) == Quantiles(
        180_000, 420_000, 750_000, 210_000, 690_000
    )


def test_nothing_lies_between_a_wait_and_none_that_is_known() -> None:
    far = Quantiles(FAR_MS, FAR_MS, FAR_MS, FAR_MS, FAR_MS)
    assert between({0: far, 30 * MINUTE: ELDERLY}, 14 * MINUTE) == far
    assert between({0: far, 30 * MINUTE: ELDERLY}, 16 * MINUTE) == ELDERLY
    assert between({}, 0) is None


def test_a_waiting_ticket_counts_down_until_the_next_forecast() -> None:
    state = hall()
    ticket = list(state.tickets.values())[1]
    state.last_at = T0 + MINUTE
    found = ticket_wait(state, ticket)
    assert found is not None
    assert (found.expected, found.range) == (660, (360, 1080))


def test_an_old_forecast_gives_way_to_the_work_ahead() -> None:
    state = hall()
    state.last_at = T0 + FRESH_MS + 1
    simple = estimate(state, WINDOWS, state.last_at, len(state.tickets) + 1)
    assert newcomer_wait(state, WINDOWS) == simple
    assert simple is not None
    assert simple.raw is None
    state.outlook = None
    assert newcomer_wait(state, WINDOWS) == simple


def test_a_path_of_means_says_that_it_is_one() -> None:
    state = hall()
    assert state.outlook is not None
    area = msgspec.structs.replace(state.outlook.areas["north"], source=PATH)
    state.outlook = msgspec.structs.replace(state.outlook, areas={"north": area})
    found = newcomer_wait(state, WINDOWS)
    assert found == cmd.Wait(300, 720, 1200, raw=None, range=(420, 1140), path=True)
    assert source_of(found) == PATH
    waiting = ticket_wait(state, list(state.tickets.values())[1])
    assert waiting is not None
    assert waiting.path
    state.outlook = None
    simple = newcomer_wait(state, WINDOWS)
    assert simple is not None
    assert source_of(simple) == WORK


def test_what_is_too_far_off_is_not_told() -> None:
    assert shown(Quantiles(0, FAR_MS, FAR_MS, 0, FAR_MS), 0) is None


def test_a_withheld_zone_shows_nothing_but_the_hall_still_foresees() -> None:
    state = hall()
    assert state.outlook is not None
    state.outlook = msgspec.structs.replace(state.outlook, withheld=frozenset(("north",)))
    assert newcomer_wait(state, WINDOWS) is None
    assert ticket_wait(state, list(state.tickets.values())[1]) is None
    assert foreseen(state, WINDOWS) is not None
