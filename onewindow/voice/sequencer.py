"""The sequencer (播报排序): what one loudspeaker says next. Pure: the time comes with each call.

One announcement at a time, in order, none lost, none said twice, none said minutes late. Items wait in
order; one at a time goes out to the device that holds the loudspeaker's lease; the next follows when the
device says that it ended, or after its duration and a margin. What a device can't play is tried at the next one;
if there is none, it expires, with the reason. Each item ends exactly once, as played, replaced or expired; every
method returns the outcomes that it brought about.

Times are seconds of any clock that does not run backwards; a step back counts as standing still.
"""

from typing import Final

import msgspec

from onewindow.voice.items import (
    CUT_OFF,
    END_UNHEARD,
    NO_WORD,
    TOO_LATE,
    TOO_LONG,
    WITHDRAWN,
    Item,
    Outcome,
    Result,
    Sending,
)
from onewindow.voice.lease import Lease

_REMEMBERED: Final = 4096  # ids of ended items, so that an offer repeated by a retry is known


class _Entry(msgspec.Struct, kw_only=True):
    """An item that has not ended. `sent_to` is the device it is or was last out at."""

    item: Item
    duration: float
    ready: bool
    sent_to: str | None = None
    sent_at: float = 0.0
    started_at: float | None = None
    allowed_at: float | None = None
    """When its device was told that it may begin, which it has neither done nor given up by its own word."""
    withdrawn: str = ""
    """Why it is not sent again; empty: it may be."""
    tried: set[str] = msgspec.field(default_factory=set)
    """The devices that could not play it."""
    trouble: str = ""
    """What the last of them said."""


class Sequencer:
    """The queue and the lease of one loudspeaker (播报队列).

    `margin_seconds`: how long after its duration an item's end is waited for. `lease_seconds`: a device
    silent for so long loses the lease to another.
    """

    def __init__(self, *, margin_seconds: float = 3.0, lease_seconds: float = 15.0) -> None:
        self._margin = margin_seconds
        self._lease = Lease(lease_seconds)
        self._now = 0.0
        self._waiting: list[_Entry] = []
        self._out: _Entry | None = None
        self._ended: dict[str, None] = {}

    @property
    def holder(self) -> str | None:
        """The device that holds the lease (持有者), whether or not it is connected at the moment."""
        return self._lease.holder

    @property
    def audible(self) -> bool:
        """Whether the holder is connected, alive and not muted; otherwise nothing is said (无声)."""
        return self._lease.audible(self._now)

    @property
    def blocked(self) -> bool:
        """Whether the holder is connected and alive, but its sound is blocked (无声)."""
        return self._lease.muted(self._now)

    @property
    def pending(self) -> bool:
        """Whether an item waits, or is out and its end was not heard of yet."""
        return bool(self._waiting) or self._out is not None

    def backlog_seconds(self, now: float) -> float:
        """How much is still to be said (积压): the rest of the current item and all that wait."""
        now = max(now, self._now)
        backlog = sum(entry.duration for entry in self._waiting)
        if self._out:
            begun = self._out.started_at
            backlog += self._out.duration if begun is None else max(0.0, begun + self._out.duration - now)
        return backlog

    # -- items ------------------------------------------------------------------------------------------

    def knows(self, item_id: str) -> bool:
        """Whether an item of this id waits, is out, or has ended."""
        return item_id in self._ended or any(entry.item.id == item_id for entry in self._entries())

    def offer(self, item: Item, now: float, duration: float) -> tuple[Outcome, ...]:
        """Queue an item; `duration` is an estimate until `ready`. A known id changes nothing.

        It takes the place of a waiting item of the same ticket, which ends replaced; one that is already
        out is left to finish, and this one waits its turn.
        """
        outcomes = self._settle(now)
        if self.knows(item.id):
            return tuple(outcomes)
        entry = _Entry(item=item, duration=duration, ready=False)
        for place, other in enumerate(self._waiting):
            if item.ticket is not None and other.item.ticket == item.ticket:
                self._waiting[place] = entry
                outcomes.append(self._end(other, "replaced", f"by {item.id}", anew=True))
                break
        else:
            self._waiting.append(entry)
        return tuple(outcomes + self._settle(now))

    def refuse(self, item: Item, now: float, reason: str) -> tuple[Outcome, ...]:
        """An item that is not to be said at all ends expired at once; a waiting one of its ticket ends replaced."""
        outcomes = self._settle(now)
        if self.knows(item.id):
            return tuple(outcomes)
        if item.ticket is not None:
            outcomes += self.cancel(item.ticket, now)
        outcomes.append(self._end(_Entry(item=item, duration=0.0, ready=False), "expired", reason))
        return tuple(outcomes)

    def ready(self, item_id: str, duration: float) -> None:
        """The item can be played, and lasts so long. Nothing overtakes one that is not ready yet."""
        for entry in self._waiting:
            if entry.item.id == item_id:
                entry.ready = True
                entry.duration = duration

    def cancel(self, ticket: str, now: float) -> tuple[Outcome, ...]:
        """The ticket needs no more calling (served, undone): its waiting items end replaced.

        One that is already out cannot be taken back; it is not sent again, though.
        """
        outcomes = self._settle(now)
        if self._out and self._out.item.ticket == ticket:
            self._out.withdrawn = "no longer called"
        for entry in [entry for entry in self._waiting if entry.item.ticket == ticket]:
            self._waiting.remove(entry)
            outcomes.append(self._end(entry, "replaced", "no longer called"))
        return tuple(outcomes)

    def withdraw(self, now: float) -> tuple[Outcome, ...]:
        """Nobody is to be called now (服务暂停): all that waits ends replaced; it may be offered anew, by another id.

        What is out at a connected device, or may have begun, cannot be taken back; it is not sent again, though.
        """
        outcomes = self._settle(now)
        if self._out:
            self._out.withdrawn = WITHDRAWN
            silent = self._out.started_at is None and self._out.allowed_at is None
            if silent and not self._lease.connected(self._out.sent_to or ""):
                outcomes += self._put_back()
        waiting, self._waiting = self._waiting, []
        outcomes += [self._end(entry, "replaced", WITHDRAWN) for entry in waiting]
        return tuple(outcomes)

    def next(self, now: float) -> Sending | None:
        """Take the next item out for the lease's holder, or None: one is out, none is ready, nobody hears."""
        self._now = max(now, self._now)
        if self._out or not self._waiting or not self.audible:
            return None
        entry = self._waiting[0]
        if not entry.ready or entry.item.expires_at <= self._now:
            return None
        self._out = self._waiting.pop(0)
        entry.sent_to = self.holder
        return self._send(entry)

    def again(self, device: str, now: float) -> Sending | None:
        """The item to send once more to a device that came back: out at it, not acknowledged, not expired."""
        self._now = max(now, self._now)
        entry = self._out
        if entry is None or entry.sent_to != device or entry.started_at is not None or entry.withdrawn:
            return None
        if entry.allowed_at is not None:
            return None  # It may have sounded: whoever was only cut off asks again by itself.
        if entry.item.expires_at <= self._now or not self._lease.connected(device):
            return None
        return self._send(entry)

    def may_begin(self, item_id: str, device: str, now: float) -> tuple[bool, tuple[Outcome, ...]]:
        """Whether the device may make the item's first sound now, and what came of asking.

        A device can't tell how old an item is: the network may have kept it, or the machine slept. One that is too
        old now expires, and what is not to be said any more, or is called anew, ends replaced.
        """
        self._hear(device, now)
        outcomes: list[Outcome] = []
        entry = self._out
        if entry is None or not self._is_out(item_id, device) or entry.started_at is not None:
            return False, tuple(self._settle(now))
        entry.allowed_at = None  # Who asks has not begun.
        if entry.withdrawn or self._called_anew(entry):
            outcomes += self._put_back()
        elif entry.item.expires_at <= self._now:
            outcomes.append(self._end_out("expired", TOO_LATE))
        else:
            entry.allowed_at = self._now
        return not outcomes, tuple(outcomes + self._settle(now))

    # -- what the device says ---------------------------------------------------------------------------

    # Each acknowledgement counts before the passing of time does: a late one is still the truth.

    def started(self, item_id: str, device: str, now: float) -> tuple[Outcome, ...]:
        """The device has begun to play the item. From now on it is never sent again."""
        self._hear(device, now)
        outcomes = self._acknowledged(item_id)
        return tuple(outcomes + self._settle(now))

    def ended(self, item_id: str, device: str, now: float) -> tuple[Outcome, ...]:
        """The device has played the item to its end; the next may follow."""
        self._hear(device, now)
        is_out = self._is_out(item_id, device)
        outcomes = [self._end_out("played")] if is_out else self._acknowledged(item_id)
        return tuple(outcomes + self._settle(now))

    def failed(self, item_id: str, device: str, now: float, reason: str = "") -> tuple[Outcome, ...]:
        """The device could not play the item, or only its chime: another one is to try, or the clerk is to know."""
        self._hear(device, now)
        outcomes: list[Outcome] = []
        if self._is_out(item_id, device):
            outcomes += self._try_elsewhere(device, reason or "the player could not play it")
        return tuple(outcomes + self._settle(now))

    def muted(self, item_id: str, device: str, now: float) -> tuple[Outcome, ...]:
        """The device has no sound and did not play the item: it waits again, at the front."""
        self._hear(device, now, muted=True)
        outcomes: list[Outcome] = []
        if self._out and self._is_out(item_id, device):
            if self._out.started_at is not None:
                outcomes.append(self._end_out("expired", CUT_OFF))
            else:
                outcomes += self._put_back()
        return tuple(outcomes + self._settle(now))

    # -- the lease --------------------------------------------------------------------------------------

    def join(self, device: str, now: float, muted: bool = False) -> tuple[Outcome, ...]:
        """A device has connected (again). It gets the lease if nobody holds it."""
        outcomes = self._settle(now)
        self._lease.join(device, self._now, muted)
        return tuple(outcomes + self._settle(now))

    def beat(self, device: str, now: float, muted: bool = False) -> tuple[Outcome, ...]:
        """A connected device's sign of life, and whether it is without sound."""
        self._hear(device, now, muted)
        return tuple(self._settle(now))

    def leave(self, device: str, now: float) -> tuple[Outcome, ...]:
        """A device's connection has gone. It keeps the lease until that runs out: it may be back at once."""
        self._lease.leave(device)
        return tuple(self._settle(now))

    def tick(self, now: float) -> tuple[Outcome, ...]:
        """Let time pass: leases run out, waits end, items expire. Call at least once a second."""
        return tuple(self._settle(now))

    # -- inside -----------------------------------------------------------------------------------------

    def _entries(self) -> list[_Entry]:
        return [self._out, *self._waiting] if self._out else list(self._waiting)

    def _send(self, entry: _Entry) -> Sending:
        assert entry.sent_to is not None
        entry.sent_at = self._now
        return Sending(
            item=entry.item,
            device=entry.sent_to,
            duration=entry.duration,
            expires_in=entry.item.expires_at - self._now,
        )

    def _hear(self, device: str, now: float, muted: bool | None = None) -> None:
        self._now = max(now, self._now)
        self._lease.heard(device, self._now, muted)

    def _settle(self, now: float) -> list[Outcome]:
        """Bring everything up to `now`; the outcomes of what ended by the mere passing of time."""
        self._now = max(now, self._now)
        outcomes: list[Outcome] = []
        lost = self._lease.end(self._now)
        # What a lost device never began to play goes back to the front, for another device.
        if self._out and self._out.started_at is None and self._out.sent_to in lost:
            gone = self._out.allowed_at is not None
            outcomes += [self._end_out("expired", NO_WORD)] if gone else self._put_back()
        self._lease.grant(self._now, busy=self._out is not None)
        if self._out:
            outcomes += self._settle_out(self._out)
        for entry in [entry for entry in self._waiting if entry.item.expires_at <= self._now]:
            self._waiting.remove(entry)
            why = TOO_LONG if self.audible else "no loudspeaker could be heard"
            outcomes.append(self._end(entry, "expired", entry.trouble or why))
        return outcomes

    def _settle_out(self, entry: _Entry) -> list[Outcome]:
        """End the item that is out when its time is up."""
        if entry.started_at is not None:
            if self._now >= entry.started_at + entry.duration + self._margin:
                return [self._end_out("played", END_UNHEARD)]
            return []
        if entry.allowed_at is not None:
            # Killed between its first sound and its word of it, or before it: said twice is worse than not known.
            overdue = self._now >= entry.allowed_at + entry.duration + self._margin
            return [self._end_out("expired", NO_WORD)] if overdue else []
        # A silent device may come back and play it, so its item waits for the end of the lease instead.
        answers = self._lease.heard_since(entry.sent_to or "", entry.sent_at)
        if answers and self._now >= entry.sent_at + entry.duration + self._margin:
            return self._try_elsewhere(entry.sent_to or "", "the player did not answer")
        return []

    def _try_elsewhere(self, device: str, why: str) -> list[Outcome]:
        """The item that is out can't be played there: it goes to another device, if one could be heard, or expires.

        What had begun is not said from its beginning again, by nobody.
        """
        entry = self._out
        assert entry is not None
        entry.trouble = why
        entry.tried.add(device)
        if entry.started_at is None and self._lease.pass_on(self._now, entry.tried):
            return self._put_back()
        return [self._end_out("expired", why)]

    def _put_back(self) -> list[Outcome]:
        """The item that is out was not played: it waits again at the front, unless nobody needs it now."""
        entry, self._out = self._out, None
        assert entry is not None
        entry.allowed_at = None
        newer = self._called_anew(entry)
        if entry.withdrawn or newer:
            return [self._end(entry, "replaced", entry.withdrawn or "called anew", anew=newer)]
        self._waiting.insert(0, entry)
        return []

    def _called_anew(self, entry: _Entry) -> bool:
        ticket = entry.item.ticket
        return ticket is not None and any(other.item.ticket == ticket for other in self._waiting)

    def _is_out(self, item_id: str, device: str) -> bool:
        return self._out is not None and self._out.item.id == item_id and self._out.sent_to == device

    def _acknowledged(self, item_id: str) -> list[Outcome]:
        """Some device has said at least the beginning of the item, so that it must not be sent again.

        It may be a device that was given up in the meantime: then the item may wait again, or be out
        elsewhere.
        """
        if self._out and self._out.item.id == item_id:
            if self._out.started_at is None:
                self._out.started_at = self._now
            return []
        for entry in self._waiting:
            if entry.item.id == item_id and entry.sent_to is not None:
                self._waiting.remove(entry)
                return [self._end(entry, "played", "acknowledged late")]
        return []

    def _end_out(self, result: Result, reason: str = "") -> Outcome:
        entry, self._out = self._out, None
        assert entry is not None
        return self._end(entry, result, reason)

    def _end(self, entry: _Entry, result: Result, reason: str, *, anew: bool = False) -> Outcome:
        self._ended[entry.item.id] = None
        while len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]
        ticket = entry.item.ticket
        return Outcome(id=entry.item.id, ticket=ticket, result=result, at=self._now, reason=reason, anew=anew)
