"""A pack whose manifest can't be read is left alone: what a power cut or a hand has spoilt may still be mended."""

from pathlib import Path

import pytest

from onewindow.access.principal import Role
from onewindow.voice.clips.pack import MANIFEST
from tests.hall_app import running

VOICE = "/api/supervisor/voice"


@pytest.mark.parametrize("text", ['{"format": 2, "clips": []}', '{"clips": [', ""])
async def test_switching_it_on_does_not_replace_it(tmp_path: Path, text: str) -> None:
    manifest = tmp_path / "voice-pack" / MANIFEST
    manifest.parent.mkdir()
    manifest.write_text(text, encoding="utf-8")
    async with running(tmp_path) as api:
        answer = await api.post(f"{VOICE}/pack", {"on": True, "voice": "李敏"}, Role.SUPERVISOR)
        assert (answer.status_code, answer.json()["code"]) == (503, "voice_pack_unusable")
        assert MANIFEST in answer.text
    assert manifest.read_text(encoding="utf-8") == text
