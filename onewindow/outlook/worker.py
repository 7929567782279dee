"""The worker (预测子进程): computes forecasts and comparisons, one request at a time, and may be killed.

Run as ``python -m onewindow.outlook.worker``; it alone loads Numba and NumPy. Requests come on standard input,
answers leave on what was standard output (`onewindow.outlook.protocol`). It makes way for the server (nice), compiles
its kernel before it says `Ready`, and ends at the end of its input.
"""

import contextlib
import os
import signal
import sys
import time
from typing import BinaryIO, Final

import msgspec

from onewindow.forecast.day_summary import DayFold
from onewindow.forecast.learning import model_of
from onewindow.forecast.moves import MoveRefused
from onewindow.outlook.protocol import (
    Answer,
    Compared,
    Failed,
    Fold,
    Folded,
    Forecast,
    Forecasted,
    Learn,
    Learned,
    Ready,
    Request,
    WhatIf,
    read_frame,
    write_frame,
)
from onewindow.queue.journal import JournalBroken
from onewindow.queue.upcast import decode

NICE: Final = 5
PLAIN_SHARE: Final = 8
"""Without a compiler so many times fewer paths are driven."""


class Worker:
    """Serves requests."""

    def __init__(self) -> None:
        from onewindow.outlook import compute
        from onewindow.outlook.compiled import COMPILED

        self._compute = compute
        self._folds: dict[str, DayFold] = {}
        """By hall: several may be learning at once."""
        self.engine = "kernel" if COMPILED else "python"

    def serve(self, request: Request) -> Answer:
        """The answer to one request."""
        begun, spent = time.perf_counter(), time.process_time()
        if isinstance(request, Fold):
            return self._folded(request)
        if isinstance(request, Learn):
            return Learned(model=model_of(request.hall, request.summaries))
        paths = request.paths if self.engine == "kernel" else max(5, request.paths // PLAIN_SHARE)
        if isinstance(request, Forecast):
            tickets, newcomers = self._compute.forecast(request.snapshot, request.shifts, paths, request.seed)
            return Forecasted(tickets=tickets, newcomers=newcomers, took_ms=_since(begun), cpu_ms=_spent(spent))
        return self._what_if(request, paths, begun, spent)

    def _what_if(self, request: WhatIf, paths: int, begun: float, spent: float) -> Answer:
        try:
            effects = self._compute.compare(request.snapshot, request.moves, paths, request.seed, request.horizon_ms)
        except MoveRefused as refused:
            return Failed(error=str(refused))
        return Compared(effects=effects, took_ms=_since(begun), cpu_ms=_spent(spent))

    def _folded(self, part: Fold) -> Folded:
        code = part.hall.settings.code
        fold = self._folds.get(code)
        if part.first or fold is None:
            fold = self._folds[code] = DayFold(part.hall, part.day)
        for body in part.bodies:
            for entry in decode(body, part.day).entries:
                for event in entry.events:
                    fold.feed(event)
        if not part.last:
            return Folded(summary=None)
        del self._folds[code]
        return Folded(summary=fold.done())

    def warm(self) -> None:
        """Compile what requests use, or load it from the disk."""
        from onewindow.outlook.warming import smallest

        snapshot = smallest()
        self.serve(Forecast(snapshot=snapshot, shifts={}, paths=2, seed=1))
        self.serve(WhatIf(snapshot=snapshot, moves=((),), paths=2, seed=1, horizon_ms=1000))


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000


def _spent(before: float) -> float:
    return (time.process_time() - before) * 1000


def run(requests: BinaryIO, answers: BinaryIO) -> int:
    """Serve until the end of the input."""
    decoder = msgspec.msgpack.Decoder(Request)
    encode = msgspec.msgpack.Encoder().encode
    worker = Worker()
    worker.warm()
    write_frame(answers, encode(Ready(engine=worker.engine)))
    while (body := read_frame(requests)) is not None:
        try:
            answer = worker.serve(decoder.decode(body))
        except (msgspec.MsgspecError, ArithmeticError, LookupError, ValueError, TypeError, JournalBroken) as error:
            answer = Failed(error=f"{type(error).__name__}: {error}")
        write_frame(answers, encode(answer))
    return 0


def main() -> int:
    """Take the protocol's descriptors for this process alone, then serve."""
    # Ctrl-C in the server's terminal reaches the whole group; the server ends its worker by the end of its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(NICE)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes where errors go
    with contextlib.suppress(ConnectionError), answers:
        return run(sys.stdin.buffer, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
