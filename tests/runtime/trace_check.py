"""Reads a trace of system calls and says which acks came before their commit was on the disk.

The trace is that of `strace -f -y -e trace=pwrite64,write,fdatasync,fsync`: `-y` names the file behind each number.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

CALL = re.compile(r"^(?P<pid>\d+)\s+(?P<name>\w+)\((?P<fd>\d+)<(?P<file>[^>]*)>(?P<rest>.*)$")
RESUMED = re.compile(r"^(?P<pid>\d+)\s+<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)$")
WRITTEN = re.compile(r", (?P<length>\d+), (?P<offset>\d+)\)\s+= (?P<done>\d+)$")
ACK = re.compile(r'"ack (?P<number>\w+)\\n"')


@dataclass
class Trace:
    """What the trace shows of one log file."""

    acks: list[str] = field(default_factory=list)
    """Numbers that were acknowledged, in order."""
    early: list[str] = field(default_factory=list)
    """Acks at whose moment the log held bytes that no completed sync covered."""
    syncs: int = 0
    """Completed syncs of the log."""
    synced_size: int = 0
    """Size of the log as the last completed sync left it; what came after may be lost with the power."""


class _Reader:
    def __init__(self) -> None:
        self.trace = Trace()
        self.size = 0
        self.unsynced = False
        self.pending: dict[str, tuple[str, str, int]] = {}
        """By thread: a call that was begun (name, text so far, size of the log as it began)."""
        self.writes_since: dict[str, bool] = {}
        """By thread with a sync under way: whether the log was written meanwhile, which that sync needn't cover."""

    def line(self, line: str, wal: str) -> None:
        if (call := CALL.match(line)) is not None:
            self._begin(call["pid"], call["name"], call["file"], call["rest"], wal)
        elif (resumed := RESUMED.match(line)) is not None and resumed["pid"] in self.pending:
            name, text, size = self.pending.pop(resumed["pid"])
            self._end(resumed["pid"], name, text + resumed["rest"], size)

    def _begin(self, pid: str, name: str, file: str, rest: str, wal: str) -> None:
        if name == "write":
            if (ack := ACK.search(rest)) is not None:
                self.trace.acks.append(ack["number"])
                if self.unsynced:
                    self.trace.early.append(ack["number"])
            return
        if not file.endswith(wal):
            return
        if name == "pwrite64":
            # Counted from the moment it begins: from then on the log may hold what no sync has covered.
            self.unsynced = True
            self.writes_since = dict.fromkeys(self.writes_since, True)
        else:
            self.writes_since[pid] = False
        if rest.endswith("<unfinished ...>"):
            self.pending[pid] = (name, rest.removesuffix("<unfinished ...>").rstrip(), self.size)
        else:
            self._end(pid, name, rest, self.size)

    def _end(self, pid: str, name: str, text: str, size: int) -> None:
        if name == "pwrite64":
            if (written := WRITTEN.search(text)) is not None:
                self.size = max(self.size, int(written["offset"]) + int(written["done"]))
        elif text.rstrip().endswith("= 0"):
            meanwhile = self.writes_since.pop(pid, True)
            self.trace.syncs += 1
            self.trace.synced_size = max(self.trace.synced_size, size)
            self.unsynced = self.unsynced and meanwhile


def read_trace(path: Path, wal: str) -> Trace:
    """What the trace at `path` shows of the log whose name ends in `wal`."""
    reader = _Reader()
    for line in path.read_text(errors="replace").splitlines():
        reader.line(line, wal)
    return reader.trace
