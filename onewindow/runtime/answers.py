"""What a submitted command comes back with: a reply, a refusal, or one of these errors.

RuntimeFault
├── JournalUnavailable   the journal didn't take the commit            (HTTP 503, Retry-After)
├── CommandCrashed       a defect in deciding this one command         (HTTP 500)
├── Overtaken            another process writes the hall; ask it       (never leaves the runtime)
└── WriterStopped        the server is going down                      (HTTP 503)
"""

from typing import Final

import msgspec

from onewindow.queue.refusals import Fault, Refusal


class Reply(msgspec.Struct, frozen=True):
    """The durable answer to a command."""

    status: int
    """The HTTP status that the reply builder chose."""
    body: bytes
    """JSON."""
    replayed: bool = False
    """The command was done before under the same key; this is its first reply."""


Answer = Reply | Refusal
"""A reply, or the reason why the command can't be obeyed."""


KEY_REUSED: Final = Refusal(
    code="key_reused",
    fault=Fault.INVALID,
    zh="这个 Idempotency-Key 已用于另一个请求。每个新请求请换一个新的键。",
    en="This Idempotency-Key was used for another request. Use a new key for each new request.",
)


class RuntimeFault(Exception):
    """The base of the errors that `HallWriter.submit` raises. The message is for people, Chinese first."""


class JournalUnavailable(RuntimeFault):
    """The journal didn't take the commit, or can't be read; the state never shows what it doesn't hold."""

    def __init__(self, cause: str, *, done: bool | None = False) -> None:
        """Take the cause as the system named it.

        `done`: False when surely nothing was done; None when that can't be known before the journal is readable.
        """
        self.done = done
        self.cause = cause
        zh, en = (
            ("什么都没有登记", "Nothing was recorded")
            if done is False
            else ("暂时无法确认是否已登记", "Whether it was recorded isn't known yet")
        )
        super().__init__(
            f"日志写不进去（{cause}），{zh}。请用同一个 Idempotency-Key 再试；若一直如此，请检查磁盘空间；"
            "日志在 Redis 时，还有 Redis 和它的副本。\n"
            f"The journal failed ({cause}). {en}. Try again with the same Idempotency-Key; "
            "if it goes on, check the disk; where the journal lies in Redis, Redis and its replicas, too."
        )


class CommandCrashed(RuntimeFault):
    """Deciding this command failed by a defect of the program. Nothing of it was recorded; the others went on."""

    def __init__(self, command: str) -> None:
        """Take the command's tag."""
        self.command = command
        super().__init__(
            f"程序处理“{command}”时出错，什么都没有登记。请把服务器日志交给维护人员。\n"
            f"The program failed on {command}; nothing was recorded. Give the server's log to its maintainers."
        )


class Overtaken(RuntimeFault):
    """Another process writes this hall now; surely nothing was done here."""

    def __init__(self) -> None:
        super().__init__("另一台服务器正在写这个大厅。\nAnother process writes this hall now.")


class WriterStopped(RuntimeFault):
    """The server is going down and takes no more commands."""

    def __init__(self) -> None:
        super().__init__("服务器正在停止，请稍后再试。\nThe server is going down. Try again in a moment.")
