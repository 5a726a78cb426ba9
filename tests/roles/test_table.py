"""The table of docs/roles.md is what happens: every act, tried as every role by every door."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import repeat
from pathlib import Path

import pytest

from tests.roles.acts import ACTS, NO_RIGHT
from tests.roles.cast import ROLES, SIGNED_IN, Cast
from tests.support.databases import ROOT
from tests.support.inner_server import InnerServer

PAGE_OF_ROLES = ROOT / "docs" / "roles.md"


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """The table whose first column is `act`: what stands there, by act and role."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = next(row for row in rows if row[0] == "act")
    acts = rows[rows.index(head) + 2 :]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in acts}


TABLE = read_table(PAGE_OF_ROLES)
TRIES = [(act, role, door) for act, doors in ACTS.items() for role in ROLES for door in doors]


MOST_TRIES = (
    25  # in one session: each leaves something there, and pages that show it all take longer and longer
)


@pytest.fixture(scope="module")
def casts(inner: InnerServer) -> Iterator[Iterator[Cast]]:
    """The cast of each try; a new one every so often."""
    with ExitStack() as doors:

        def take_turns() -> Iterator[Cast]:
            while True:
                doors.close()
                yield from repeat(doors.enter_context(closing(Cast(inner))), MOST_TRIES)

        yield take_turns()


@pytest.fixture
def cast(casts: Iterator[Cast]) -> Cast:
    return next(casts)


def what_happens(cast: Cast, act: str, role: str, door: str) -> str:
    """yes or no, or joined: no, and yes for the same person who joined."""
    said = may(cast, act, role, door, joined=role == "attendee")
    if said == "no" and role in SIGNED_IN and may(cast, act, role, door, joined=True) == "yes":
        return "joined"
    return said


def may(cast: Cast, act: str, role: str, door: str, *, joined: bool) -> str:
    """Try the act; all ways of trying it have to agree."""
    said = set()
    for attempt in ACTS[act][door]:
        answer = attempt(cast, cast.somebody(role, joined=joined))
        assert answer.code in {"", *NO_RIGHT}, f"the try itself was refused: {answer}"
        said.add("no" if answer.code else "yes")
        if not answer.code:
            cast.forget()
    assert len(said) == 1, "the ways of trying it do not agree"
    return said.pop()


@pytest.mark.parametrize(("act", "role", "door"), TRIES)
def test_act_is_allowed_as_the_table_says(cast, act, role, door):
    assert what_happens(cast, act, role, door) == TABLE[act][role]


def test_table_and_tries_are_of_the_same_acts_and_roles():
    assert TABLE.keys() == ACTS.keys()
    assert {tuple(row) for row in TABLE.values()} == {ROLES}
    assert {cell for row in TABLE.values() for cell in row.values()} == {"yes", "no", "joined"}


def test_table_is_read_as_it_stands(tmp_path):
    path = tmp_path / "roles.md"
    path.write_text("Words\n\n| act | x | y |\n| --- | --- | --- |\n| Fly | yes | no |\n\nMore | words |\n")
    assert read_table(path) == {"Fly": {"x": "yes", "y": "no"}}


def test_table_that_says_more_than_happens_is_noticed(cast, monkeypatch):
    """A right planted for all is found, and one planted for nobody."""
    monkeypatch.setattr("sessions.programme.services.rights.check_moderates", lambda **who: None)
    monkeypatch.setattr("polls.services.states.check_moderates", lambda **who: None)
    monkeypatch.setattr("polls.api.check_moderates", lambda **who: None)
    act = "Reveal the tally"
    assert what_happens(cast, act, "attendee", "REST") != TABLE[act]["attendee"]
    monkeypatch.setattr("sessions.programme.selectors.moderator_ids", lambda session_id: frozenset())
    assert what_happens(cast, "Open the control room", "moderator", "socket") != "yes"
