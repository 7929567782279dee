"""Tokens: who they stand for, when they end, and that nobody else can make them."""

import re

import pytest

from onewindow.access.principal import Principal, Role
from onewindow.access.tokens import CACHED, TokenFault, Tokens, Tracking

SECRET = b"0" * 32
TICKET = "20261124-Q031"


class Watch:
    """A clock in seconds that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1_795_482_000.0

    def __call__(self) -> float:
        return self.at


def fault(tokens: Tokens, token: str) -> str:
    """Why the token isn't accepted."""
    with pytest.raises(TokenFault) as found:
        tokens.read(token)
    return found.value.code


def test_a_token_says_who() -> None:
    tokens = Tokens(SECRET)
    principal = tokens.read(tokens.make(Role.CLERK, "李", hours=1, window="07"))
    assert (principal.name, principal.role, principal.window) == ("李", Role.CLERK, "07")
    assert principal.by == "clerk:李@07"
    device = tokens.read(tokens.make(Role.KIOSK, "k1", hours=1, device="kiosk-1"))
    assert (device.device, device.by) == ("kiosk-1", "kiosk:k1")


def test_it_ends_with_its_time() -> None:
    watch = Watch()
    tokens = Tokens(SECRET, watch)
    token = tokens.make(Role.GUIDE, "wang", hours=2)
    assert tokens.seconds_left(token) == 7200
    watch.at += 7199
    assert tokens.read(token).name == "wang"
    watch.at += 1
    assert fault(tokens, token) == "token_expired"


def test_nobody_else_can_make_it() -> None:
    tokens = Tokens(SECRET)
    token = tokens.make(Role.GUIDE, "wang", hours=1)
    assert fault(Tokens(b"1" * 32), token) == "token_invalid"
    for place in range(len(token) - 4):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert fault(tokens, other) == "token_invalid"
    for nonsense in ("", "ow1.", "ow1.x.y", "x" * 5000, "ow1." + "é" * 20):
        assert fault(tokens, nonsense) == "token_invalid"


def test_it_can_be_taken_back() -> None:
    tokens = Tokens(SECRET)
    token = tokens.make(Role.GUIDE, "wang", hours=1)
    tokens.revoked.add(tokens.read(token).token)
    assert fault(tokens, token) == "token_revoked"


def test_a_session_ends_when_its_account_changes_or_goes() -> None:
    watch = Watch()
    tokens = Tokens(SECRET, watch)
    session = tokens.make(Role.GUIDE, "wang", hours=1, account=True)
    device = tokens.make(Role.KIOSK, "wang", hours=1)
    assert fault(tokens, session) == "token_revoked"
    tokens.changed["wang"] = int(watch.at)
    assert tokens.read(session).name == "wang"
    tokens.changed["wang"] += 1
    assert fault(tokens, session) == "token_revoked"
    assert tokens.read(device).name == "wang"


def test_the_memory_of_tokens_is_bounded() -> None:
    tokens = Tokens(SECRET)
    made = [tokens.make(Role.GUIDE, f"g{n}", hours=1) for n in range(CACHED + 10)]
    assert [tokens.read(token).name for token in made] == [f"g{n}" for n in range(CACHED + 10)]
    assert len(tokens._known) <= CACHED


def test_names_that_are_made_up_are_distinct() -> None:
    tokens = Tokens(SECRET)
    assert len({tokens.new_name() for _ in range(50)}) == 50


def test_a_tracking_token_is_derived_and_always_the_same() -> None:
    tracking = Tracking(SECRET, "anqiu")
    token = tracking.token(TICKET)
    assert re.fullmatch(r"20261124-Q031\.[A-Za-z0-9_-]{22}", token)
    assert Tracking(SECRET, "anqiu").token(TICKET) == token
    assert tracking.ticket(token) == TICKET


def test_a_tracking_token_is_of_one_hall_one_day_and_one_ticket() -> None:
    tracking = Tracking(SECRET, "anqiu")
    mac = tracking.token(TICKET).rpartition(".")[2]
    assert tracking.ticket(f"20261124-Q032.{mac}") is None
    assert tracking.ticket(f"20261125-Q031.{mac}") is None
    assert Tracking(SECRET, "small").ticket(f"{TICKET}.{mac}") is None
    assert Tracking(b"1" * 32, "anqiu").ticket(f"{TICKET}.{mac}") is None
    for nonsense in ("", ".", mac, f"{TICKET}.", f"{TICKET}.{mac}A", f"{TICKET}.é", "x" * 5000):
        assert tracking.ticket(nonsense) is None


def test_who_may_act_where() -> None:
    clerk = Principal(name="li", role=Role.CLERK, window="07")
    assert clerk.may_act_at("07") and not clerk.may_act_at("08")
    assert not Principal(name="li", role=Role.CLERK).may_act_at("07")
    assert Principal(name="s", role=Role.SUPERVISOR).may_act_at("07")
    assert Principal(name="a", role=Role.ADMIN).may_act_at("07")
    assert not Principal(name="g", role=Role.GUIDE).may_act_at("07")
    assert Principal(name="a", role=Role.ADMIN).may_be(Role.GUIDE)
    assert not Principal(name="s", role=Role.SUPERVISOR).may_be(Role.GUIDE)
