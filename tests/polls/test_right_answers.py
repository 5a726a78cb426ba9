"""Right answers: what one may be, how it is set, changed, revealed and counted. tests/leaks looks for it before."""

import pytest
from django.db import DatabaseError, transaction

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, Malformed, NotSignedIn
from opendev.core.groups import EVERYBODY
from polls.kinds import KINDS
from polls.kinds.right_answers import had_it_right
from polls.models import Option, Poll
from polls.permissions import VOTED
from polls.selectors import fresh_options
from polls.serializers import poll_json, undo_until
from polls.services import (
    copy_polls,
    edit_poll,
    reveal_right_answer,
    run_again,
    set_poll_state,
)
from polls.services.reading import read_draft
from sessions.audit.models import AuditEntry
from sessions.programme.permissions import MODERATORS
from sessions.programme.services.rights import NotModerator
from sessions.timeline.models import TimelineEntry
from tests.factories import (
    NOW,
    make_attendee,
    make_moderator,
    make_poll,
    make_session,
    options_of,
    record,
    vote_for,
)
from tests.factories.sessions import organiser_of

OPTIONS = [{"text": text} for text in ("a", "b", "c")]
NUMBER = {"kind": "number", "rules": {"from": "0", "to": "10", "step": "0.5"}}


def draft(right, over=None, **given):
    question = (
        {}
        if over
        else {
            "question": "Which?",
            **({} if given.get("kind") in {"number", "scale"} else {"options": OPTIONS}),
        }
    )
    return read_draft({**question, **given, "right_answer": right}, over=over)


def reveal(poll, caller=None):
    return reveal_right_answer(poll_id=poll.pk, caller=caller or organiser_of(poll.session.event), now=NOW)


def to_state(poll, *states):
    for state in states:
        poll = set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state=state, now=NOW)
    return poll


def refused(work, *arguments, **more):
    with pytest.raises(DomainError) as refusal:
        work(*arguments, **more)
    return refusal.value.code


# --- what a right answer may be


@pytest.mark.parametrize(
    ("given", "right", "kept"),
    [
        ({}, None, ()),
        ({}, "", ()),
        ({}, {"options": []}, ()),
        ({}, {"options": [2]}, (2,)),
        ({}, {"options": [3, 1]}, (3, 1)),
        ({}, "2", (2,)),
        ({}, " 1, 3 ", (1, 3)),
        ({}, "٢", (2,)),
        ({"kind": "multiple"}, {"options": [1, 3]}, (1, 3)),
        ({"kind": "scale"}, {"options": [4]}, (4,)),
        ({"kind": "scale"}, "4", (4,)),
        ({"kind": "ranking"}, {"ranking": [3, 1, 2]}, (3, 1, 2)),
        ({"kind": "ranking"}, "3 > 1 > 2", (3, 1, 2)),
        ({"kind": "ranking"}, "3 1", (3, 1)),
        (NUMBER, {"number": "3.50"}, ("3.5",)),
        (NUMBER, "4", ("4",)),
    ],
)
def test_right_answer_is_one_that_a_vote_could_give(given, right, kept):
    assert draft(right, **given).right_answer == kept


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ({}, {"options": [4]}),
        ({}, {"options": [0]}),
        ({}, {"options": [1, 1]}),
        ({}, {"options": [True]}),
        ({}, {"options": ["1"]}),  # no option has that id
        ({}, {"options": "ab"}),
        ({}, {"options": None}),
        ({}, {"ranking": [1, 2, 3]}),
        ({}, {"options": [1], "ranking": [1]}),
        ({}, {}),
        ({}, 2),
        ({}, "b"),
        ({}, "1 b"),
        ({}, "123"),
        ({}, [[1]]),
        ({"kind": "multiple", "max": 1}, {"options": [1, 2]}),
        ({"kind": "multiple", "min": 2, "max": 3}, {"options": [1]}),
        ({"kind": "ranking", "max": 2}, "3 1 2"),
        ({"kind": "scale", "rules": {"no_opinion": True}}, "6"),
        (NUMBER, {"number": 3}),
        (NUMBER, "11"),
        (NUMBER, "3.25"),
        (NUMBER, "three"),
        ({"kind": "points"}, {"points": {"1": 100}}),
        ({"kind": "points"}, "1"),
    ],
)
def test_right_answer_that_nobody_could_give_is_refused(given, right):
    with pytest.raises(Malformed) as refusal:
        draft(right, **given)
    assert list(refusal.value.fields) == ["right_answer"]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.may_have_right])
def test_other_kinds_have_no_right_answer(kind):
    options = {} if KINDS[kind].is_written else {"options": OPTIONS}
    with pytest.raises(Malformed) as refusal:
        read_draft({"question": "Q?", "kind": kind, **options, "right_answer": "1"})
    assert list(refusal.value.fields) == ["right_answer"]


@pytest.mark.django_db
def test_right_option_stays_the_right_one_when_options_are_moved_renamed_or_removed():
    poll = make_poll(state="draft", right_answer={"options": [2]})
    ids, caller = options_of(poll), organiser_of(poll.session.event)

    def edit(*options):
        edit_poll(poll_id=poll.pk, caller=caller, given={"options": list(options)}, now=NOW)
        poll.refresh_from_db()
        return poll.right_answer

    a, b, c = ({"id": str(ids[text]), "text": text} for text in "abc")
    assert edit(c, {**b, "text": "bee"}, a) == [2]
    assert edit({**b, "text": "bee"}, c, a) == [1]
    assert edit({"text": "new"}, {"text": "bee"}) == [2]  # by its text, where no ids are sent
    assert edit({"text": "new"}, {"text": "other"}) is None


@pytest.mark.django_db
def test_order_of_which_an_option_is_gone_is_none_and_another_kind_has_none():
    poll = make_poll(state="draft", kind="ranking", right_answer="3 1 2")
    ids, caller = options_of(poll), organiser_of(poll.session.event)
    given = {"options": [{"id": str(ids[text]), "text": text} for text in "ab"], "max": 2}
    edit_poll(poll_id=poll.pk, caller=caller, given=given, now=NOW)
    poll.refresh_from_db()
    assert poll.right_answer is None
    number = draft("4", **NUMBER)
    assert read_draft({"kind": "text"}, over=number).right_answer == ()


def test_right_number_that_new_rules_leave_no_room_for_is_refused():
    with pytest.raises(Malformed) as refusal:
        read_draft({"rules": {"to": "3"}}, over=draft("4", **NUMBER))
    assert list(refusal.value.fields) == ["right_answer"]


# --- revealing


def test_right_answer_is_revealed_once_after_the_close(database):
    poll = make_poll(right_answer={"options": [2]})
    assert refused(reveal, poll) == "poll_not_closed"
    poll = to_state(poll, "closed")
    before = poll.version
    revealed = reveal(poll)
    assert (revealed.right_count, revealed.right_revealed_at, revealed.version) == (0, NOW, before + 1)
    assert reveal(poll).version == before + 1  # again: nothing
    verbs = TimelineEntry.objects.filter(verb="poll.right_revealed").values_list("title", "subject")
    assert list(verbs) == [("Which?", str(poll.pk))]
    [entry] = AuditEntry.objects.filter(kind="polls.right_revealed")
    assert (entry.subject, entry.details) == (f"poll {poll.pk}", {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"state": "draft", "right_answer": "1"}, "poll_not_closed"),
        ({"state": "archived", "right_answer": "1"}, "poll_not_closed"),
        ({"state": "closed"}, "no_right_answer"),
    ],
)
def test_other_polls_reveal_nothing(rules, code):
    poll = make_poll(**rules)
    assert refused(reveal, poll) == code
    poll.refresh_from_db()
    assert poll.right_revealed_at is None


@pytest.mark.django_db
def test_moderators_alone_reveal():
    poll = make_poll(state="closed", right_answer="1")
    with pytest.raises(NotSignedIn):
        reveal(poll, Caller())
    with pytest.raises(NotModerator):
        reveal(poll, Caller(user_id=make_moderator(make_session()).pk))


@pytest.mark.django_db
def test_voting_does_not_go_on_after_the_reveal():
    poll = make_poll(state="closed", visibility="always", right_answer="1")
    assert undo_until(poll) is not None
    poll = reveal(poll)
    assert undo_until(poll) is None
    assert refused(to_state, poll, "live") == "illegal_move"
    assert to_state(poll, "published", "archived", "closed").right_count == 0


# --- changing it


def edit_right(poll, right):
    caller = organiser_of(poll.session.event)
    return edit_poll(poll_id=poll.pk, caller=caller, given={"right_answer": right}, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["live", "closed", "published"])
def test_change_after_the_launch_is_noted_without_saying_what_it_is(state):
    poll = make_poll(state=state, right_answer={"options": [1]})
    edit_right(poll, {"options": [1]})  # no change
    assert not TimelineEntry.objects.filter(verb="poll.right_changed").exists()
    assert edit_right(poll, {"options": [3]}).right_answer == [3]
    [entry] = TimelineEntry.objects.filter(verb="poll.right_changed")
    assert (entry.title, entry.subject) == ("Which?", str(poll.pk))
    assert AuditEntry.objects.filter(kind="polls.right_changed").values_list("details", flat=True)[0] == {}
    assert edit_right(poll, None).right_answer is None


@pytest.mark.django_db
def test_draft_is_changed_without_a_note_and_a_revealed_one_not_at_all():
    poll = make_poll(state="draft", right_answer={"options": [1]})
    edit_right(poll, {"options": [2]})
    assert not TimelineEntry.objects.filter(verb="poll.right_changed").exists()
    poll = reveal(to_state(poll, "live", "closed"))
    for right in ({"options": [1]}, None):
        assert refused(edit_right, poll, right) == "right_answer_is_revealed"
    edit_right(poll, {"options": [2]})  # as it is


@pytest.mark.django_db
def test_another_round_and_a_copy_have_it_and_have_not_revealed_it():
    poll = make_poll(state="closed", kind="ranking", right_answer="3 1 2")
    reveal(poll)
    other = make_session(poll.session.event)
    caller = organiser_of(poll.session.event)
    copy_polls(from_session_id=poll.session_id, to_session_id=other.pk, caller=caller, now=NOW)
    for copy in (run_again(poll_id=poll.pk, caller=caller, now=NOW), Poll.objects.get(session=other)):
        assert (copy.right_answer, copy.right_revealed_at, copy.right_count) == ([3, 1, 2], None, None)
        assert "right_answer" not in (poll_json(to_state(copy, "live"), fresh_options(copy), EVERYBODY) or {})


# --- what is told, and to whom


def ballots(poll, *chosen):
    return [vote_for(poll, make_attendee(poll.session), *texts) for texts in chosen]


def right_for(poll, audience):
    return (poll_json(poll, fresh_options(poll), audience) or {}).get("right_answer")


@pytest.mark.django_db
def test_moderators_alone_are_told_before_and_everybody_after():
    poll = make_poll(visibility="after_publishing", right_answer={"options": [2]})
    [b] = Option.objects.filter(poll=poll, text="b").values_list("pk", flat=True)
    record(*ballots(poll, "b", "a", "b"))
    poll = to_state(poll, "closed")
    assert right_for(poll, MODERATORS) == {"revealed_at": None, "options": [str(b)]}
    assert right_for(poll, VOTED) is right_for(poll, EVERYBODY) is None
    poll = reveal(poll)
    at = right_for(poll, EVERYBODY)["revealed_at"]
    assert at
    for audience in (VOTED, EVERYBODY):  # the result is hidden still
        assert right_for(poll, audience) == {"revealed_at": at, "options": [str(b)]}
    assert right_for(poll, MODERATORS) == {"revealed_at": at, "options": [str(b)], "count": 2, "share": 67}
    poll = to_state(poll, "published")
    assert right_for(poll, EVERYBODY)["count"] == 2


@pytest.mark.parametrize(
    ("kind", "right", "own", "is_right"),
    [
        ("single", ["1", "3"], ["3"], True),
        ("single", ["1", "3"], ["2"], False),
        ("multiple", ["1", "3"], ["3", "1"], True),
        ("multiple", ["1", "3"], ["1"], False),
        ("multiple", ["1"], ["1", "2"], False),
        ("ranking", ["3", "1"], ["3", "1"], True),
        ("ranking", ["3", "1"], ["1", "3"], False),
        ("number", "3.5", "3.5", True),
        ("number", "3.5", "3", False),
    ],
)
def test_own_answer_is_right_or_not(kind, right, own, is_right):
    field = KINDS[kind].field
    mine = {"voted": True, "options": own if isinstance(own, list) else ["9"], field: own}
    assert had_it_right(KINDS[kind], {field: right}, mine) is is_right
    assert had_it_right(KINDS[kind], {field: right}, {**mine, "voted": False}) is None
    assert had_it_right(KINDS[kind], {field: right}, {**mine, "options": None}) is None


# --- what the database holds


@pytest.mark.parametrize(
    "wrong",
    [
        {"right_revealed_at": NOW, "right_count": 1, "right_answer": None},
        {"right_revealed_at": NOW, "right_count": None},
        {"right_revealed_at": None, "right_count": 1},
        {"right_revealed_at": NOW, "right_count": 1, "state": "live"},
        {"right_revealed_at": NOW, "right_count": 1, "closed_at": None, "state": "archived"},
    ],
)
def test_database_refuses_what_was_revealed_too_early(database, wrong):
    poll = make_poll(state="closed", right_answer={"options": [1]})
    with pytest.raises(DatabaseError), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(**wrong)
