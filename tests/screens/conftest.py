"""The fixture of the screens' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hall_app import Api, running


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """The application on the sample hall at 09:00, on a real socket."""
    async with running(tmp_path) as found:
        yield found
