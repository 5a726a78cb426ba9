"""REST: questions from the room, for those who ask, those who keep the queue, and everybody."""

import pytest
from django.utils import timezone

from opendev.core.limits import forget_all
from opendev.core.text import time_text
from sessions.programme.models import Session
from sessions.questions.models import Question
from tests.factories import make_attendee, make_helper, make_moderator, make_question, make_session, votes_of
from tests.support.people import Answer

QUESTION = {
    "id", "session", "text", "name", "state", "pinned", "votes", "answer", "asked_at", "on_air_at", "answered_at",
    "merged", "version", "mine",
}  # fmt: skip
KEEPERS = QUESTION | {"merged_into", "undo_until"}
AUTHORS = QUESTION | {"is_merged"}
NUL, SURROGATE = "a\x00b", "a\ud800b"


@pytest.fixture
def session(inner):
    return make_session()


@pytest.fixture
def helper(person, session):
    return person(user=make_helper(session))


@pytest.fixture
def attendee(person, session):
    return person(attendee=make_attendee(session))


def test_question_is_asked_with_201_and_read_as_what_it_is_to_each(person, session, helper, attendee):
    path = f"sessions/{session.pk}/questions/"
    response = attendee.program.post(
        path, json={"text": "Why?", "name": "Ada"}, headers={"Authorization": f"Bearer {attendee.token}"}
    )
    assert response.status_code == 201
    asked = response.json()
    assert asked.keys() == AUTHORS
    assert asked["mine"] == {"author": True, "upvoted": False}
    for who, keys in ((helper, KEEPERS), (attendee, AUTHORS), (person(), QUESTION)):
        assert who.rest("GET", f"questions/{asked['id']}/").body.keys() == keys
        assert [one["id"] for one in who.rest("GET", path).body["results"]] == [asked["id"]]
    assert person().rest("POST", path, {"text": "Why?"}) == Answer(401, "not_joined")
    assert helper.rest("POST", path, {"text": "Why?"}) == Answer(403, "not_joined")


@pytest.mark.parametrize("state", ["waiting", "dismissed"])
def test_hidden_question_is_as_one_that_is_not_there(person, session, helper, attendee, state):
    question = make_question(session, "A secret?", state=state)
    neighbour = person(user=make_moderator(make_session(session.event)))
    acts = [
        ("GET", "", None), ("PATCH", "", {"text": "Mine"}), ("PATCH", "", {"pinned": True}), ("DELETE", "", None),
        ("PUT", "state/", {"state": "open"}), ("POST", "undo/", None), ("PUT", "upvote/", None),
        ("DELETE", "upvote/", None),
    ]  # fmt: skip
    for who in (person(), attendee, neighbour):
        assert who.rest("GET", f"sessions/{session.pk}/questions/").body["results"] == []
        for method, tail, body in acts:
            forget_all()
            hidden, nothing = (who.rest(method, f"questions/{pk}/{tail}", body) for pk in (question.pk, 404))
            assert (
                (hidden, hidden.text) == (nothing, nothing.text) == (Answer(404, "not_found"), nothing.text)
            )
    assert helper.rest("GET", f"questions/{question.pk}/").body["text"] == "A secret?"


def test_queue_is_kept_by_helpers_and_nobody_less(person, session, helper, attendee):
    question, other = make_question(session), make_question(session, "How?")
    path = f"questions/{question.pk}/"
    neighbour = person(user=make_helper(make_session(session.event)))
    acts = [
        ("PATCH", path, {"pinned": True}), ("PATCH", path, {"answer": "Because."}),
        ("PUT", path + "state/", {"state": "on_air"}), ("POST", path + "undo/", None),
        ("PUT", path + "state/", {"state": "answered", "answer": "So."}),
        ("PATCH", f"questions/{other.pk}/", {"merged_into": str(question.pk)}),
        ("PATCH", f"questions/{other.pk}/", {"merged_into": None}),
    ]  # fmt: skip
    for method, address, body in acts:
        for who, refused in (
            (person(), "not_signed_in"),
            (attendee, "not_signed_in"),
            (neighbour, "not_helper"),
        ):
            assert who.rest(method, address, body).code in {refused, "not_found"}
        assert helper.rest(method, address, body).code == "", (address, body)
    now = person().rest("GET", path).body
    assert (now["state"], now["answer"], now["pinned"]) == ("answered", "So.", True)
    rules = f"sessions/{session.pk}/questions/rules/"
    assert helper.rest("PATCH", rules, {"named": False}) == Answer(403, "not_moderator")
    assert helper.rest("PUT", f"sessions/{session.pk}/state/", {"state": "over"}) == Answer(
        403, "not_moderator"
    )


def test_upvote_is_put_and_taken_back_by_its_owner(session, attendee, person):
    question = make_question(session)
    path = f"questions/{question.pk}/upvote/"
    for method, votes in (("PUT", 1), ("PUT", 1), ("DELETE", 0), ("DELETE", 0)):
        answer = attendee.rest(method, path)
        assert (answer.body["votes"], answer.body["mine"]["upvoted"]) == (votes, method == "PUT")
        assert votes_of(question) == votes
    assert person().rest("PUT", path) == Answer(401, "not_joined")


def test_upvote_for_a_merged_question_answers_with_where_it_stands(session, helper, attendee):
    target, other = make_question(session), make_question(session)
    helper.rest("PATCH", f"questions/{other.pk}/", {"merged_into": str(target.pk)})
    answer = attendee.rest("PUT", f"questions/{other.pk}/upvote/")
    assert (answer.body["id"], answer.body["votes"]) == (str(target.pk), 1)


def test_own_question_is_changed_and_withdrawn(session, person):
    ada = make_attendee(session)
    author = person(attendee=ada)
    question = make_question(session, attendee=ada)
    path = f"questions/{question.pk}/"
    assert author.rest("PATCH", path, {"text": "Why not?"}).body["text"] == "Why not?"
    assert author.rest("PATCH", path, {"text": "Both?", "pinned": True}) == Answer(401, "not_signed_in")
    assert Question.objects.get(pk=question.pk).text == "Why not?"  # all of it or nothing
    assert author.rest("DELETE", path).body["id"] == str(question.pk)
    assert author.rest("GET", path) == Answer(404, "not_found")
    assert not Question.objects.filter(pk=question.pk).exists()


def test_similar_questions_are_found_for_everybody(person, session):
    question = make_question(session, "How large are the virtual machines?")
    path = f"sessions/{session.pk}/questions/similar/"
    [found] = person().rest("GET", f"{path}?text=How+large+are+virtual+machines%3F").body["results"]
    assert found == {"id": str(question.pk), "text": question.text, "state": "open", "votes": 0}
    assert person().rest("GET", f"{path}?text=Else").body["results"] == []
    for wrong in ("", "?text=", "?text=" + "x" * 301, "?text=a%00"):
        assert person().rest("GET", path + wrong) == Answer(400, "malformed", frozenset({"text"}))


def test_rules_of_asking_are_set_by_moderators(person, session):
    moderator = person(user=make_moderator(session))
    path = f"sessions/{session.pk}/questions/rules/"
    assert moderator.rest("PATCH", path, {"moderated": True}).body == {"named": True, "moderated": True}
    assert person().rest("GET", f"sessions/{session.pk}/").body["questions"] == {
        "named": True,
        "moderated": True,
    }
    for field in ("named", "moderated"):
        for wrong in (0, "true", [], {}):
            answer = moderator.rest("PATCH", path, {field: wrong})
            assert answer == Answer(400, "malformed", frozenset({field}))


def test_field_of_the_wrong_shape_is_named_and_nothing_is_written(person, session, helper):
    question = make_question(session)
    before = list(Question.objects.filter(session=session).values())
    texts = [None, 0, True, [], {}, "", " \n", NUL, SURROGATE, "x" * 301]
    path = f"questions/{question.pk}/"
    cases = [
        *[("POST", f"sessions/{session.pk}/questions/", {"text": wrong}, "text") for wrong in texts],
        *[
            ("POST", f"sessions/{session.pk}/questions/", {"text": "Why?", "name": wrong}, "name")
            for wrong in (0, [], {}, NUL, SURROGATE, "x" * 121)
        ],
        *[("PATCH", path, {"answer": wrong}, "answer") for wrong in (0, [], {}, NUL, SURROGATE, "x" * 4001)],
        *[("PATCH", path, {"pinned": wrong}, "pinned") for wrong in (None, 0, "true", [], {})],
        *[
            ("PATCH", path, {"merged_into": wrong}, "merged_into")
            for wrong in (0, "", "x", [], "9" * 20, "404")
        ],
        *[
            ("PUT", path + "state/", {"state": wrong}, "state")
            for wrong in (None, 0, "", "OPEN", [], {}, NUL)
        ],
        *[
            ("PUT", path + "state/", {"state": "answered", "answer": wrong}, "answer")
            for wrong in (0, [], NUL, "x" * 4001)
        ],
    ]
    for method, address, body, field in cases:
        who = helper if method != "POST" else person(attendee=make_attendee(session))
        assert who.rest(method, address, body) == Answer(400, "malformed", frozenset({field})), (
            address,
            body,
        )
    assert list(Question.objects.filter(session=session).values()) == before


def test_attendee_who_asks_too_often_is_told_to_wait(session, attendee):
    path = f"sessions/{session.pk}/questions/"
    said = [attendee.rest("POST", path, {"text": f"Question {n}?"}).code for n in range(9)]
    assert said[:6] == [""] * 6
    assert said[-1] == "too_often"  # the library that counts may lose one, as its timer clears up meanwhile


def test_list_costs_the_same_for_one_question_and_for_many(session, client, django_assert_num_queries):
    for number in (1, 3):
        while Question.objects.filter(session=session).count() < number:
            make_question(session)
        with django_assert_num_queries(
            5
        ):  # the gate, the session, its people, the questions, what was merged
            shown = client.get(f"/api/v1/sessions/{session.pk}/questions/").json()["results"]
        assert len(shown) == number


def test_undo_is_offered_until_it_is_too_late(session, helper):
    question = make_question(session)
    moved = helper.rest("PUT", f"questions/{question.pk}/state/", {"state": "dismissed"}).body
    assert moved["undo_until"] > (time_text(timezone.now()) or "")
    assert helper.rest("POST", f"questions/{question.pk}/undo/").body["state"] == "open"
    assert helper.rest("POST", f"questions/{question.pk}/undo/") == Answer(409, "illegal_move")
    assert Session.objects.get(pk=session.pk).questions_named
