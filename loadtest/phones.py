"""Phones that look (看号的手机), as Locust's users: they open the ticket's page and ask how it stands.

The many that follow by socket are the crowd's (`loadtest.crowd`).
"""

import time
from typing import Final

import gevent
from locust import FastHttpUser, task

from loadtest.scene import Scene

PHONE_SECONDS: Final = 90.0
"""So long, by the clock, a phone follows one ticket at most."""
LOOK_SECONDS: Final = 5.0
OVER: Final = ("finished", "cancelled", "abandoned", "no_show")


class Phone(FastHttpUser):
    """A visitor's phone (手机): opens the ticket's page, then asks every five seconds."""

    scene: Scene
    connection_timeout = 10.0
    network_timeout = 10.0

    @task
    def follow(self) -> None:
        """One ticket, until it is over."""
        if not self.scene.tracked:
            gevent.sleep(1)
            return
        ticket, token = self.scene.traffic.luck.choice(list(self.scene.tracked))
        with self.client.get(f"/t/{token}", name="phone page", catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(str(answer.status_code))
                gevent.sleep(1)
                return
        headers = {"Authorization": f"Bearer {token}"}
        until = time.monotonic() + PHONE_SECONDS
        while time.monotonic() < until:
            with self.client.get(
                f"/api/tickets/{ticket}", headers=headers, name="phone look", catch_response=True
            ) as answer:
                if answer.status_code != 200:
                    answer.failure(str(answer.status_code))
                    return
                if answer.json()["ticket"]["state"] in OVER:
                    return
            gevent.sleep(LOOK_SECONDS)
