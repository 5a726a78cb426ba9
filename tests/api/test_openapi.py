"""The OpenAPI document: valid, complete, and what schemathesis makes of it against the product as its own process."""

import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema
from jsonschema import ValidationError  # type: ignore[import-untyped]

from tests.factories import make_poll, make_session
from tests.support.databases import ROOT
from tests.support.server import Server
from tests.support.socket_client import connect

# --- the document


def test_document_is_valid_openapi_3_1(contract):
    assert contract.document["openapi"].startswith("3.1.")
    validate_schema(contract.document)
    broken = deepcopy(contract.document)
    first = next(methods for methods in broken["paths"].values() if "get" in methods)
    first["get"]["responses"] = "all fine"
    with pytest.raises(ValidationError):
        validate_schema(broken)


def test_document_describes_every_address_but_its_own(contract):
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")
    addresses = {str(pattern.pattern) for pattern in api.url_patterns} - {"", "schema/", "docs/"}
    described = {
        path.removeprefix("/api/v1/").replace("{", "<str:").replace("}", ">")
        for path in contract.document["paths"]
    }
    assert {address.replace("<slug:", "<str:") for address in addresses} == described


def test_document_names_every_operation_and_its_refusals(contract):
    operations = [
        (path, method, operation)
        for path, methods in contract.document["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) >= 15
    assert len({operation["operationId"] for _, _, operation in operations}) == len(operations)
    for path, method, operation in operations:
        wanted = {"401", "405", "406", "429"} | ({"404"} if "{" in path else set())
        wanted |= {"400", "413", "415"} if method in {"post", "put", "patch"} else set()
        assert wanted <= operation["responses"].keys(), (method, path)
        assert operation["description"], (method, path)


def test_answer_that_is_not_as_documented_is_noticed(contract, inner):
    poll = make_poll(make_session())
    with inner.http() as client:
        response = client.get(f"/api/v1/polls/{poll.pk}/")
    contract.check(response)
    body = response.json()
    plants: list[tuple[int, Any]] = [
        (200, {**body, "votes": 3}),
        (200, {key: value for key, value in body.items() if key != "mine"}),
        (200, {**body, "id": poll.pk}),
        (200, {**body, "state": "open"}),
        (200, {**body, "launched_at": "2020-04-28 15:00"}),
        (200, {**body, "options": [{**body["options"][0], "share": 50}]}),
        (409, {"code": "conflict", "detail": ""}),
        (404, {"error": "not found"}),
    ]
    for status, planted in plants:
        with pytest.raises(AssertionError):
            contract.check(httpx.Response(status, json=planted, request=response.request))


# --- schemathesis

SLUG = "opendev-containers-in-production"
# What the document cannot say: two options alike, min over max, a moment within the next day, a country that exists.
UNSAYABLE = ["positive_data_acceptance"]
# A draft does not exist for who may not see it: 404, where schemathesis wants a 401.
HIDDEN = ["ignored_auth", "missing_required_header"]
# For organisers alone: a moderator is refused whatever they send, so that only `make soak` sends much.
ORGANISERS_ALONE = "/(committee|editions|parts|cancellation|link)/$|/(days|stage|next-steps)/"


class Prober:
    """Runs schemathesis on the served document, with ids that exist in the addresses."""

    def __init__(self, server: Server, folder: Path, examples: int) -> None:
        self.server, self.folder, self.examples = server, folder, examples
        self.moderator = server.manage("api_token", "john-garbutt").strip()
        with server.http() as client:
            self.document = client.get("/api/v1/schema/", params={"format": "json"}).json()
            sessions = client.get(f"/api/v1/events/{SLUG}/sessions/").json()["results"]
        self.session = next(session["id"] for session in sessions if session["state"] == "live")

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        with self.server.http(headers={"Authorization": f"Bearer {self.moderator}"}) as client:
            return client.request(method, f"/api/v1/{path}", json=body).json()

    def new_poll(self, *states: str) -> str:
        self.rest(
            "PUT", f"sessions/{self.session}/state/", {"state": "live"}
        )  # another test may have ended it
        options = [{"text": "a"}, {"text": "b"}, {"text": "c"}]
        body = {"question": "Which?", "options": options, "kind": "multiple"}
        poll = self.rest("POST", f"sessions/{self.session}/polls/", body)["id"]
        for state in states:
            self.rest("PUT", f"polls/{poll}/state/", {"state": state})
        return str(poll)

    def new_name(self) -> tuple[str, str]:
        """The ids of a new line and of the name under it."""
        line = self.rest("POST", f"sessions/{self.session}/sign-up-lines/", {"title": "Networking API"})["id"]
        with self.server.http() as client:
            joined = client.post(f"/api/v1/sessions/{self.session}/attendees/", json={"name": "Ada"}).json()
            token = {"Authorization": f"Bearer {joined['token']}"}
            client.post(f"/api/v1/sign-up-lines/{line}/sign-ups/", json={}, headers=token)
        return line, self.rest("GET", f"sign-up-lines/{line}/sign-ups/")["results"][0]["id"]

    def new_question(self) -> str:
        """The id of a question that somebody asked."""
        with self.server.http() as client:
            joined = client.post(f"/api/v1/sessions/{self.session}/attendees/", json={}).json()
            token = {"Authorization": f"Bearer {joined['token']}"}
            path = f"/api/v1/sessions/{self.session}/questions/"
            return str(client.post(path, json={"text": "Why?"}, headers=token).json()["id"])

    def new_suggestion(self) -> str:
        """The id of a follow-up that somebody suggested; another test may have turned that off."""
        self.rest("PATCH", f"sessions/{self.session}/suggestions/rules/", {"taken": True, "moderated": False})
        with self.server.http() as client:
            joined = client.post(f"/api/v1/sessions/{self.session}/attendees/", json={}).json()
            token = {"Authorization": f"Bearer {joined['token']}"}
            path = f"/api/v1/sessions/{self.session}/suggestions/"
            return str(client.post(path, json={"title": "More"}, headers=token).json()["id"])

    def new_attendee(self) -> str:
        """The id of somebody who joined."""
        with self.server.http() as client:
            joined = client.post(f"/api/v1/sessions/{self.session}/attendees/", json={}).json()
            return str(joined["attendee"]["id"])

    def new_dismissal(self) -> str:
        """The id of an act that dismissed questions."""
        path = f"sessions/{self.session}/questions/dismissals/"
        return str(self.rest("POST", path, {"questions": [self.new_question()]})["id"])

    def with_real_ids(self, polls: list[str]) -> Path:
        link = self.rest("POST", f"sessions/{self.session}/display-links/", {})["id"]
        real = {"session": [self.session], "poll": polls, "slug": [SLUG, "nothing"], "link": [link]}
        recording = f"sessions/{self.session}/recording/chapters/"
        made = self.rest("POST", recording, {"title": "A break", "after": 5})
        real |= {"chapter": [one["id"] for one in made["chapters"]]}
        real["file_format"] = ["json", "xml", "csv"]
        on_stage = self.rest("GET", f"sessions/{self.session}/stage/")["results"]
        real |= {
            "role": [one["id"] for one in on_stage],
            "resource": ["1"],
            "number": ["1"],
            "token": ["none"],
            "step": ["1"],
            "webhook": ["1"],
            "delivery": ["1"],
        }
        line, name = self.new_name()
        plan = f"sessions/{self.session}/run-sheet/items/"
        added = self.rest("POST", plan, {"items": [{"kind": "note", "text": "Hand over"}] * 5})
        real["item"] = [item["id"] for item in added["items"]]
        banked = self.rest("POST", "bank/", {"session": self.session, "polls": polls[:1]})
        real["banked"] = [row["id"] for row in banked["results"]]
        real |= {"line": [line], "sign_up": [name], "question": [self.new_question()]}
        real |= {"suggestion": [self.new_suggestion()]}
        real |= {"attendee": [self.new_attendee()], "dismissal": [self.new_dismissal()]}
        document = deepcopy(self.document)
        for methods in document["paths"].values():
            for operation in methods.values():
                for parameter in operation.get("parameters", []):
                    if parameter["in"] == "path":
                        parameter["schema"] = {"enum": real[parameter["name"]]}
        options = [option["id"] for poll in polls for option in self.rest("GET", f"polls/{poll}/")["options"]]
        document["components"]["schemas"]["BallotWanted"]["properties"]["options"]["items"] = {
            "enum": options
        }
        path = self.folder / "document.json"
        path.write_text(json.dumps(document))
        return path

    def run(self, polls: list[str], *options: str, without: list[str], **environment: str) -> None:
        config = self.folder / "schemathesis.toml"
        config.write_text("[checks.missing_required_header]\nexpected-statuses = [401, 403]\n")
        program = Path(sys.executable).with_name("schemathesis")
        command = [str(program), "--config-file", str(config), "run", str(self.with_real_ids(polls))]
        command += ["--url", self.server.url, "--seed", "20200810", "--no-color"]
        command += ["--max-examples", str(self.examples)]
        command += ["--exclude-checks", ",".join(without), "--warnings", "off", *options]
        answer = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            timeout=1500,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert "Tested:" in answer.stdout


@pytest.fixture(scope="module")
def prober(demo_server: Server, tmp_path_factory: pytest.TempPathFactory, soaks: bool) -> Prober:
    """A few random cases of each operation beside the systematic ones; many in `make soak`."""
    return Prober(demo_server, tmp_path_factory.mktemp("schemathesis"), 100 if soaks else 4)


@pytest.mark.slow
def test_schemathesis_finds_nothing_as_a_moderator_among_launched_polls(prober, soaks):
    polls = [prober.new_poll("live"), prober.new_poll("live", "closed")]
    header = f"Authorization: Bearer {prober.moderator}"
    without = "/state/$" if soaks else f"/state/$|{ORGANISERS_ALONE}"
    prober.run(polls, "-H", header, "--exclude-path-regex", without, without=UNSAYABLE)


@pytest.mark.slow
def test_schemathesis_finds_nothing_as_a_moderator_among_drafts(prober, soaks):
    polls = [prober.new_poll(), prober.new_poll()]
    header = f"Authorization: Bearer {prober.moderator}"
    phases = () if soaks else ("--phases", "fuzzing")  # the systematic cases are tried on launched polls
    prober.run(polls, "-H", header, "--include-path-regex", "/polls/", *phases, without=[*UNSAYABLE, *HIDDEN])


@pytest.mark.slow
async def test_schemathesis_finds_nothing_as_attendees_and_their_sockets_live_on(prober):
    poll = prober.new_poll("live")
    with prober.server.http() as client:
        joined = [
            client.post(f"/api/v1/sessions/{prober.session}/attendees/", json={}).json() for _ in range(60)
        ]
    tokens = [one["token"] for one in joined]
    async with connect(prober.server, prober.session, token=tokens[0]) as client:
        await client.next("snapshot")
        prober.run(
            [poll],
            "--include-path-regex",
            "/ballot/$|/attendees/$|/sign-ups/$|/mine/$",
            without=[*UNSAYABLE, *HIDDEN],
            ATTENDEE_TOKENS=json.dumps(tokens),
            SCHEMATHESIS_HOOKS="tests.api.schemathesis_hooks",
        )
        tally = (await client.drain())[-1]
        assert tally["type"] in {"poll.tally", "line.tally", "presence"}
    told = prober.rest("GET", f"polls/{poll}/")
    assert told["ballots"] > 0
    assert prober.server.manage("recount").endswith("0 mended.\n")


@pytest.mark.slow
def test_schemathesis_finds_nothing_when_sessions_start_and_end(prober):
    header = f"Authorization: Bearer {prober.moderator}"
    prober.run(
        [prober.new_poll("live")],
        "-H",
        header,
        "--include-path-regex",
        "/state/$",
        without=[*UNSAYABLE, *HIDDEN],
    )
