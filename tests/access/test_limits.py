"""Limits: token buckets, and who has one."""

import asyncio

from onewindow.access.limits import HOLDER
from onewindow.access.principal import Role
from onewindow.http import limits
from onewindow.http.limits import Limiter, Rate
from tests.access.test_tokens import Watch
from tests.api.test_bad_input import problem
from tests.hall_app import Api


def test_a_burst_then_a_steady_rate() -> None:
    watch = Watch()
    limiter = Limiter(Rate(burst=3, per_second=0.5), watch)
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 2]
    assert limiter.take("b") == 0
    watch.at += 1
    assert limiter.take("a") == 1
    watch.at += 1
    assert [limiter.take("a"), limiter.take("a")] == [0, 2]
    watch.at += 1000
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 2]
    limiter.give_back("a")
    assert limiter.take("a") == 0


def test_the_memory_of_askers_is_bounded() -> None:
    watch = Watch()
    limiter = Limiter(Rate(burst=1, per_second=0.001), watch)
    for number in range(limits.BUCKETS + 100):
        limiter.take(number)
    assert len(limiter._buckets) <= limits.BUCKETS
    assert limiter.take(limits.BUCKETS + 99) > 0


async def test_a_holder_is_limited_and_staff_and_others_are_not(api: Api) -> None:
    reply = await api.issue(matter="BIZ-001")
    path, token = f"/api/tickets/{reply['ticket']['id']}", reply["track"].removeprefix("/t/")
    # At once: one after the other, a slow machine gives the bucket time to fill again.
    answers = await asyncio.gather(*(api.get(path, token) for _ in range(int(HOLDER.burst) * 2)))
    assert sum(answer.status_code == 200 for answer in answers) >= HOLDER.burst
    refused = next(answer for answer in answers if answer.status_code != 200)
    problem(refused, 429, "too_many_requests")
    assert int(refused.headers["retry-after"]) >= 1
    assert (await api.get(path, Role.GUIDE)).status_code == 200
    other = api.opened.tracking.token("20261124-G002")
    assert (await api.get(path, other)).status_code == 403
