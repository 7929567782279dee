"""Many halls on two processes with Redis: they share the halls out, and one takes over what the other leaves."""

from pathlib import Path

import pytest

from tests.halls.many import Many, write_hall
from tests.redis_server import redis_served

pytestmark = pytest.mark.redis

HALLS = ("east", "north", "west")


def writes(many: Many, hall: str) -> bool:
    """Whether this process has the hall and writes it, without asking for the hall itself."""
    with many.client(None) as front:
        return f'onewindow_writes{{hall="{hall}"}} 1.0' in front.get("/metrics").text


def number(many: Many, hall: str, bearer: dict[str, str]) -> str:
    with many.client(hall) as client:
        reply = client.post("/api/tickets", json={"matter": "SZ-01"}, headers=bearer)
    assert reply.is_success, reply.text
    found: str = reply.json()["ticket"]["number"]
    return found


def test_the_halls_of_a_dead_process_are_taken_over(tmp_path: Path) -> None:
    for hall in HALLS:
        write_hall(tmp_path / "halls", hall)
    with redis_served(tmp_path / "redis") as redis:
        options = ("--redis", redis.url, "--idle-minutes", "60")
        first, second = (Many(tmp_path / name, tmp_path / "halls", *options) for name in ("one", "two"))
        for many in (first, second):
            many.redis = redis.url
        try:
            first.server.start()
            second.server.start()
            bearers = {hall: first.bearer(hall, "guide") for hall in HALLS}
            given = {hall: number(first, hall, bearers[hall]) for hall in ("east", "west")}
            given["north"] = number(second, "north", bearers["north"])
            assert [writes(first, hall) for hall in HALLS] == [True, False, True]
            assert [writes(second, hall) for hall in HALLS] == [False, True, False]
            refused = bearers["east"]
            with second.client("north") as client:
                assert client.get("/api/day", headers=refused).status_code == 401
            first.server.kill()
            second.until(lambda: all(writes(second, hall) for hall in HALLS), "it takes the other's halls")
            for hall in HALLS:
                assert number(second, hall, bearers[hall]) > given[hall], "numbers go on"
        finally:
            first.server.stop()
            second.server.stop()
