"""Players that are missing, mute, doubled, back again or stuck."""

import asyncio
from typing import Any

from tests.voice.hall_of_players import Hall, MemoryPlayer, connected


async def test_calls_without_a_player_raise_the_alarm_and_expire(hall: Hall) -> None:
    await hall.call("031")
    await hall.wait(4)
    assert hall.faults == []
    await hall.wait(2)
    assert hall.faults == [("convenience", "silent", True)]
    await hall.wait(55)
    assert hall.outcomes == [("convenience", "call 031", "expired")]
    await connected(hall)
    assert hall.faults[-1] == ("convenience", "silent", False)


async def test_a_muted_player_raises_the_alarm_and_its_call_is_said_when_it_sounds(hall: Hall) -> None:
    player = await connected(hall)
    await hall.call("031")
    await player.played(1)
    await hall.ack(player, "call 031", "muted")
    assert hall.faults == [("convenience", "silent", True)]
    await hall.wait(3)
    await hall.speakers.receive("convenience", player, {"beat": True, "muted": False})
    play = await player.played(2)
    assert (play["id"], play["expires"]) == ("call 031", 57.0)
    assert hall.faults[-1] == ("convenience", "silent", False)


async def test_a_second_device_stands_by_and_takes_over(hall: Hall) -> None:
    player, spare = await connected(hall), await connected(hall, "spare")
    assert [one.frames[0]["lease"] for one in (player, spare)] == [True, False]
    await hall.call("031")
    await player.played(1)
    await hall.speakers.disconnect("convenience", player)
    for _ in range(3):
        await hall.wait(5)
        await hall.speakers.receive("convenience", spare, {"beat": True, "muted": False})
    assert (await spare.played(1))["id"] == "call 031"
    assert {"v": 2, "kind": "delta", "lease": True} in spare.frames


async def test_a_reconnection_gets_what_was_not_begun_and_not_what_was(hall: Hall) -> None:
    player = await connected(hall)
    await hall.call("031")
    await player.played(1)
    await hall.speakers.disconnect("convenience", player)
    again = await connected(hall)
    assert again.frames[0]["play"]["id"] == "call 031"
    await hall.ack(again, "call 031", "started")
    await hall.speakers.disconnect("convenience", again)
    third = await connected(hall)
    assert third.frames[0]["play"] is None
    await hall.ack(third, "call 031", "ended")
    assert hall.outcomes == [("convenience", "call 031", "played")]


async def test_a_newer_connection_of_a_device_replaces_the_older(hall: Hall) -> None:
    older, newer = await connected(hall), await connected(hall)
    await hall.call("031")
    assert (await newer.played(1))["id"] == "call 031"
    await hall.ack(older, "call 031", "ended")
    await hall.speakers.disconnect("convenience", older)
    assert (older.plays, hall.outcomes) == ([], [])
    await hall.ack(newer, "call 031", "ended")
    assert hall.outcomes == [("convenience", "call 031", "played")]


async def test_a_player_whose_socket_breaks_or_sticks_holds_nobody_up(hall: Hall) -> None:
    class Broken(MemoryPlayer):
        async def send(self, frame: dict[str, Any]) -> None:
            raise ConnectionResetError

    class Stuck(MemoryPlayer):
        given_up = asyncio.Event()

        async def send(self, frame: dict[str, Any]) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                self.given_up.set()

    stuck = Stuck("stuck")
    for player in (Broken("broken"), stuck):
        await hall.speakers.connect("convenience", player)
    good = await connected(hall, "good")
    await hall.call("031")
    # Silent for 15 s, the broken one and then the stuck one lose the lease to the one that answers.
    for _ in range(6):
        await hall.wait(5)
        await hall.speakers.receive("convenience", good, {"beat": True, "muted": False})
    assert (await good.played(1))["id"] == "call 031"
    await hall.ack(good, "call 031", "ended")
    assert hall.outcomes == [("convenience", "call 031", "played")]
    assert not stuck.given_up.is_set()
    await hall.wait(5 * 70)  # beats fill the stuck one's line until it is given up
    async with asyncio.timeout(30):
        await stuck.given_up.wait()
