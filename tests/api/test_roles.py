"""Every operation of the document refuses whoever it isn't for, and lets pass whoever it is for."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from onewindow.access.principal import Role
from onewindow.api.openapi import operations
from onewindow.api.operations import Operation
from tests.api.test_bad_input import problem
from tests.hall_app import Api, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
GUARDED = [operation for operation in operations() if operation.roles is not None]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One application for all: a call that is refused leaves it as it was."""
    async with running(tmp_path_factory.mktemp("roles")) as found:
        yield found


@pytest.fixture
def api(shared: Api) -> Api:
    """The application, with fresh tokens: signing out has revoked those of before."""
    shared.tokens.clear()
    return shared


def address(operation: Operation) -> str:
    """A real address of the operation; the ticket is missing, so that nothing is done."""
    names = {
        "ticket": "20261124-G777",
        "window": "17",
        "no": "17",
        "kiosk": "k1",
        "device": "d1",
        "group": "G",
        "printer": "p1",
        "screen": "s-1",
        "code": "123456",
        "line": "zh-0",
    }
    return operation.path.format_map(names)


async def ask(api: Api, operation: Operation, role: Role | None) -> int:
    """The status that this role is answered. Its body is broken, so that no command is obeyed."""
    window = "17" if role is Role.CLERK else None
    headers = api.bearer(role, window) | {"Content-Type": "application/json"}
    content = b"{" if operation.method == "post" else None
    response = await api.client.request(operation.method, address(operation), headers=headers, content=content)
    return response.status_code


@pytest.mark.parametrize("operation", GUARDED, ids=lambda o: f"{o.method} {o.path}")
async def test_an_operation_is_for_its_roles(api: Api, operation: Operation) -> None:
    head = await api.head()
    assert operation.roles is not None
    assert await ask(api, operation, None) == 401
    for role in Role:
        allowed = not operation.roles or role in operation.roles or role is Role.ADMIN
        status = await ask(api, operation, role)
        assert (status not in (401, 403)) is allowed, f"{role}: {status}"
    if not operation.path.startswith("/api/day"):
        assert await api.head() == head


async def test_what_is_public_asks_for_nothing(api: Api) -> None:
    for operation in operations():
        if operation.roles is None and operation.method == "get" and "{" not in operation.path:
            response = await api.client.get(operation.path)
            assert response.status_code == 200, operation.path


async def test_an_administrator_may_act_everywhere(api: Api) -> None:
    opened = await api.post("/api/windows/07/open", {}, Role.ADMIN)
    issued = await api.post("/api/tickets", {"zone": "business"}, Role.ADMIN)
    assert (opened.status_code, issued.status_code) == (200, 201)


async def test_a_screen_may_not_act_by_its_cookie_either(api: Api) -> None:
    token = api.token(Role.SCREEN)
    response = await api.client.post("/api/day/closing", json={}, headers={"Cookie": f"onewindow={token}"})
    problem(response, 403, "role_forbidden")
