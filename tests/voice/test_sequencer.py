"""The order of one loudspeaker, story by story."""

from onewindow.voice.items import CUT_OFF, NO_WORD, TOO_LATE, Item, Outcome, Sending
from onewindow.voice.sequencer import Sequencer

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


def test_what_a_live_player_never_begins_expires_when_nobody_else_can_try() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.beat("tv", 5.0)
    s.beat("tv", 10.0)
    (outcome,) = s.tick(13.0)
    assert (outcome.id, outcome.result, outcome.reason) == ("a", "expired", "the player did not answer")
    assert sent(s.next(13.0)) == "b"


def test_what_a_live_player_never_begins_is_tried_by_another() -> None:
    s = queued("a", "b")
    s.join("spare", 0.0)
    s.next(0.0)
    for at in (5.0, 10.0):
        s.beat("tv", at)
        s.beat("spare", at)
    assert s.tick(13.0) == ()
    assert s.holder == "spare"
    assert s.next(13.0) == Sending(item=item("a"), device="spare", duration=DURATION, expires_in=47.0)
    assert s.failed("a", "tv", 14.0) == (), "what the first one says of it now counts no more"
    assert results(s.ended("a", "spare", 20.0)) == [("a", "played")]


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
    (outcome,) = s.muted("a", "tv", 8.0)
    assert (outcome.result, outcome.reason) == ("expired", CUT_OFF)


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


def test_what_the_only_device_cannot_play_expires_and_the_next_follows() -> None:
    s = queued("a", "b")
    s.next(0.0)
    assert s.failed("a", "other", 1.0) == ()
    (outcome,) = s.failed("a", "tv", 1.0, "chime_only")
    assert (outcome.result, outcome.reason) == ("expired", "chime_only")
    assert sent(s.next(1.0)) == "b"


def test_what_one_device_cannot_play_is_tried_by_each_other_one_with_sound_before_anything_else() -> None:
    s = queued("a", "b")
    for name, muted in (("mute", True), ("spare", False), ("laptop", False)):
        s.join(name, 0.0, muted)
    s.next(0.0)
    assert s.failed("a", "tv", 1.0, "no_sound") == ()
    assert (s.holder, sent(s.next(1.0))) == ("spare", "a")
    assert s.failed("a", "spare", 2.0, "no_sound") == ()
    assert (s.holder, sent(s.next(2.0))) == ("laptop", "a")
    (outcome,) = s.failed("a", "laptop", 3.0, "chime_only")
    assert (outcome.id, outcome.result, outcome.reason) == ("a", "expired", "chime_only")
    assert (s.holder, sent(s.next(3.0))) == ("laptop", "b"), "it keeps the lease: nobody did better"


def test_what_broke_off_is_not_said_from_its_beginning_by_another() -> None:
    s = queued("a", "b")
    s.join("spare", 0.0)
    s.next(0.0)
    s.started("a", "tv", 1.0)
    (outcome,) = s.failed("a", "tv", 4.0, "the player ended with 1")
    assert (outcome.id, outcome.result, outcome.reason) == ("a", "expired", "the player ended with 1")


def test_what_was_tried_in_vain_and_then_became_too_old_says_why() -> None:
    s = queued("a", "b")
    s.join("spare", 0.0)
    s.next(0.0)
    s.failed("a", "tv", 1.0, "no_sound")
    s.leave("tv", 2.0)
    s.leave("spare", 2.0)
    first, second = s.tick(60.0)
    assert (first.id, first.result, first.reason) == ("a", "expired", "no_sound")
    assert (second.id, second.result, second.reason) == ("b", "expired", "no loudspeaker could be heard")


def test_what_is_called_anew_is_no_more_than_replaced() -> None:
    """Its clerk has nothing to do: the later announcement of the ticket is still to be said."""
    s = queued("a", "b")
    (outcome,) = s.offer(item("b2", "ticket of b"), 1.0, DURATION)
    assert outcome.anew
    (outcome,) = s.cancel("ticket of b", 1.0)
    assert not outcome.anew


def test_a_clock_that_steps_back_changes_nothing() -> None:
    s = queued("a")
    s.tick(30.0)
    s.join("tv", 5.0)
    sending = s.next(5.0)
    assert sending is not None
    assert sending.expires_in == 30.0


def test_who_has_the_item_may_begin_while_it_is_worth_saying_and_nobody_else_may() -> None:
    s = queued("a", "b")
    s.join("spare", 0.0)
    s.next(0.0)
    assert s.may_begin("a", "spare", 1.0) == (False, ())
    assert s.may_begin("b", "tv", 1.0) == (False, ())
    assert s.may_begin("a", "tv", 1.0) == (True, ())
    assert s.may_begin("a", "tv", 2.0) == (True, ()), "the first answer got lost"
    s.started("a", "tv", 3.0)
    assert s.may_begin("a", "tv", 4.0) == (False, ()), "begun: never again"


def test_what_is_too_old_when_its_player_asks_expires() -> None:
    s = queued("a")
    for at in (10.0, 20.0, 30.0, 40.0, 50.0):
        s.beat("tv", at)
    assert sent(s.next(55.0)) == "a"
    may, outcomes = s.may_begin("a", "tv", 60.0)
    assert not may
    assert [(one.result, one.reason) for one in outcomes] == [("expired", TOO_LATE)]


def test_what_is_not_to_be_said_any_more_when_its_player_asks_is_not_said() -> None:
    s = queued("a", "b")
    s.next(0.0)
    s.cancel("ticket of a", 1.0)
    may, outcomes = s.may_begin("a", "tv", 2.0)
    assert (may, results(outcomes)) == (False, [("a", "replaced")])
    assert sent(s.next(2.0)) == "b"
    s.offer(item("b2", "ticket of b"), 3.0, DURATION)
    may, outcomes = s.may_begin("b", "tv", 3.0)
    assert (may, results(outcomes)) == (False, [("b", "replaced")])
    s.ready("b2", DURATION)
    assert sent(s.next(3.0)) == "b2", "the recall is said, and only it"


def test_what_another_device_has_taken_over_is_not_begun_by_the_one_that_is_back() -> None:
    s = queued("a")
    s.next(0.0)
    s.leave("tv", 1.0)
    s.join("spare", 14.0)
    s.tick(15.0)
    assert sent(s.next(15.0)) == "a"
    s.join("tv", 16.0)
    assert s.may_begin("a", "tv", 16.0) == (False, ())
    assert s.may_begin("a", "spare", 16.0) == (True, ())


def test_what_was_allowed_to_begin_is_never_sent_again() -> None:
    """Its player was killed at its first sound, before its word of it: nobody says it twice, its clerk is told."""
    s = queued("a")
    s.join("spare", 0.0)
    s.next(0.0)
    assert s.may_begin("a", "tv", 1.0) == (True, ())
    s.leave("tv", 1.1)
    s.join("tv", 1.5)
    assert s.again("tv", 1.5) is None
    assert s.next(2.0) is None
    (outcome,) = s.tick(1.0 + DURATION + 10.0)
    assert (outcome.id, outcome.result, outcome.reason) == ("a", "expired", NO_WORD)


def test_what_was_allowed_to_begin_is_not_withdrawn_for_being_said_again() -> None:
    """It may sound while its player is cut off: whoever comes back says what became of it."""
    s = queued("a")
    s.next(0.0)
    assert s.may_begin("a", "tv", 1.0) == (True, ())
    s.leave("tv", 1.1)
    assert s.withdraw(1.2) == ()
    s.join("tv", 2.0)
    assert s.again("tv", 2.0) is None
    assert results(s.ended("a", "tv", 9.0)) == [("a", "played")]
