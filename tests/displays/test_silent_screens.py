"""A screen that isn't heard of raises the supervisor's alarm before 30 s are over, whatever kind it is of."""

from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from onewindow.access.principal import Role
from tests.hall_app import Api, done, running


async def alarms(api: Api) -> list[str]:
    """What the supervisor is told of silent screens."""
    floor = done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))
    return [alarm["zh"] for alarm in floor["alarms"] if alarm["code"] == "screen_silent"]


@pytest.mark.parametrize(
    ("path", "device", "zh"),
    [
        ("/ws/hall", "tv-hall", "大厅总屏"),
        ("/ws/zones/business", "tv-business", "商事登记区屏"),
        ("/ws/windows/17", "led-17", "17号窗口屏"),
    ],
)
async def test_a_silent_screen_raises_the_alarm_after_25_seconds(
    tmp_path: Path, path: str, device: str, zh: str
) -> None:
    async with running(tmp_path) as api:
        address = str(api.client.base_url).replace("http", "ws")
        async with connect(f"{address}{path}?device={device}") as socket:
            snapshot: Any = await socket.recv()
            assert "snapshot" in snapshot
            api.clock.on(24)
            assert await alarms(api) == []
            api.clock.on(1)
            (said,) = await alarms(api)
            assert said.startswith(zh) and "没有回应" in said
            await socket.send('{"beat": 1}')
            while await alarms(api):
                await socket.recv()  # The next beat of the server's: ours has been read by then, or soon.
