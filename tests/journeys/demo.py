"""The demo event on a running server, as programs see it: who is who, what stands in the database, acts by REST."""

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.support.server import Server

EVENT = "/opendev-containers-in-production/"
ROOM = f"{EVENT}sessions/openstack-projects-that-interface-with-k8s/"
OTHER_ROOM = f"{EVENT}sessions/telco-network-function/"
JOHN, GERGELY, ORGANISER = "john-garbutt", "gergely-csatari", "organiser"

Json = dict[str, Any]
Figures = dict[str, int]


class Demo:
    """One per server. It acts as John Garbutt, who moderates the live session."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}

    @cached_property
    def john(self) -> httpx.Client:
        token = self.server.manage("api_token", JOHN).strip()
        return self.client(token)

    def client(self, token: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(
            base_url=f"{self.server.url}/api/v1/", headers=headers, trust_env=False, timeout=10
        )

    @cached_property
    def session(self) -> Json:
        sessions = self.ask("GET", f"events{EVENT}sessions/")["results"]
        return next(session for session in sessions if ROOM.endswith(f"/{session['slug']}/"))

    @property
    def code(self) -> str:
        return self.session["code"]

    def ask(self, method: str, path: str, **body: Any) -> Json:
        answer = self.john.request(method, path, json=body or None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def sign_in_path(self, username: str = JOHN) -> str:
        """A sign-in link, without the host."""
        return urlsplit(self.server.manage("sign_in_link", username).strip()).path

    def cookie_of(self, username: str) -> tuple[str, str]:
        """The cookie of somebody who signed in, for a browser; one sign-in a person is enough."""
        if username not in self.cookies:
            with self.server.http() as visitor:
                link = self.sign_in_path(username)
                token = (
                    visitor.get(link)
                    .text.partition('name="csrfmiddlewaretoken" value="')[2]
                    .partition('"')[0]
                )
                answer = visitor.post(link, data={"csrfmiddlewaretoken": token})
                assert answer.status_code == 302, answer.text
                self.cookies[username] = visitor.cookies["sessionid"]
        return "sessionid", self.cookies[username]

    # --- polls

    def polls(self) -> list[Json]:
        return self.ask("GET", f"sessions/{self.session['id']}/polls/")["results"]

    def on_air(self) -> Json:
        """The poll that is live; these journeys have one at a time."""
        return next(poll for poll in self.polls() if poll["state"] == "live")

    def add_poll(self, question: str, *options: str, **rules: Any) -> Json:
        return self.ask(
            "POST",
            f"sessions/{self.session['id']}/polls/",
            question=question,
            options=[{"text": text} for text in options],
            **rules,
        )

    def launch(self, question: str, *options: str, **rules: Any) -> Json:
        return self.set_state(self.add_poll(question, *options, **rules), "live")

    def launch_words(self, question: str, **rules: Any) -> Json:
        """A poll whose answers people write."""
        path = f"sessions/{self.session['id']}/polls/"
        return self.set_state(self.ask("POST", path, question=question, kind="words", **rules), "live")

    def set_state(self, poll: Json, state: str) -> Json:
        return self.ask("PUT", f"polls/{poll['id']}/state/", state=state)

    def change(self, poll: Json, **given: Any) -> Json:
        return self.ask("PATCH", f"polls/{poll['id']}/", **given)

    def set_session(self, state: str) -> None:
        self.ask("PUT", f"sessions/{self.session['id']}/state/", state=state)

    def now(self, poll: Json) -> Json:
        return self.ask("GET", f"polls/{poll['id']}/")

    def figures(self, poll: Json) -> Figures:
        """How the poll stands in the database: the count of each option."""
        return {option["text"]: option["count"] for option in self.now(poll)["options"]}

    def clear(self) -> None:
        """An empty stage: the session is live, and nothing is or was on air."""
        for question in self.ask("GET", f"sessions/{self.session['id']}/questions/")["results"]:
            if question["state"] == "on_air":
                self.ask("PUT", f"questions/{question['id']}/state/", state="dismissed")
        if self.ask("GET", f"sessions/{self.session['id']}/")["state"] != "live":
            self.set_session("live")
        self.clear_run_sheet()
        for poll in self.polls():
            if poll["state"] == "live":
                self.set_state(poll, "closed")
            if poll["state"] != "archived":
                self.set_state(poll, "archived")

    def clear_run_sheet(self) -> None:
        """No plan: journeys have polls of their own."""
        path = f"sessions/{self.session['id']}/run-sheet/"
        sheet = self.ask("GET", path)
        if sheet["running"]:
            self.john.put(f"{path}running/", json={"item": None})
        for item in sheet["items"]:
            self.ask("DELETE", f"{path}items/{item['id']}/")

    # --- attendees without a browser

    def attendee(self, **who: str) -> httpx.Client:
        answer = self.john.post(f"sessions/{self.session['id']}/attendees/", json=who)
        return self.client(answer.json()["token"])

    def vote(self, poll: Json, *choices: int) -> None:
        """One new attendee for each choice, who votes for the option in that place."""
        for choice in choices:
            with self.attendee() as voter:
                option = poll["options"][choice]["id"]
                answer = voter.put(f"polls/{poll['id']}/ballot/", json={"options": [option]})
                assert answer.is_success, answer.text
