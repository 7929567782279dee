"""The order of one loudspeaker: by story, then for every story (a rule-based machine)."""

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onewindow.voice.sequencer import Item, Outcome, Sending, Sequencer

DURATION = 10.0


def item(name: str, ticket: str | None = None, at: float = 0.0, lasts: float = 60.0) -> Item:
    return Item(id=name, ticket=ticket or f"ticket of {name}", expires_at=at + lasts)


def test_a_start_acknowledged_late_is_no_failure() -> None:
    s = queued("a")
    s.next(0.0)
    assert s.started("a", "tv", 14.0) == ()
    assert results(s.ended("a", "tv", 30.0)) == [("a", "played")]


def queued(*names: str, device: str | None = "tv") -> Sequencer:
    """A sequencer with ready items, and a device if one is named, at time 0."""
    sequencer = Sequencer()
    for name in names:
        assert sequencer.offer(item(name), 0.0, DURATION) == ()
        sequencer.ready(name, DURATION)
    if device:
        assert sequencer.join(device, 0.0) == ()
    return sequencer


def results(outcomes: tuple[Outcome, ...]) -> list[tuple[str, str]]:
    return [(outcome.id, outcome.result) for outcome in outcomes]


def sent(sending: Sending | None) -> str | None:
    return sending.item.id if sending else None


def test_one_at_a_time_in_order_the_next_when_the_first_has_ended() -> None:
    s = queued("a", "b")
    assert s.next(0.0) == Sending(item=item("a"), device="tv", duration=DURATION, expires_in=60.0)
    assert s.next(1.0) is None
    assert s.started("a", "tv", 1.0) == ()
    assert s.next(9.0) is None
    assert results(s.ended("a", "tv", 11.0)) == [("a", "played")]
    assert sent(s.next(11.0)) == "b"


def test_nothing_overtakes_an_item_that_is_still_rendered() -> None:
    s = queued("a")
    s = Sequencer()
    s.join("tv", 0.0)
    s.offer(item("a"), 0.0, DURATION)
    s.offer(item("b"), 0.0, DURATION)
    s.ready("b", 4.0)
    assert s.next(1.0) is None
    s.ready("a", 5.0)
    assert s.backlog_seconds(1.0) == 9.0
    assert sent(s.next(1.0)) == "a"


def test_an_end_not_heard_of_is_assumed_after_the_duration_and_three_seconds() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.started("a", "tv", 2.0)
    s.beat("tv", 10.0)
    assert s.tick(14.9) == ()
    assert results(s.tick(15.0)) == [("a", "played")]
    assert sent(s.next(15.0)) == "b"
    assert s.ended("a", "tv", 16.0) == ()


def test_a_player_that_is_alive_but_never_begins_fails_its_item() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.beat("tv", 5.0)
    s.beat("tv", 10.0)
    assert results(s.tick(13.0)) == [("a", "failed")]


def test_a_recall_takes_the_place_of_its_waiting_call() -> None:
    s = queued("a", "b", "c")
    s.next(0.0)
    assert results(s.offer(item("b2", "ticket of b"), 1.0, DURATION)) == [("b", "replaced")]
    s.ready("b2", DURATION)
    s.ended("a", "tv", 2.0)
    assert sent(s.next(2.0)) == "b2"


def test_a_recall_of_what_is_being_said_waits_its_turn() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.started("a", "tv", 0.0)
    assert s.offer(item("a2", "ticket of a"), 1.0, DURATION) == ()
    assert results(s.ended("a", "tv", 2.0)) == [("a", "played")]
    assert sent(s.next(2.0)) == "b"


def test_an_offer_repeated_by_a_retry_changes_nothing() -> None:
    s = queued("a")
    assert s.offer(item("a"), 0.0, DURATION) == ()
    s.next(0.0)
    assert s.offer(item("a"), 0.0, DURATION) == ()
    s.ended("a", "tv", 1.0)
    assert s.offer(item("a"), 1.0, DURATION) == ()
    assert s.backlog_seconds(1.0) == 0.0
    assert s.knows("a")


def test_notices_do_not_replace_each_other() -> None:
    s = Sequencer()
    for name in ("a", "b"):
        notice = Item(id=name, ticket=None, expires_at=60.0)
        assert s.offer(notice, 0.0, DURATION) == ()
    assert s.backlog_seconds(0.0) == 2 * DURATION


def test_a_served_ticket_is_not_called_any_more() -> None:
    s = queued("a", "b")
    assert results(s.cancel("ticket of a", 1.0)) == [("a", "replaced")]
    assert s.cancel("ticket of a", 1.0) == ()
    assert sent(s.next(1.0)) == "b"


def test_nothing_is_said_minutes_late() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.started("a", "tv", 0.0)
    for beat in (5.0, 10.0):
        s.beat("tv", beat)
    outcomes = s.tick(60.0)
    assert results(outcomes) == [("a", "played"), ("b", "expired")]
    assert s.next(60.0) is None


def test_what_nobody_could_hear_expires_and_says_so() -> None:
    s = queued("a", device=None)
    assert s.next(1.0) is None
    (outcome,) = s.tick(60.0)
    assert (outcome.result, outcome.reason) == ("expired", "no loudspeaker could be heard")


def test_one_device_sounds_and_another_takes_over_after_fifteen_seconds() -> None:
    s = queued("a", "b")
    s.join("spare", 0.0)
    assert s.holder == "tv"
    s.next(0.0)
    s.leave("tv", 1.0)
    s.beat("spare", 5.0)
    s.beat("spare", 10.0)
    assert s.next(14.9) is None
    assert s.tick(14.9) == ()
    assert s.holder == "tv"
    s.tick(15.0)
    assert s.holder == "spare"
    assert s.next(15.0) == Sending(item=item("a"), device="spare", duration=DURATION, expires_in=45.0)


def test_what_a_lost_device_had_begun_is_not_said_again() -> None:
    s = queued("a", "b")
    s.join("spare", 0.0)
    s.next(0.0)
    s.started("a", "tv", 14.0)
    s.beat("spare", 14.0)
    s.leave("tv", 14.5)
    s.beat("spare", 24.0)
    assert results(s.tick(27.0)) == [("a", "played")]
    s.beat("spare", 29.0)
    assert s.holder == "spare"
    assert sent(s.next(29.0)) == "b"


def test_a_device_that_is_back_at_once_gets_its_item_again_unless_it_began() -> None:
    s = queued("a")
    s.next(0.0)
    s.leave("tv", 1.0)
    assert s.again("tv", 1.5) is None
    s.join("tv", 2.0)
    again = s.again("tv", 2.0)
    assert again is not None
    assert (again.item.id, again.expires_in) == ("a", 58.0)
    assert s.again("spare", 2.0) is None
    s.started("a", "tv", 3.0)
    s.leave("tv", 4.0)
    s.join("tv", 5.0)
    assert s.again("tv", 5.0) is None
    assert results(s.ended("a", "tv", 14.0)) == [("a", "played")]


def test_an_acknowledgement_that_comes_after_the_take_over_counts() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.leave("tv", 1.0)
    s.tick(20.0)  # the item waits again; nobody else is there
    s.join("tv", 21.0)
    assert results(s.started("a", "tv", 21.0)) == [("a", "played")]
    assert sent(s.next(21.0)) == "b"
    # And when it is already out elsewhere, it is at least never sent a third time.
    s = queued("a", "b")
    s.next(0.0)
    s.join("spare", 14.0)
    s.tick(15.0)
    assert sent(s.next(15.0)) == "a"
    s.ended("a", "tv", 16.0)
    s.leave("spare", 16.0)
    assert results(s.tick(40.0)) == [("a", "played")]


def test_a_muted_device_gives_way_to_one_with_sound() -> None:
    s = queued("a", "b")
    s.join("spare", 0.0)
    s.next(0.0)
    assert s.muted("a", "tv", 1.0) == ()
    assert s.holder == "spare"
    assert sent(s.next(1.0)) == "a"


def test_a_muted_device_alone_keeps_its_items_until_it_sounds() -> None:
    s = queued("a")
    s.next(0.0)
    s.muted("a", "tv", 1.0)
    assert (s.audible, s.blocked, s.next(2.0)) == (False, True, None)
    s.beat("tv", 6.0, muted=False)
    assert (s.audible, s.blocked, sent(s.next(6.0))) == (True, False, "a")
    s.started("a", "tv", 6.0)
    assert results(s.muted("a", "tv", 8.0)) == [("a", "failed")]


def test_an_item_put_back_is_dropped_when_a_newer_call_waits_or_the_ticket_is_served() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.offer(item("a2", "ticket of a"), 1.0, DURATION)
    assert results(s.muted("a", "tv", 2.0)) == [("a", "replaced")]
    s = queued("a")
    s.next(0.0)
    s.cancel("ticket of a", 1.0)
    assert s.again("tv", 1.0) is None
    assert results(s.muted("a", "tv", 2.0)) == [("a", "replaced")]


def test_a_failure_is_an_outcome_and_the_next_follows() -> None:
    s = queued("a", "b")
    s.next(0.0)
    assert s.failed("a", "other", 1.0) == ()
    (outcome,) = s.failed("a", "tv", 1.0, "chime_only")
    assert (outcome.result, outcome.reason) == ("failed", "chime_only")
    assert sent(s.next(1.0)) == "b"


def test_a_clock_that_steps_back_changes_nothing() -> None:
    s = queued("a")
    s.tick(30.0)
    s.join("tv", 5.0)
    sending = s.next(5.0)
    assert sending is not None
    assert sending.expires_in == 30.0


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
                assert self.items[outcome.id].expires_at <= self.now
                assert outcome.id not in self.begun
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

    @rule(ticket=TICKETS.filter(bool))
    def cancel(self, ticket: str) -> None:
        self.take(self.s.cancel(ticket, self.now))
        assert not any(
            one.ticket == ticket and name not in self.ended and not self.is_out(name)
            for name, one in self.items.items()
        )

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
        assert sending.item.id not in self.ended
        assert sending.expires_in > 0

    def still_out(self) -> Sending | None:
        """What is out; an item goes back to the queue when its device is lost before it began."""
        out = self.out
        if out and out.item.id not in self.begun:
            lost = self.now - self.heard[out.device] >= 15.0
            if lost:
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
        self.take(self.s.failed(self.out.item.id, self.out.device, self.now))

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
