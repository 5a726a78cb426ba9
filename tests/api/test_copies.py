"""REST: polls and run sheets copied from one session into another."""

import pytest

from polls.models import Poll
from tests.factories import make_event, make_moderator, make_poll, make_session
from tests.support.people import Answer


@pytest.fixture
def both(inner, person):
    """Two sessions of two events, and who moderates both."""
    here, there = make_session(), make_session(make_event())
    user = make_moderator(here)
    there.event.organisers.add(user)
    return here, there, person(user=user)


def test_sources_are_listed_and_copied_from(both):
    here, there, moderator = both
    polls = [make_poll(there, question=question) for question in ("First?", "Second?")]
    path = f"sessions/{here.pk}/copies/"
    [source] = moderator.rest("GET", path).body["results"]
    assert (source["session"], source["event"], source["polls"], source["items"]) == (
        *(str(there.pk), there.event.slug),
        *(2, 0),
    )
    copied = moderator.rest(
        "POST", path, {"from": str(there.pk), "polls": [str(polls[1].pk)], "run_sheet": True}
    )
    [copy] = Poll.objects.filter(session=here)
    assert (copied.body, copy.question, copy.state) == (
        {"polls": [str(copy.pk)], "items": 0},
        "Second?",
        "draft",
    )


def test_copies_are_refused_with_codes(both, person):
    here, there, moderator = both
    poll = make_poll(make_session())
    path = f"sessions/{here.pk}/copies/"
    for source in (str(poll.session.pk), "987654"):
        assert moderator.rest("POST", path, {"from": source}) == Answer(
            400, "unknown_source", frozenset(["from"])
        )
    assert moderator.rest("POST", path, {"from": str(there.pk)}) == Answer(
        400, "nothing_to_copy", frozenset(["polls"])
    )
    for field, wrong in (("polls", "x"), ("polls", [7]), ("polls", [str(poll.pk)]), ("run_sheet", "yes")):
        refused = moderator.rest("POST", path, {"from": str(there.pk), field: wrong})
        assert refused == Answer(400, "malformed", frozenset([field]))
    assert moderator.rest("POST", path, {}) == Answer(400, "malformed", frozenset(["from"]))
    elsewhere = person(user=make_moderator(there))
    assert elsewhere.rest("GET", path) == Answer(403, "not_moderator")
    assert not Poll.objects.filter(session=here).exists()
