"""What tests of pages share: a browser for each module, an open hall's server for each test, and its people."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import later
from tests.server import MORNING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.callers.browsers import Desk
    from tests.server import Server

later.ahead(MORNING)  # in this process, too

# The browser's library is only loaded by tests that want one.


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium, whose pages may sound."""
    from tests.callers.browsers import chromium

    with chromium() as found:
        yield found


@pytest.fixture
def server(tmp_path: Path) -> Iterator["Server"]:
    """The sample hall, open at all hours, as a process of its own."""
    from tests.callers.browsers import always_open
    from tests.server import served

    with served(tmp_path / "data", always_open(tmp_path)) as found:
        yield found


@pytest.fixture
def desk(server: "Server") -> Iterator["Desk"]:
    """Does to that server what other people do."""
    from tests.callers.browsers import Desk

    found = Desk(server)
    yield found
    found.close()
