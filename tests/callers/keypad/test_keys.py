"""What the keys mean, what the device's bytes say."""

import struct
from pathlib import Path

import pytest

from onewindow.callers.keypad.device import NotAKeypad, press_of, presses
from onewindow.callers.keypad.keys import (
    CODES,
    Act,
    Debounce,
    Key,
    Suspension,
    Ticket,
    Unfit,
    Window,
    act_for,
    key_named,
    outcome,
)

CLOSED = Window("closed", None, help=False)
IDLE = Window("open", None, help=False)
CALLED = Window("open", Ticket("C001", "called"), help=False)
SERVING = Window("open", Ticket("C001", "serving"), help=False)
LEAVING = Window("open", Ticket("C001", "serving"), help=False, pause_after="lunch")
PAUSED = Window("paused", None, help=True)
POWER = Suspension("停电", "Power cut")
RESTING = Window("open", None, help=False, suspended=POWER)
ENDING = Window("open", Ticket("C001", "serving"), help=False, suspended=POWER)
AGENT = Window("open", Ticket("C001", "serving", left=4), help=False)


@pytest.mark.parametrize(
    ("key", "window", "path", "body"),
    [
        (Key.NEXT, IDLE, "call-next", {}),
        (Key.NEXT, CALLED, "start", {}),
        (Key.NEXT, SERVING, "call-next", {"finish": True}),
        (Key.NEXT, LEAVING, "finish", {}),
        (Key.NEXT, ENDING, "finish", {}),
        (Key.NEXT, AGENT, "call-next", {"finish": True}),
        (Key.RECALL, CALLED, "recall", {}),
        (Key.NO_SHOW, CALLED, "no-show", {}),
        (Key.FINISH, SERVING, "finish", {}),
        (Key.PAUSE, CLOSED, "open", {}),
        (Key.PAUSE, PAUSED, "open", {}),
        (Key.PAUSE, LEAVING, "open", {}),
        (Key.PAUSE, IDLE, "pause", {"reason": "brief", "after_current": False}),
        (Key.PAUSE, SERVING, "pause", {"reason": "brief", "after_current": True}),
        (Key.UNDO, IDLE, "undo", {}),
        (Key.HELP, IDLE, "help", {"on": True}),
        (Key.HELP, PAUSED, "help", {"on": False}),
    ],
)
def test_a_key_is_one_command(key: Key, window: Window, path: str, body: dict[str, object]) -> None:
    act = act_for(key, window, "brief")
    assert isinstance(act, Act)
    assert (act.path, act.body) == (path, body)


def test_nobody_is_called_while_service_is_suspended() -> None:
    unfit = act_for(Key.NEXT, RESTING, "brief")
    assert isinstance(unfit, Unfit)
    assert "停电" in unfit.zh and "Power cut" in unfit.en


def test_a_merged_window_says_where_its_people_went() -> None:
    unfit = act_for(Key.NEXT, Window("closed", None, help=False, merged_into="09"), "brief")
    assert isinstance(unfit, Unfit)
    assert "09 号窗口" in unfit.zh and "按 0" in unfit.zh


def test_an_agents_turn_is_called_by_its_name() -> None:
    act = act_for(Key.FINISH, AGENT, "brief")
    assert isinstance(act, Act)
    assert outcome(act, {"ticket": {"number": "C001"}}) == ("本轮办完 C001", "Turn done C001")


@pytest.mark.parametrize("window", [CLOSED, PAUSED])
def test_enter_never_opens_a_window(window: Window) -> None:
    unfit = act_for(Key.NEXT, window, "brief")
    assert isinstance(unfit, Unfit)
    assert "按 0" in unfit.zh


def test_every_key_has_a_code_and_a_name() -> None:
    assert set(CODES.values()) == set(Key)
    assert [key_named(name) for name in ("Enter", " + \n", "NO-SHOW", "next")] == [
        Key.NEXT,
        Key.RECALL,
        Key.NO_SHOW,
        Key.NEXT,
    ]
    assert key_named("7") is None


def test_a_second_enter_in_the_dead_time_does_not_count() -> None:
    debounce = Debounce(1500)
    assert [debounce.counts(Key.NEXT, at) for at in (0, 1499, 1500, 2999, 3000)] == [True, False, True, False, True]
    # Other keys wait for a worn contact only, and no key for another.
    assert [debounce.counts(Key.PAUSE, at) for at in (3000, 3299, 3300)] == [True, False, True]
    # A clock that was set back locks nothing.
    assert debounce.counts(Key.NEXT, 10)


def event(code: int, value: int = 1, kind: int = 1) -> bytes:
    return struct.pack("@llHHi", 12, 345_678, kind, code, value)


def test_only_a_press_of_a_known_key_is_a_press() -> None:
    found = press_of(event(96))
    assert found is not None
    assert (found.key, found.at_ms) == (Key.NEXT, 12_345)
    released, kept_down, num_lock, synced = event(96, 0), event(96, 2), event(69), event(0, 0, kind=0)
    assert [press_of(one) for one in (released, kept_down, num_lock, synced)] == [None] * 4


def test_what_is_no_input_device_is_refused_in_words() -> None:
    with pytest.raises(NotAKeypad, match="Cannot grab /dev/null"):
        next(presses(Path("/dev/null"), lambda _zh, _en: None))


@pytest.mark.parametrize(
    ("act", "answer", "words"),
    [
        (Act("call-next", {}, "叫下一号", "Call next"), {"ticket": {"number": "C001"}}, ("已叫 C001", "Called C001")),
        (Act("call-next", {}, "叫下一号", "Call next"), {"ticket": None}, ("暂无人等候", "nobody waits")),
        (
            Act("call-next", {"finish": True}, "办结并叫下一号", "Finish and call next"),
            {"ticket": None, "finished": "x"},
            ("已办结，暂无人等候", "Finished; nobody waits"),
        ),
        (
            Act("finish", {}, "办结并暂停", "Finish and pause"),
            {"ticket": {"number": "C001"}},
            ("办结并暂停 C001", "Finish and pause C001"),
        ),
        (Act("recall", {}, "重呼", "Recall"), {"ticket": {"number": "C001"}}, ("重呼 C001", "Recall C001")),
        (Act("open", {}, "开窗", "Open"), {"window": {}}, ("开窗", "Open")),
    ],
)
def test_the_outcome_in_words(act: Act, answer: dict[str, object], words: tuple[str, str]) -> None:
    assert outcome(act, answer) == words
