"""A batch (一批): the commands that become one commit, and who waits for their answers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from onewindow.queue.commands import AnyCommand
from onewindow.queue.journal import VERSION, Commit, Entry
from onewindow.runtime.answers import KEY_REUSED, Answer, Reply
from onewindow.runtime.live_day import LiveDay, Promised, Scope

Begin = Callable[[LiveDay], tuple[LiveDay, AnyCommand | None]]
"""Makes the day that follows the live one, at the moment when nothing else can happen to that any more: the day, and
the `OpenDay` that is to be decided on it, or None for a day that was begun before and is gone on with."""


@dataclass(eq=False)
class Asked:
    """One submitted command, and the future of its answer."""

    command: AnyCommand | None
    """None when `begin` says what is to be done."""
    scope: Scope
    digest: str
    answer: "asyncio.Future[Answer]"
    begin: Begin | None = None

    def tell(self, answer: Answer) -> None:
        """Answer, unless the submitter has gone."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Raise `error` at the submitter, unless it has gone."""
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass
class Batch:
    """What one turn of the writer has decided."""

    live: LiveDay
    """The day that the entries belong to."""
    entries: list[Entry] = field(default_factory=list)
    promises: dict[Scope, Promised] = field(default_factory=dict)
    answers: list[tuple[Asked, Answer]] = field(default_factory=list)
    """Given once the entries are durable: nobody may learn before what the disk doesn't hold."""
    spoilt: bool = False
    """A command failed half-way: the state isn't what the entries say, and is rebuilt before anybody sees it."""

    def answer(self, asked: Asked, answer: Answer) -> None:
        """Answer with the commit; at once when nothing in the state is ahead of the disk."""
        if self.entries:
            self.answers.append((asked, answer))
        else:
            asked.tell(answer)

    def commit(self, hall: str) -> Commit:
        """The commit that holds this batch."""
        head = self.live.head
        return Commit(
            version=VERSION,
            hall=hall,
            day=self.live.day,
            n=head.n + 1,
            prev=head.hash,
            entries=tuple(self.entries),
        )


def again(promise: Promised, digest: str) -> Answer:
    """The answer to a repeated key: the first reply, or a refusal when it now comes with another command."""
    if promise.digest != digest:
        return KEY_REUSED
    return Reply(promise.status, promise.body, replayed=True)
