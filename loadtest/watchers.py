"""Those who watch (看的人): screens and phones, as Locust users. Each frame is checked as it comes."""

import time
from typing import Any

import gevent
import msgspec
import websocket
from locust import FastHttpUser, User, events, task

from loadtest.fold import Fold
from loadtest.scene import Scene

BEAT_SECONDS = 5.0
SILENCE_SECONDS = 15.0
"""A server that says nothing for so long is gone: it beats every 2 s."""
PHONE_SECONDS = 90.0
"""So long, by the clock, a phone follows one ticket at most."""
OVER = ("finished", "cancelled", "abandoned", "no_show")


class Follower:
    """One connection to a channel."""

    def __init__(self, scene: Scene, channel: str, path: str) -> None:
        self.fold = Fold(channel)
        self._scene = scene
        self._beaten = time.perf_counter()
        url = scene.plan.url.replace("http", "ws", 1) + path
        self._socket = websocket.create_connection(url, timeout=SILENCE_SECONDS, http_no_proxy=["*"])

    def follow(self) -> None:
        """Take one frame. Raises websocket.WebSocketException and OSError when the connection ends."""
        calls = self.fold.take(msgspec.json.decode(self._socket.recv()), _now_ms())
        if not self.fold.of_a_ticket:
            for call in calls:
                self._scene.was_shown(call)
        if time.perf_counter() - self._beaten > BEAT_SECONDS:
            self._beaten = time.perf_counter()
            self._socket.send(msgspec.json.encode({"beat": self.fold.v}).decode())

    def end(self) -> None:
        """Hang up; what was seen becomes evidence, if anything was."""
        watched = self.fold.watched
        watched.until_ms = _now_ms()
        self._socket.close()
        if watched.frames:
            self._scene.evidence.watched.append(watched)


class Screen(User):
    """A TV or a window's strip (屏幕): follows one channel to the end of the run."""

    fixed_count = 1
    scene: Scene

    def on_start(self) -> None:
        """Take a channel."""
        self.channel = self.scene.channels.popleft()

    @task
    def watch(self) -> None:
        """One connection; ended by the server it is a failure."""
        begun = time.perf_counter()
        try:
            follower = Follower(self.scene, self.channel, f"/ws/{self.channel}")
        except (websocket.WebSocketException, OSError) as error:
            _failed("screen", begun, error)
            gevent.sleep(1)
            return
        try:
            while True:
                follower.follow()
        except (websocket.WebSocketException, OSError) as error:
            _failed("screen", begun, error)
        finally:
            follower.end()


class Phone(FastHttpUser):
    """A visitor's phone (手机): opens the ticket's page, then follows it by socket, or looks now and then."""

    scene: Scene
    connection_timeout = 10.0
    network_timeout = 10.0

    @task
    def follow(self) -> None:
        """One ticket, until it is over."""
        if not self.scene.tracked:
            gevent.sleep(1)
            return
        luck = self.scene.traffic.luck
        ticket, token = luck.choice(list(self.scene.tracked))
        with self.client.get(f"/t/{token}", name="phone page", catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(str(answer.status_code))
                gevent.sleep(1)
                return
        until = time.perf_counter() + PHONE_SECONDS
        if luck.random() < 0.7:
            self.by_socket(token, until)
        else:
            self.by_looks(ticket, token, until)

    def by_socket(self, token: str, until: float) -> None:
        """Follow the ticket's channel."""
        begun = time.perf_counter()
        try:
            follower = Follower(self.scene, "tickets/-", f"/ws/tickets/{token}")
        except (websocket.WebSocketException, OSError) as error:
            _failed("phone socket", begun, error)
            gevent.sleep(1)
            return
        try:
            while time.perf_counter() < until:
                follower.follow()
                if follower.fold.cells.get("ticket", {}).get("state") in OVER:
                    return
        except (websocket.WebSocketException, OSError) as error:
            _failed("phone socket", begun, error)
        finally:
            follower.end()

    def by_looks(self, ticket: str, token: str, until: float) -> None:
        """Ask every five seconds."""
        headers = {"Authorization": f"Bearer {token}"}
        while time.perf_counter() < until:
            with self.client.get(
                f"/api/tickets/{ticket}", headers=headers, name="phone look", catch_response=True
            ) as answer:
                if answer.status_code != 200:
                    answer.failure(str(answer.status_code))
                    return
                if answer.json()["ticket"]["state"] in OVER:
                    return
            gevent.sleep(5)


def _failed(name: str, begun: float, error: Exception) -> None:
    fire: Any = events.request.fire  # Locust has no types here
    fire(
        request_type="WS",
        name=name,
        response_time=(time.perf_counter() - begun) * 1000,
        response_length=0,
        exception=error,
        context={},
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
