"""A hall at work for the recorded Monday (实录用的大厅): windows open and calling, people waiting."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from bench.open_hall import open_copy
from loadtest.plan import make_cast, public_windows
from loadtest.server import free_port, serving
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

WAITING: Final = 12
"""People of the hour before, in each group."""
CALL_SECONDS: Final = 0.5


class Hand:
    """What programs ask of the hall."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)
        self._tokens = tokens
        self._keys = iter(range(10**9))

    def post(self, path: str, body: dict[str, Any], role: str) -> httpx.Response:
        """A command under a key of its own."""
        key = f"{role}-{threading.get_ident()}-{next(self._keys)}"
        headers = {"Authorization": f"Bearer {self._tokens[role]}", "Idempotency-Key": key}
        return self._client.post(path, json=body, headers=headers)

    def journal(self) -> list[dict[str, Any]]:
        """All events of the day, in order."""
        text = self._client.get(
            "/api/journal", headers={"Authorization": f"Bearer {self._tokens['supervisor']}"}
        ).text
        commits = [json.loads(line) for line in text.splitlines()]
        return [event for commit in commits for entry in commit["entries"] for event in entry["events"]]

    def close(self) -> None:
        """Hang up."""
        self._client.close()


@contextmanager
def hall_at_work(folder: Path) -> Iterator[tuple[int, dict[str, str], Hand, Hall]]:
    """The sample hall, open whatever the time, its printer a file; served, every window open, people waiting."""
    files = open_copy(folder / "hall")
    _print_to(files / "devices.csv", f"file://{folder.resolve()}/slips.prn")
    hall, port, data = load_hall(files), free_port(), folder / "data"
    data.mkdir()
    cast = make_cast(data, public_windows(hall))
    tokens = {"guide": cast.guide, "supervisor": cast.supervisor}
    command = ["run.py", "serve", "--hall", str(files), "--port", str(port), "--data", str(data)]
    with serving(command, port, folder / "server.log"):
        hand = Hand(port, tokens)
        try:
            for no in public_windows(hall):
                hand.post(f"/api/windows/{no}/open", {}, "supervisor").raise_for_status()
            for letter, group in hall.groups.items():
                for _ in range(WAITING if group.windows else 0):
                    hand.post("/api/tickets", {"group": letter}, "guide").raise_for_status()
            yield port, tokens, hand, hall
        finally:
            hand.close()


def _print_to(devices: Path, address: str) -> None:
    text = devices.read_text(encoding="utf-8")
    if "browser:" not in text:
        raise ValueError(f"{devices.name} has no browser:")
    devices.write_text(text.replace("browser:", address), encoding="utf-8")


class Clerks:
    """Windows that call, start and finish in turn, so that the desk's page has news all the time."""

    def __init__(self, port: int, tokens: dict[str, str], hall: Hall) -> None:
        self.calls = 0
        self._hand = Hand(port, tokens)
        self._windows = [no for no in public_windows(hall) if hall.windows[no].matters]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Clerks":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._stop.set()
        self._thread.join()
        self._hand.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            window = self._windows[self.calls % len(self._windows)]
            path = f"/api/windows/{window}"
            self._hand.post(f"{path}/call-next", {"finish": True}, "supervisor").raise_for_status()
            self._hand.post(f"{path}/start", {}, "supervisor")
            self.calls += 1
            self._stop.wait(CALL_SECONDS)
