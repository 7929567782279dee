"""What the wire bench measures (测量)."""

import http.client
import json
import os
import statistics
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from bench.lab import resident_kib
from bench.wire.pair import Pair, pair
from bench.wire.stage import CALL, Follow

GAP: Final = 0.45
"""Seconds between two calls: what depends on a queue follows a quarter of a second after each."""
WARM: Final = 20
"""Calls before the first that counts: a hall's process has called before."""
MARK: Final = CALL.decode()
SCREENS: Final = 1000
PHONES: Final = 9000
TICKETS: Final = 2000
BATCH: Final = 200
"""Issues of which a p99 is taken."""
BATCHES: Final = 21
"""Their medians count: on two cores that others use, too, a single one says little."""
PAIRS: Final = 11
"""Batches of calls without and with a client that stalls, in turn."""


class FanOut(msgspec.Struct, kw_only=True):
    """One number of screens: a figure for each round. Seconds, and processor seconds of the hall's process."""

    screens: int
    parted: bool = True
    """Whether the hall's loop had a core of its own."""
    floor: list[float] = msgspec.field(default_factory=list)
    floor_cpu: list[float] = msgspec.field(default_factory=list)
    straight: list[float] = msgspec.field(default_factory=list)
    """The floor without the loop's transports: written straight to the sockets."""
    straight_cpu: list[float] = msgspec.field(default_factory=list)
    call: list[float] = msgspec.field(default_factory=list)
    call_cpu: list[float] = msgspec.field(default_factory=list)
    whole_cpu: list[float] = msgspec.field(default_factory=list)
    size: int = 0
    kib: float = 0.0
    """Memory of the hall's process for each connection."""

    @property
    def times(self) -> float:
        """Call to floor: the median of the rounds' ratios. A virtual machine's pace changes between them."""
        return _ratio(self.call, self.floor)

    @property
    def cpu_times(self) -> float:
        """The same of the processor's time."""
        return _ratio(self.call_cpu, self.floor_cpu)

    @property
    def whole_times(self) -> float:
        """The same of all that follows from the call."""
        return _ratio(self.whole_cpu, self.floor_cpu)


class Crowd(msgspec.Struct, kw_only=True):
    """Ten thousand sockets."""

    connect_seconds: float = 0.0
    kib: float = 0.0
    gone: int = 0
    """Connections that the server hung up meanwhile."""
    idle: list[list[float]] = msgspec.field(default_factory=list)
    resting: list[list[float]] = msgspec.field(default_factory=list)
    calm: list[list[float]] = msgspec.field(default_factory=list)
    busy: list[list[float]] = msgspec.field(default_factory=list)
    """Seconds of each issue, by batch: before and after anybody followed, with all of them, and while windows
    call besides, once a second and five times."""
    cpu_share: float = 0.0
    """Of one core, while windows call five times a second and numbers are issued without a pause."""
    resting_share: float = 0.0
    """Of one core with all connected and nothing called."""
    shown: list[tuple[float, float, float]] = msgspec.field(default_factory=list)
    """Seconds from the commit of a suspension, or of its end, until the last screen, the first and the last phone
    had it."""


class Stalled(msgspec.Struct, kw_only=True):
    """One client that stops reading among so many."""

    screens: int = 0
    alone: list[list[float]] = msgspec.field(default_factory=list)
    beside: list[list[float]] = msgspec.field(default_factory=list)
    """Each arrival at each other screen, seconds, by batch: without the stalled one, and with it."""
    grown: list[int] = msgspec.field(default_factory=list)
    """KiB by which the process grew more in each batch with it than in the one without after it …"""
    control: list[int] = msgspec.field(default_factory=list)
    """… in which it grew by so many, with as many suspensions and calls."""
    dropped: float | None = None
    """Seconds from the first byte that the system refused until the stalled one was cut off."""


class Squeezed(msgspec.Struct, kw_only=True):
    """What compression (permessage-deflate) would cost."""

    size: int
    small: int
    micros: float
    kib: float


def _ratio(ones: list[float], others: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def fan_out(place: Callable[[], Path], counts: tuple[int, ...], rounds: int) -> list[FanOut]:
    """Each number of screens on one hall."""
    found = []
    with pair(place()) as both:
        for _ in range(WARM):
            both.hall("press")
            both.followers(Follow(do="drain", count=int(GAP * 1000)))  # Each is said meanwhile.
        for count in counts:
            one = FanOut(screens=count)
            before = both.hall("memory")
            screens = ("/ws/hall",)
            connect = Follow(do="connect", group="s", port=both.ready.port, paths=screens, token=both.ready.screen)
            both.followers(msgspec.structs.replace(connect, count=count))
            one.kib = (both.hall("memory") - before) / count
            both.followers(Follow(do="connect", group="r", port=both.ready.raw, count=count))
            for _ in range(rounds):
                _round(both, one)
            found.append(one)
            for group in ("s", "r"):
                both.followers(Follow(do="hang up", group=group))
            time.sleep(1.0)
    return found


def _round(both: Pair, one: FanOut) -> None:
    one.parted = both.part()
    for do, group, times, cpu in (
        ("call", "s", one.call, one.call_cpu),
        ("floor", "r", one.floor, one.floor_cpu),
        ("straight", "r", one.straight, one.straight_cpu),
    ):
        both.listening(Follow(do="expect", group=group, mark=MARK))
        cost = both.cost(do)
        times.append(both.came()[0][-1] - cost.at)
        cpu.append(cost.cpu)
        if do == "call":
            one.whole_cpu.append(cost.whole)
        one.size = cost.size
        both.followers(Follow(do="drain", count=int(GAP * 500)))


def crowd(place: Callable[[], Path]) -> Crowd:
    """Ten thousand sockets in one process."""
    found = Crowd()
    with pair(place()) as both:
        both.followers(Follow(do="yield"))  # Screens are machines of their own, and wouldn't take the hall's cores.
        tokens = both.hall("issue", TICKETS)
        client = http.client.HTTPConnection("127.0.0.1", both.ready.port)
        _issue(client, both.ready.guide, 100)
        found.idle = [_issue(client, both.ready.guide, BATCH) for _ in range(BATCHES)]
        before, begun = both.hall("memory"), time.perf_counter()
        connect = Follow(do="connect", port=both.ready.port, token=both.ready.screen, count=SCREENS, group="a")
        both.followers(msgspec.structs.replace(connect, paths=("/ws/hall",)))
        paths = tuple(f"/ws/tickets/{token}" for token in tokens)
        both.followers(msgspec.structs.replace(connect, paths=paths, token="", count=PHONES, group="b"))
        found.connect_seconds = time.perf_counter() - begun
        found.kib = (both.hall("memory") - before) / (SCREENS + PHONES)
        found.resting_share = _share(both, lambda: both.followers(Follow(do="drain", count=6000)) and None)
        found.resting = _while_read(both, client, None)
        found.calm = _while_read(both, client, 1.0)

        def busy() -> None:
            found.busy = _while_read(both, client, 0.2)

        found.cpu_share = _share(both, busy)
        for do, mark in (("suspend", '"service":{"kind"'), ("resume", '"del":["service"')):
            both.listening(Follow(do="both", mark=mark))
            at = both.cost(do).at
            screens, phones = both.came()
            found.shown.append((screens[-1] - at, phones[0] - at, phones[-1] - at))
            both.followers(Follow(do="drain", count=1500))
        found.gone = both.followers(Follow(do="drain", count=500))
        for group in ("a", "b"):
            both.followers(Follow(do="hang up", group=group))
        time.sleep(2.0)
        client.close()
        found.idle += [_issue(client, both.ready.guide, BATCH) for _ in range(BATCHES)]
        client.close()
    return found


def _share(both: Pair, work: Callable[[], None]) -> float:
    cpu, begun = both.hall("cpu"), time.perf_counter()
    work()
    return float(both.hall("cpu") - cpu) / (time.perf_counter() - begun)


def _while_read(both: Pair, client: http.client.HTTPConnection, gap: float | None) -> list[list[float]]:
    """Issue while everybody reads, and a window calls every so many seconds; None: nobody calls."""
    client.close()  # The server has by now, if it took long to connect them all.
    _issue(client, both.ready.guide, 5)
    over = threading.Event()
    others = [threading.Thread(target=_read_on, args=(both, over))]
    if gap is not None:
        others.append(threading.Thread(target=_call_on, args=(both, over, gap)))
    for other in others:
        other.start()
    try:
        return [_issue(client, both.ready.guide, BATCH) for _ in range(BATCHES)]
    finally:
        over.set()
        for other in others:
            other.join()


def _read_on(both: Pair, over: threading.Event) -> None:
    while not over.is_set():
        both.followers(Follow(do="drain", count=300))


def _call_on(both: Pair, over: threading.Event, gap: float) -> None:
    while not over.is_set():
        both.hall("press")
        over.wait(gap)


def _issue(client: http.client.HTTPConnection, token: str, count: int) -> list[float]:
    """So many numbers, one after the other; the seconds of each."""
    body = json.dumps({"matter": "BIZ-001", "applicant": "standard", "channel": "guide"})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        client.request("POST", "/api/tickets", body, headers)
        answer = client.getresponse()
        answer.read()
        times.append(time.perf_counter() - begun)
        if answer.status != 201:
            raise RuntimeError(f"an issue was answered with {answer.status}")
    return times


def stalled(place: Callable[[], Path], screens: int, calls: int) -> Stalled:
    """One client that stops reading, again and again: batches of calls without it and with it, in turn."""
    found = Stalled(screens=screens)
    with pair(place()) as both:
        connect = Follow(do="connect", group="s", port=both.ready.port, token=both.ready.screen, count=screens)
        connect = msgspec.structs.replace(connect, paths=("/ws/hall",))
        both.followers(connect)
        for _ in range(calls):
            _arrivals(both)
        for n in range(PAIRS):
            if n == PAIRS - 1:
                both.later("stuck", 60)
            begun, fills = both.hall("memory"), 0
            both.followers(msgspec.structs.replace(connect, do="stall"))
            while not both.hall("slow"):
                _fill(both)  # What the system holds for it; then it stands in the way.
                fills += 1
            found.beside.append(_batch(both, calls))
            grown = both.hall("memory") - begun
            if not both.hall("slow"):
                raise RuntimeError("the client that stalls was cut off before the calls were made")
            if n < PAIRS - 1:
                both.followers(Follow(do="let go"))
            while both.hall("slow"):
                _arrivals(both)
            # The control: as many suspensions and calls, whose own traces (journal, speech, figures) stay, too.
            begun = both.hall("memory")
            for _ in range(fills):
                _fill(both)
            found.alone.append(_batch(both, calls))
            found.control.append(both.hall("memory") - begun)
            found.grown.append(grown - found.control[-1])
        answer = both.answer("stuck")
        found.dropped = answer[0] if answer else None
    return found


def _batch(both: Pair, calls: int) -> list[float]:
    both.part()
    return [seconds for _ in range(calls) for seconds in _arrivals(both)]


def _fill(both: Pair) -> None:
    """Two frames that show every window anew."""
    for do in ("suspend", "resume"):
        both.hall(do)
        both.followers(Follow(do="drain", count=40))


def _arrivals(both: Pair) -> list[float]:
    """One call; the seconds until each screen had it."""
    both.listening(Follow(do="expect", group="s", mark=MARK))
    at = both.cost("call").at
    times = [came - at for came in both.came()[0]]
    both.followers(Follow(do="drain", group="s", count=40))
    return times


def squeezed(place: Callable[[], Path], clients: int = 500) -> Squeezed:
    """What a call's frame would cost if it were compressed for each client, as the protocol's extension does."""
    with pair(place()) as both:
        frames = []
        for _ in range(12):
            both.cost("call")
            frames.append(both.hall("frame").encode())
    before = _resident()
    packers = [zlib.compressobj(wbits=-12, memLevel=5) for _ in range(clients)]
    for packer in packers:
        packer.compress(frames[0])
        packer.flush(zlib.Z_SYNC_FLUSH)
    kib = (_resident() - before) / clients
    times, small = [], []
    for frame in frames[1:]:
        begun = time.perf_counter()
        packed = [packer.compress(frame) + packer.flush(zlib.Z_SYNC_FLUSH) for packer in packers]
        times.append((time.perf_counter() - begun) / clients)
        small.append(len(packed[0]) - 4)  # The extension leaves the last four bytes out.
    size = round(statistics.median(len(frame) for frame in frames))
    return Squeezed(size=size, small=round(statistics.median(small)), micros=statistics.median(times) * 1e6, kib=kib)


def _resident() -> int:
    return resident_kib(os.getpid())
