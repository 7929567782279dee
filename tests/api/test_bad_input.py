"""Bad input: each gets the right problem, in the one shape, and nothing changes."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens, Tracking
from onewindow.api.schemas import ProblemDocument
from onewindow.http.body import MOST
from tests.api.test_desk import MATTER
from tests.hall_app import Api, running

TICKET = "20261124-G001"
pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"Content-Type": "application/json"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One ticket waits (G001), one was called to window 17 (G002); window 18 is closed. It stays so for all tests."""
    async with running(tmp_path_factory.mktemp("busy")) as api:
        await api.clerk("17", "open")
        await api.issue(matter=MATTER)
        later = (await api.issue(matter=MATTER))["ticket"]
        await api.clerk("17", "call", {"ticket": later["id"], "reason": "试"})
        yield api


def problem(response: Any, status: int, code: str) -> ProblemDocument:
    """The answer is this problem, complete and in the one shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = msgspec.json.decode(response.content, type=ProblemDocument)
    assert (found.code, found.status) == (code, status)
    assert found.detail and found.detail_en and found.title
    assert found.type == f"urn:onewindow:problem:{code}"
    assert "{" not in found.detail + found.detail_en
    return found


COMMANDS: list[tuple[str, str, Any, Role, str | None, int, str]] = [
    ("unknown matter", "/api/tickets", {"matter": "NO-1"}, Role.GUIDE, None, 422, "unknown_matter"),
    ("unknown group", "/api/tickets", {"group": "?"}, Role.GUIDE, None, 422, "unknown_group"),
    ("unknown zone", "/api/tickets", {"zone": "moon"}, Role.GUIDE, None, 422, "unknown_zone"),
    ("unknown chain", "/api/tickets", {"chain": "CH-0"}, Role.GUIDE, None, 422, "unknown_chain"),
    ("nothing asked", "/api/tickets", {}, Role.GUIDE, None, 422, "nothing_asked"),
    ("no matters", "/api/tickets", {"matters": []}, Role.GUIDE, None, 422, "nothing_asked"),
    ("too many", "/api/tickets", {"matters": [MATTER] * 41}, Role.GUIDE, None, 422, "too_many_items"),
    ("two ways", "/api/tickets", {"matter": MATTER, "zone": "business"}, Role.GUIDE, None, 422, "bad_body"),
    ("class", "/api/tickets", {"matter": MATTER, "applicant": "king"}, Role.GUIDE, None, 422, "unknown_applicant"),
    ("purpose", "/api/tickets", {"matter": MATTER, "purpose": "sleep"}, Role.GUIDE, None, 422, "unknown_purpose"),
    ("channel", "/api/tickets", {"matter": MATTER, "channel": "tv"}, Role.GUIDE, None, 422, "unknown_channel"),
    ("folders", "/api/tickets", {"matter": MATTER, "copies": 99}, Role.GUIDE, None, 422, "bad_copies"),
    ("visit", "/api/tickets", {"matter": MATTER, "visit": "v9"}, Role.GUIDE, None, 422, "unknown_visit"),
    ("no ticket", "/api/tickets/20261124-G999/cancel", {}, Role.GUIDE, None, 404, "unknown_ticket"),
    ("wrong state", "/api/tickets/20261124-G002/cancel", {}, Role.GUIDE, None, 409, "wrong_state"),
    ("not missed", f"/api/tickets/{TICKET}/return", {}, Role.GUIDE, None, 409, "wrong_state"),
    ("closed window", "/api/windows/18/call-next", {}, Role.CLERK, "18", 409, "window_not_open"),
    ("open twice", "/api/windows/17/open", {}, Role.CLERK, "17", 409, "window_already_open"),
    ("occupied", "/api/windows/17/call-next", {}, Role.CLERK, "17", 409, "window_occupied"),
    ("not started", "/api/windows/17/finish", {}, Role.CLERK, "17", 409, "wrong_state"),
    ("too early", "/api/windows/17/no-show", {}, Role.CLERK, "17", 409, "too_early_for_no_show"),
    ("hold reason", "/api/windows/17/hold", {"reason": "no"}, Role.CLERK, "17", 422, "unknown_reason"),
    ("transfer where", "/api/windows/17/transfer", {}, Role.CLERK, "17", 422, "nothing_asked"),
    ("transfer to none", "/api/windows/17/transfer", {"window": "99"}, Role.CLERK, "17", 404, "unknown_window"),
    ("transfer to 01", "/api/windows/17/transfer", {"window": "1"}, Role.CLERK, "17", 409, "wrong_window"),
    ("no window", "/api/windows/99/call-next", {}, Role.CLERK, "17", 404, "unknown_window"),
    ("another's window", "/api/windows/18/call-next", {}, Role.CLERK, "17", 403, "window_of_another"),
    ("no window chosen", "/api/windows/18/open", {}, Role.CLERK, None, 403, "window_of_another"),
    ("wrong role", "/api/tickets", {"matter": MATTER}, Role.CLERK, "17", 403, "role_forbidden"),
    ("day is open", "/api/day/resume", {}, Role.SUPERVISOR, None, 409, "intake_not_stopped"),
    ("unknown field", "/api/tickets", {"matter": MATTER, "nr": 1}, Role.GUIDE, None, 422, "bad_body"),
    ("wrong type", "/api/tickets", {"matter": 7}, Role.GUIDE, None, 422, "bad_body"),
    ("no object", "/api/tickets", [MATTER], Role.GUIDE, None, 422, "bad_body"),
    ("field missing", "/api/windows/17/hold", {}, Role.CLERK, "17", 422, "bad_body"),
    ("no such choice", f"/api/tickets/{TICKET}/settle", {"choice": "die"}, Role.GUIDE, None, 422, "bad_body"),
]


@pytest.mark.parametrize(
    ("path", "body", "role", "window", "status", "code"),
    [row[1:] for row in COMMANDS],
    ids=[row[0] for row in COMMANDS],
)
async def test_a_refused_command_changes_nothing(
    busy: Api, path: str, body: Any, role: Role, window: str | None, status: int, code: str
) -> None:
    head = await busy.head()
    found = problem(await busy.post(path, body, role, window), status, code)
    assert found.instance == path
    assert await busy.head() == head


async def test_where_a_body_is_wrong(busy: Api) -> None:
    found = (await busy.post("/api/tickets", {"matters": [MATTER, 7]}, Role.GUIDE)).json()
    assert (found["code"], found["path"]) == ("bad_body", "$.matters[1]")


@pytest.mark.parametrize("raw", [b"{", b"", b'{"matter": "BIZ-001"', b"\xff\xfe", b'{"matter": "\xff"}'])
async def test_broken_json(busy: Api, raw: bytes) -> None:
    head = await busy.head()
    headers = busy.bearer(Role.GUIDE) | JSON
    response = await busy.client.post("/api/tickets", content=raw, headers=headers)
    if raw:
        problem(response, 400, "bad_json")
    else:
        problem(response, 422, "nothing_asked")
    assert await busy.head() == head


@pytest.mark.parametrize("declared", ["text/plain", "application/x-www-form-urlencoded", "", None])
async def test_wrong_content_type(busy: Api, declared: str | None) -> None:
    head = await busy.head()
    headers = busy.bearer(Role.GUIDE) | ({"Content-Type": declared} if declared is not None else {})
    response = await busy.client.post("/api/tickets", content=b'{"matter": "BIZ-001"}', headers=headers)
    problem(response, 415, "wrong_content_type")
    assert await busy.head() == head


async def test_json_with_a_charset_is_json(busy: Api) -> None:
    headers = busy.bearer(Role.GUIDE) | {"Content-Type": "Application/JSON; charset=utf-8"}
    response = await busy.client.post("/api/tickets", content=b'{"matter": "BIZ-001"}', headers=headers)
    assert response.status_code == 201


async def test_an_oversized_body_declared_or_streamed(busy: Api) -> None:
    head = await busy.head()
    large = b'{"matter": "' + b"x" * MOST + b'"}'
    headers = busy.bearer(Role.GUIDE) | JSON
    problem(await busy.client.post("/api/tickets", content=large, headers=headers), 413, "body_too_large")

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 8192):
            yield large[start : start + 8192]

    problem(await busy.client.post("/api/tickets", content=pieces(), headers=headers), 413, "body_too_large")
    assert await busy.head() == head


@pytest.mark.parametrize("key", ["", "x" * 201, "键", "a\tb"])
async def test_a_bad_key(busy: Api, key: str) -> None:
    head = await busy.head()
    bearer = busy.bearer(Role.GUIDE)["Authorization"]
    headers = [(b"Authorization", bearer.encode()), (b"Idempotency-Key", key.encode())]
    response = await busy.client.post("/api/tickets", json={"matter": MATTER}, headers=headers)
    problem(response, 422, "bad_key")
    assert await busy.head() == head


async def test_a_key_is_not_used_for_two_requests(busy: Api) -> None:
    await busy.post("/api/tickets", {"matter": MATTER}, Role.GUIDE, key="k")
    head = await busy.head()
    problem(await busy.post("/api/tickets", {"matter": "BIZ-002"}, Role.GUIDE, key="k"), 422, "key_reused")
    assert await busy.head() == head


def tokens(busy: Api) -> dict[str, tuple[str | None, str]]:
    """Tokens that are no good, and what is said of each."""
    foreign = Tokens(b"another secret").make(Role.GUIDE, "mallory", hours=1)
    expired = busy.opened.tokens.make(Role.GUIDE, "old", hours=-1)
    revoked = busy.opened.tokens.make(Role.GUIDE, "gone", hours=1)
    busy.opened.tokens.revoked.add(busy.opened.tokens.read(revoked).token)
    good = busy.token(Role.GUIDE)
    return {
        "none": (None, "sign_in_needed"),
        "foreign": (foreign, "token_invalid"),
        "altered": (good[:-5] + ("A" if good[-5] != "A" else "B") + good[-4:], "token_invalid"),
        "expired": (expired, "token_expired"),
        "revoked": (revoked, "token_revoked"),
        "nonsense": ("x", "token_invalid"),
    }


@pytest.mark.parametrize("kind", ["none", "foreign", "altered", "expired", "revoked", "nonsense"])
async def test_a_token_that_is_no_good(busy: Api, kind: str) -> None:
    token, code = tokens(busy)[kind]
    head = await busy.head()
    response = await busy.post("/api/tickets", {"matter": MATTER}, token)
    problem(response, 401, code)
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert await busy.head() == head


async def test_another_scheme_is_no_token(busy: Api) -> None:
    headers = {"Authorization": "Basic Z3VpZGU6eA=="}
    problem(await busy.client.post("/api/tickets", json={"matter": MATTER}, headers=headers), 401, "token_invalid")


async def test_a_holder_reaches_its_own_ticket_only(busy: Api) -> None:
    tracking = busy.opened.tracking
    other = tracking.token("20261124-G002")
    elsewhere = Tracking(busy.opened.store.secret, "another-hall").token(TICKET)
    forged = Tracking(b"another secret", "anqiu").token(TICKET)
    head = await busy.head()
    for path in ("cancel", "return", "away"):
        problem(await busy.post(f"/api/tickets/{TICKET}/{path}", {}, other), 403, "ticket_of_another")
        problem(await busy.post(f"/api/tickets/{TICKET}/{path}", {}, forged), 401, "token_invalid")
        problem(await busy.post(f"/api/tickets/{TICKET}/{path}", {}, elsewhere), 401, "token_invalid")
    for path in ("", "/slip", "/slip.txt", "/slip.png"):
        problem(await busy.get(f"/api/tickets/{TICKET}{path}", other), 403, "ticket_of_another")
    mine = tracking.token(TICKET)
    problem(await busy.post(f"/api/tickets/{TICKET}/reroute", {"zone": "business"}, mine), 401, "sign_in_needed")
    problem(
        await busy.post(f"/api/tickets/{TICKET}/applicant", {"applicant": "elderly"}, mine), 401, "sign_in_needed"
    )
    assert await busy.head() == head


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/api/journal?from=0", Role.SUPERVISOR),
        ("/api/journal?from=x", Role.SUPERVISOR),
        ("/api/journal?day=2026-13-01", Role.SUPERVISOR),
        ("/api/search?limit=0", None),
        ("/api/search?limit=51", None),
    ],
)
async def test_a_bad_query(busy: Api, path: str, role: Role | None) -> None:
    problem(await busy.get(path, role), 422, "bad_query")


async def test_no_such_place_and_no_such_method(busy: Api) -> None:
    problem(await busy.get("/api/nothing"), 404, "not_found")
    problem(await busy.get("/nothing"), 404, "not_found")
    response = await busy.get("/api/tickets", Role.GUIDE)
    problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"
