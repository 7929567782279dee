"""The order of one loudspeaker, for every story: a rule-based machine."""

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onewindow.voice.items import CUT_OFF, NO_WORD, Item, Outcome, Sending
from onewindow.voice.sequencer import Sequencer

DURATION = 10.0
DEVICES = st.sampled_from(["tv", "spare", "old laptop"])
TICKETS = st.sampled_from(["T1", "T2", "T3", "T4", None])


class LoudspeakerMachine(RuleBasedStateMachine):
    """Calls, players that come, go, mute and stay silent, in any order, against a plain record of it all."""

    @initialize()
    def begin(self) -> None:
        self.s = Sequencer()
        self.now = 0.0
        self.count = 0
        self.items: dict[str, Item] = {}
        self.place: dict[str, int] = {}
        self.waiting: list[str] = []
        self.ready_ids: set[str] = set()
        self.ended: dict[str, Outcome] = {}
        self.begun: set[str] = set()
        self.allowed: set[str] = set()
        """What a player may have begun, though it gave no word of it."""
        self.refused: set[str] = set()
        self.out: Sending | None = None
        self.sendings: list[str] = []
        self.heard: dict[str, float] = {}
        self.connected: set[str] = set()
        self.muted: set[str] = set()

    def take(self, outcomes: tuple[Outcome, ...]) -> None:
        for outcome in outcomes:
            assert outcome.id not in self.ended, "an item ends once"
            assert outcome.id in self.items
            assert outcome.at <= self.now
            self.ended[outcome.id] = outcome
            if outcome.result == "expired":
                in_vain = outcome.reason in ("no sound", "the player did not answer", CUT_OFF, NO_WORD)
                assert outcome.reason != NO_WORD or outcome.id in self.allowed
                assert self.items[outcome.id].expires_at <= self.now or outcome.id in self.refused or in_vain
                assert outcome.id not in self.begun or outcome.reason in ("no sound", CUT_OFF)
            if self.out and self.out.item.id == outcome.id:
                self.out = None

    @rule(ticket=TICKETS, ready=st.booleans(), lasts=st.sampled_from([5.0, 60.0]))
    def offer(self, ticket: str | None, ready: bool, lasts: float) -> None:
        self.count += 1
        name = f"call {self.count}"
        new = Item(id=name, ticket=ticket, expires_at=self.now + lasts)
        self.items[name] = new
        outcomes = self.s.offer(new, self.now, DURATION)
        replaced = [one.id for one in outcomes if one.result == "replaced" and one.reason == f"by {name}"]
        assert len(replaced) <= 1
        self.place[name] = self.place[replaced[0]] if replaced else self.count
        self.take(outcomes)
        if ready:
            self.s.ready(name, DURATION)
            self.ready_ids.add(name)

    @rule()
    def render(self) -> None:
        for name in self.items.keys() - self.ended.keys():
            self.s.ready(name, DURATION)
            self.ready_ids.add(name)

    @rule()
    def offer_again(self) -> None:
        for known in list(self.items.values())[-3:]:
            assert [one for one in self.s.offer(known, self.now, 1.0) if one.id == known.id] == []

    @rule(ticket=TICKETS)
    def refuse(self, ticket: str | None) -> None:
        """Quiet hours: it ends at once, and what waits for its ticket is not said any more."""
        self.count += 1
        name = f"quiet {self.count}"
        self.items[name] = Item(id=name, ticket=ticket, expires_at=self.now + 60.0)
        self.place[name] = self.count
        self.refused.add(name)
        self.take(self.s.refuse(self.items[name], self.now, "quiet hours"))
        assert name in self.ended
        assert self.s.refuse(self.items[name], self.now, "quiet hours") == ()
        if ticket is not None:
            waits = [n for n, one in self.items.items() if one.ticket == ticket and n not in self.ended]
            assert all(self.is_out(n) for n in waits)

    @rule(ticket=TICKETS.filter(bool))
    def cancel(self, ticket: str) -> None:
        self.take(self.s.cancel(ticket, self.now))
        assert not any(
            one.ticket == ticket and name not in self.ended and not self.is_out(name)
            for name, one in self.items.items()
        )

    @rule()
    def withdraw(self) -> None:
        self.take(self.s.withdraw(self.now))
        assert all(name in self.ended or self.is_out(name) for name in self.items), "nothing waits any more"

    def is_out(self, name: str) -> bool:
        return self.out is not None and self.out.item.id == name

    @rule(seconds=st.sampled_from([0.1, 1.0, 4.0, 12.9, 14.9, 15.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.take(self.s.tick(self.now))

    @rule(device=DEVICES, muted=st.booleans())
    def join(self, device: str, muted: bool) -> None:
        self.take(self.s.join(device, self.now, muted))
        self.connected.add(device)
        self.hear(device, muted)
        again = self.s.again(device, self.now)
        if again:
            assert self.out is not None
            assert (again.item.id, again.device) == (self.out.item.id, self.out.device)
            self.check_sending(again)

    def hear(self, device: str, muted: bool | None = None) -> None:
        if device in self.connected:
            self.heard[device] = self.now
            if muted is not None:
                (self.muted.add if muted else self.muted.discard)(device)

    @rule(device=DEVICES, muted=st.booleans())
    def beat(self, device: str, muted: bool) -> None:
        self.take(self.s.beat(device, self.now, muted))
        self.hear(device, muted)

    @rule(device=DEVICES)
    def leave(self, device: str) -> None:
        self.take(self.s.leave(device, self.now))
        self.connected.discard(device)

    @rule()
    def send(self) -> None:
        self.take(self.s.tick(self.now))
        sending = self.s.next(self.now)
        if sending is None:
            return
        assert self.still_out() is None, "one item out at a time"
        self.check_sending(sending)
        earlier = [
            name
            for name in self.items
            if name not in self.ended and name != sending.item.id and self.place[name] < self.place[sending.item.id]
        ]
        assert earlier == [], "nothing overtakes"
        assert sending.item.id in self.ready_ids
        assert self.s.holder == sending.device
        assert sending.device in self.connected - self.muted
        assert self.now - self.heard[sending.device] < 15.0
        self.out = sending
        self.sendings.append(sending.item.id)

    def check_sending(self, sending: Sending) -> None:
        assert sending.item.id not in self.begun, "what was begun is never said again"
        silent = sending.item.id in self.refused
        assert silent or sending.item.id not in self.allowed, "nor what may have been begun, unless it made no sound"
        assert sending.item.id not in self.ended
        assert sending.expires_in > 0

    def still_out(self) -> Sending | None:
        """What is out; an item goes back to the queue when its device is lost before it began."""
        out = self.out
        if out and out.item.id not in self.begun:
            lost = self.now - self.heard[out.device] >= 15.0
            # Or it did not answer, and another one tries it: only then does the lease move while an item is out.
            if lost or self.s.holder != out.device:
                self.out = None
        return self.out

    @precondition(lambda self: self.out is not None)
    @rule()
    def start(self) -> None:
        assert self.out is not None
        name, device = self.out.item.id, self.out.device
        self.take(self.s.started(name, device, self.now))
        assert name not in self.ended or self.ended[name].result == "played", "a late start is no failure"
        self.begun.add(name)
        self.hear(device)

    @precondition(lambda self: bool(self.sendings))
    @rule(device=DEVICES, data=st.data())
    def ask(self, device: str, data: st.DataObject) -> None:
        """A device asks whether it may begin: of anything that was ever sent, it or another."""
        name = data.draw(st.sampled_from(sorted(set(self.sendings))))
        may, outcomes = self.s.may_begin(name, device, self.now)
        if may:
            assert self.out is not None
            assert (name, device) == (self.out.item.id, self.out.device), "whoever has it, nobody else"
            assert name not in self.begun
            assert name not in self.ended
            assert self.items[name].expires_at > self.now, "nothing is begun late"
            self.allowed.add(name)
        self.take(outcomes)
        self.hear(device)

    @precondition(lambda self: self.out is not None)
    @rule()
    def end(self) -> None:
        assert self.out is not None
        name, device = self.out.item.id, self.out.device
        self.take(self.s.ended(name, device, self.now))
        assert self.ended[name].result == "played"
        self.begun.add(name)
        self.hear(device)

    @precondition(lambda self: self.out is not None)
    @rule()
    def fail(self) -> None:
        assert self.out is not None
        name, device = self.out.item.id, self.out.device
        self.take(self.s.failed(name, device, self.now, "no sound"))
        self.hear(device)
        if name in self.ended:
            return
        assert name not in self.begun, "what had begun is not said from its beginning by another"
        assert self.s.holder != device, "another device tries it"
        assert self.s.holder in self.connected - self.muted
        self.out = None

    @precondition(lambda self: self.out is not None)
    @rule()
    def mute(self) -> None:
        assert self.out is not None
        name, device = self.out.item.id, self.out.device
        self.take(self.s.muted(name, device, self.now))
        self.hear(device, muted=True)
        if name not in self.ended and name not in self.begun:
            self.out = None

    @precondition(lambda self: bool(self.sendings))
    @rule(device=DEVICES, data=st.data())
    def late_acknowledgement(self, device: str, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(set(self.sendings))))
        self.take(self.s.started(name, device, self.now))
        self.begun.add(name)
        self.hear(device)

    @invariant()
    def the_backlog_is_what_has_not_ended(self) -> None:
        if not hasattr(self, "s"):
            return
        open_items = self.items.keys() - self.ended.keys()
        assert (self.s.backlog_seconds(self.now) > 0) <= bool(open_items)
        assert self.s.backlog_seconds(self.now) <= DURATION * len(open_items) + 1e-6

    def teardown(self) -> None:
        """Whatever happened, a live player says what is left, and every item ends."""
        if not hasattr(self, "s"):
            return
        self.now += 16.0
        self.take(self.s.join("a new one", self.now))
        self.heard["a new one"] = self.now
        self.connected.add("a new one")
        self.render()
        for _ in range(len(self.items) + 1):
            self.take(self.s.tick(self.now))
            if self.still_out() is None and self.items.keys() - self.ended.keys():
                sending = self.s.next(self.now)
                if sending:
                    self.check_sending(sending)
                    self.take(self.s.ended(sending.item.id, sending.device, self.now))
        self.now += 1000.0
        self.take(self.s.tick(self.now))
        self.now += 1000.0
        self.take(self.s.tick(self.now))
        assert self.ended.keys() == self.items.keys(), "none is lost"
        assert self.s.backlog_seconds(self.now) == 0.0
        assert all(one.at <= other.at for one, other in pairwise(self.ended.values()))


TestLoudspeakerMachine = LoudspeakerMachine.TestCase
TestLoudspeakerMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
