"""A folder of small halls, and the real server of them."""

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from onewindow.access.open_store import open_store
from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens
from tests.server import ROOT, Server

WAIT_SECONDS = 60.0


def write_hall(folder: Path, code: str, *, broken: bool = False, public_url: str = "") -> Path:
    """The sample of a small hall under another code, open at any hour; `broken`: with a fault in its windows."""
    made = folder / code
    shutil.copytree(ROOT / "halls" / "small", made)
    settings = made / "hall.toml"
    text = settings.read_text(encoding="utf-8")
    own = {
        "hall": {"code": f'"{code}"', "zh": f'"{code}大厅"', "public_url": f'"{public_url}"'},
        "time": {
            "sessions": '["00:00-23:59"]',
            "rollover": '"00:00"',
            "weekdays": '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
            "use_public_holidays": "false",
        },
    }
    for section, values in own.items():
        for key, value in values.items():
            text = re.sub(rf"^{key} = .*\n", "", text, count=1, flags=re.M)
            text = text.replace(f"[{section}]\n", f"[{section}]\n{key} = {value}\n", 1)
    settings.write_text(text, encoding="utf-8")
    if broken:
        windows = made / "windows.csv"
        windows.write_text(
            windows.read_text(encoding="utf-8").replace("comprehensive", "omniscient"), encoding="utf-8"
        )
    return made


class Many:
    """A server of several halls; `data` and `folder` have one subfolder each."""

    def __init__(self, data: Path, folder: Path, *options: str) -> None:
        self.data = data
        self.folder = folder
        self.server = Server(data, options=("--halls", str(folder), *options))
        self.redis = ""
        self._tokens: dict[str, Tokens] = {}

    def client(self, hall: str | None) -> httpx.Client:
        """A client that asks for this hall by its host name; None: for none."""
        headers = {"Host": f"{hall}.localhost:{self.server.port}"} if hall else {}
        return httpx.Client(base_url=self.server.url, headers=headers, timeout=WAIT_SECONDS, trust_env=False)

    def bearer(self, hall: str, role: str, *, window: str | None = None) -> dict[str, str]:
        """The header of a token of this hall."""
        if hall not in self._tokens:
            self._tokens[hall] = Tokens(asyncio.run(self._secret(hall)))
        return {"Authorization": f"Bearer {self._tokens[hall].make(Role(role), role, hours=1, window=window)}"}

    async def _secret(self, hall: str) -> bytes:
        async with open_store(self.data / hall, self.redis, hall) as store:
            return store.secret

    def post(self, hall: str, path: str, body: Any, role: str, *, window: str | None = None) -> Any:
        """What a POST is answered; it must be a success."""
        with self.client(hall) as client:
            reply = client.post(path, json=body, headers=self.bearer(hall, role, window=window))
        assert reply.is_success, reply.text
        return reply.json()

    def states(self) -> dict[str, str]:
        """Each hall's state."""
        with self.client(None) as client:
            found: dict[str, str] = client.get("/readyz").json()["halls"]
        return found

    def asked(self, hall: str) -> bool:
        """Whether the hall answers."""
        with self.client(hall) as client:
            return client.get("/readyz").is_success

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Look again and again; fails with the server's output when it stays untrue."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"{what}:\n{self.server.output()}"
            try:
                self.server.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the server ended:\n{self.server.output()}")


@contextmanager
def many_served(data: Path, folder: Path, *options: str) -> Iterator[Many]:
    """A started server of the halls in `folder`; stopped at the end of the block."""
    many = Many(data, folder, *options)
    try:
        many.server.start()
        yield many
    finally:
        many.server.stop()
