"""Hall and followers as processes of their own (被测与观众), and how to give them orders."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil

from bench.wire.stage import Came, Cost, Follow, Order, Ready
from loadtest.server import ROOT, clean_environment


class Talk:
    """A process that takes orders, one JSON line each, and answers with one."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def tell(self, order: Any) -> None:
        """Give an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """Its next line. Raises RuntimeError when it has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process of the bench ended with {self._process.wait()}")
        return msgspec.json.decode(line)

    def end(self) -> None:
        """Close its input, and wait until it is gone."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class Pair:
    """Both, at work."""

    def __init__(self, hall: Talk, followers: Talk, ready: Ready) -> None:
        self.ready = ready
        self._hall = hall
        self._followers = followers
        self._answers: dict[str, Any] = {}

    def hall(self, do: str, count: int = 0) -> Any:
        """Order something; what the hall answers."""
        self.later(do, count)
        return self.answer(do)

    def cost(self, do: str) -> Cost:
        """Of one call, or of the floor's like."""
        return msgspec.convert(self.hall(do), Cost)

    def later(self, do: str, count: int = 0) -> None:
        """Order something whose answer is taken later."""
        self._hall.tell(Order(do=do, count=count))

    def answer(self, do: str) -> Any:
        """The answer to an order; those to others are kept."""
        while do not in self._answers:
            done, answer = self._hall.hear()
            self._answers[done] = answer
        return self._answers.pop(do)

    def part(self) -> bool:
        """Give the hall's loop a core of its own, and the other to all that would run on machines of their own.

        So the helpers' processes go to the screens' core: which of the two the system chose for whom decided more of
        the times than what is measured. To be said anew now and then: the voice's process starts when it is wanted.
        False: it can't be done here, and the followers take only what time is left.
        """
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
        if len(cores) < 2:
            self.followers(Follow(do="yield"))
            return False
        hall = psutil.Process(self._hall.pid)
        os.sched_setaffinity(self._followers.pid, cores[1:])
        for helper in hall.children(recursive=True):
            for thread in helper.threads():
                os.sched_setaffinity(thread.id, cores[1:])
                # Only when no screen wants the core: a frame must not be noted late because a voice is made beside.
                os.sched_setscheduler(thread.id, os.SCHED_IDLE, os.sched_param(0))
        os.sched_setaffinity(hall.pid, cores[:1])  # Its loop's thread: the first.
        return True

    def followers(self, order: Follow) -> Any:
        """What the followers answer."""
        self._followers.tell(order)
        return self._followers.hear()

    def listening(self, order: Follow) -> None:
        """Order what is awaited; returns when they listen."""
        assert self.followers(order) == "listening"

    def came(self) -> list[list[float]]:
        """When what was awaited came."""
        return msgspec.convert(self._followers.hear(), Came).groups


@contextmanager
def pair(data: Path) -> Iterator[Pair]:
    """A hall with fresh data, and followers, until the block ends."""
    hall, followers = Talk("bench.wire.hall", "--data", str(data)), Talk("bench.wire.followers")
    try:
        yield Pair(hall, followers, msgspec.convert(hall.hear(), Ready))
    finally:
        followers.end()
        hall.end()


@contextmanager
def hall_alone(data: Path) -> Iterator[Pair]:
    """A hall with fresh data, for watchers of another kind."""
    hall = Talk("bench.wire.hall", "--data", str(data))
    try:
        yield Pair(hall, hall, msgspec.convert(hall.hear(), Ready))
    finally:
        hall.end()
