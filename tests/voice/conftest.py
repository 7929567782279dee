"""What several tests of the voice need."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.voice.hall_of_players import Hall


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    hall = Hall(tmp_path / "voice")
    yield hall
    await hall.speakers.aclose()
