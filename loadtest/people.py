"""Those who command (办事的人): guides, kiosks and a clerk for each window, as Locust users."""

import time
from typing import Any

import gevent
from locust import FastHttpUser, task

from loadtest.evidence import Called, Issued, Told
from loadtest.scene import Scene, sentence
from onewindow.demo.traffic import Arrival
from onewindow.serve import KEEP_ALIVE_SECONDS

SEARCH_SHARE, PRINT_SHARE, AGAIN_SHARE = 0.5, 0.2, 0.02
"""How often a guide searches first, looks at the slip, and sends the same command twice."""
RECALL_SHARE, HOLD_SHARE, TRANSFER_SHARE, PAUSE_SHARE = 0.08, 0.04, 0.03, 0.01
CANCEL_SHARE = 0.01
IDLE_SECONDS = 1.0
CONFLICT = 409
IDLE_CONNECTION_SECONDS = KEEP_ALIVE_SECONDS - 5.0
FOUND_OTHERWISE = ("wrong_state", "window_idle", "window_not_open", "window_occupied", "visit_busy", "wrong_window")
"""Refusals that two people who act at the same moment may well get; nothing is wrong with them."""


class Person(FastHttpUser):
    """A user who sends commands and remembers what was told."""

    abstract = True
    scene: Scene
    connection_timeout = 10.0
    network_timeout = 10.0
    _spoke = float("inf")
    """When its connection was last used; never yet: it is none that was idle."""

    def ask(
        self, name: str, path: str, body: Any, token: str, refused: tuple[str, ...] = (), key: str = ""
    ) -> dict[str, Any] | None:
        """POST under a key; the reply, or None when it was refused (as expected, or else a failure).

        A connection that was idle for so long that the server may put it away at this very moment is no failure: the
        pages, too, ask once more with the same key then. It is counted, and named in the report.
        """
        key = key or self.scene.key()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        idle, self._spoke = time.monotonic() - self._spoke, time.monotonic()
        with self.client.post(path, json=body, headers=headers, name=name, catch_response=True) as answer:
            status = answer.status_code
            if status in (200, 201):
                reply: dict[str, Any] = answer.json()
                return reply
            code = _code(answer) if status else "no answer"
            again = not status and idle > IDLE_CONNECTION_SECONDS
            if again:
                self.scene.was_refused(name, "idle connection closed, asked again")
                answer.success()
            elif status == CONFLICT and code in refused:
                self.scene.was_refused(name, code)
                answer.success()
            else:
                answer.failure(f"{status} {code}")
        return self.ask(name, path, body, token, refused, key) if again else None

    def read(self, name: str, path: str, token: str = "") -> None:
        """GET, for the load alone."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._spoke = time.monotonic()
        with self.client.get(path, headers=headers, name=name, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(str(answer.status_code))

    def issue(self, arrival: Arrival, token: str) -> None:
        """Issue what the person wants, and remember it."""
        key, wish = self.scene.key(), arrival.issue()
        reply = self.ask("issue", "/api/tickets", wish, token, key=key)
        if reply is None:
            return
        tickets = reply.get("tickets") or [reply["ticket"]]
        told = [Told(id=ticket["id"], number=ticket["number"]) for ticket in tickets]
        self.scene.was_issued(Issued(key=key, tickets=told), reply["track"].removeprefix("/t/"))
        if self.scene.traffic.chance(AGAIN_SHARE):
            again = self.ask("issue again, same key", "/api/tickets", wish, token, key=key)
            if again is not None and again["ticket"]["number"] != told[0].number:
                self.scene.evidence.faults.append(f"the key {key} got {told[0].number}, then another reply")


class Guide(Person):
    """A guide at the desk (导引员): searches, issues, looks at the slip, answers questions."""

    fixed_count = 1

    @task
    def serve(self) -> None:
        """The next person in the desk's line."""
        token, coming = self.scene.plan.cast.guide, self.scene.next_arrival(kiosk=False)
        if coming is None:
            gevent.sleep(IDLE_SECONDS)
            return
        seconds, arrival = coming
        gevent.sleep(seconds)
        self.deal_with(arrival, token)
        self.scene.dealt_with()

    def deal_with(self, arrival: Arrival, token: str) -> None:
        """Answer, or issue."""
        chance = self.scene.traffic.chance
        if arrival.matters and chance(SEARCH_SHARE):
            matter = self.scene.hall.matters[arrival.matters[0]]
            self.read("search", f"/api/search?q={matter.initials[:4]}", token)
        if not arrival.wants_ticket:
            asked = {"matter": arrival.matters[0]} if arrival.matters else {"zone": arrival.zone}
            self.ask("consult", "/api/consults", asked, token)
            return
        self.issue(arrival, token)
        if not self.scene.tracked:
            return
        ticket, _ = self.scene.tracked[-1]
        if chance(PRINT_SHARE):
            self.read("slip", f"/api/tickets/{ticket}/slip.txt", token)
        if chance(CANCEL_SHARE):
            self.ask("cancel", f"/api/tickets/{ticket}/cancel", {}, token, refused=FOUND_OTHERWISE)


class Kiosk(Person):
    """A self-service kiosk (自助取号机)."""

    fixed_count = 1

    @task
    def serve(self) -> None:
        """The next person at the kiosk."""
        coming = self.scene.next_arrival(kiosk=True)
        if coming is None:
            gevent.sleep(IDLE_SECONDS)
            return
        seconds, arrival = coming
        gevent.sleep(seconds)
        self.issue(arrival, self.scene.plan.cast.kiosk)
        self.scene.dealt_with()


class Clerk(Person):
    """A clerk (窗口人员): one for each window."""

    fixed_count = 1

    def on_start(self) -> None:
        """Take a window and open it."""
        self.no = self.scene.windows.popleft()
        self.token = self.scene.plan.cast.clerks[self.no]
        self.held: list[str] = []
        self.do("open", {}, refused=("window_already_open",))

    def do(self, what: str, body: Any, refused: tuple[str, ...] = FOUND_OTHERWISE, key: str = "") -> Any:
        """A command at the own window."""
        return self.ask(what, f"/api/windows/{self.no}/{what}", body, self.token, refused, key)

    @task
    def turn(self) -> None:
        """One ticket, from the click to shortly before the next."""
        traffic, compress = self.scene.traffic, self.scene.plan.compress
        ticket = self.call()
        if ticket is None:
            gevent.sleep(IDLE_SECONDS)
            return
        gevent.sleep(traffic.walk_seconds() / compress)
        if traffic.chance(RECALL_SHARE):
            self.do("recall", {})
        if self.do("start", {}) is None:
            return
        minutes = traffic.service_minutes(matter=ticket["matter"], group=ticket["group"], purpose=ticket["purpose"])
        seconds = minutes * 60 / compress
        if traffic.chance(HOLD_SHARE):
            gevent.sleep(seconds / 3)
            reason = traffic.luck.choice(self.scene.hall.settings.hold_reasons).code
            if self.do("hold", {"reason": reason}) is not None:
                self.held.append(ticket["id"])
            return
        if traffic.chance(TRANSFER_SHARE) and self.transfer(ticket):
            return
        gevent.sleep(seconds)
        if traffic.chance(PAUSE_SHARE):
            self.do("finish", {})
            reason = traffic.luck.choice(self.scene.hall.settings.pause_reasons).code
            self.do("pause", {"reason": reason})
            gevent.sleep(120 / compress)
            self.do("open", {})

    def call(self) -> dict[str, Any] | None:
        """Call the held ticket or the next one; None when nobody waits. Remembers call and time."""
        key, clicked = self.scene.key(), time.monotonic()
        if self.held and self.scene.traffic.chance(0.5):
            self.do("finish", {})
            clicked = time.monotonic()
            reply = self.do("call", {"ticket": self.held.pop(0), "reason": ""}, key=key)
        else:
            reply = self.do("call-next", {"finish": True}, key=key)
        ticket: dict[str, Any] | None = reply["ticket"] if reply is not None else None
        if ticket is None:
            if reply is None:
                self.recover()
            else:
                self.scene.found_nobody(self.no)
            return None
        told = Called(key=key, window=self.no, ticket=ticket["id"], call=ticket["call"], why=sentence(ticket))
        self.scene.was_called(told, clicked)
        return ticket

    def recover(self) -> None:
        """After a refusal: whatever stands at the window is begun, so that the next click can finish it."""
        self.do("start", {})
        self.do("open", {}, refused=("window_already_open",))

    def transfer(self, ticket: dict[str, Any]) -> bool:
        """Send it to another of its windows; False when there is none."""
        others = [no for no in ticket["windows"] if no != self.no]
        if not others or ticket["bound"]:
            return False
        return self.do("transfer", {"window": self.scene.traffic.luck.choice(others)}) is not None


def _code(answer: Any) -> str:
    try:
        return str(answer.json().get("code", "?"))
    except ValueError:
        return "no problem document"
