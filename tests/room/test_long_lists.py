"""Hundreds of questions and names: pages, snapshots and REST stay short, and everything is still to be reached."""

import re
from datetime import timedelta

import pytest

from opendev.core.limits import forget_all
from opendev.core.parts import REST_PART, SHOWN_FIRST
from sessions.follow_ups.models import SignUp
from sessions.questions.consumers import MOST_IN_SNAPSHOT
from sessions.questions.models import Question
from tests.factories import NOW, make_attendee, make_line, make_moderator, make_question, make_session
from tests.support.inner_server import inner
from tests.support.pages import squeezed
from tests.support.people import person, watch_rest

__all__ = ["inner", "person", "watch_rest"]

MANY = 480  # what one address asked in the attack that this stands against


@pytest.fixture(autouse=True)
def _counts_begin_anew():
    forget_all()


@pytest.fixture
def session(inner):
    return make_session()


@pytest.fixture
def flood(session):
    """Many open questions without a vote."""
    rows = [
        Question(session=session, text=f"Buy number {n}?", asked_at=NOW + timedelta(seconds=n), version=1)
        for n in range(MANY)
    ]
    return Question.objects.bulk_create(rows)


def rows_on(page) -> int:
    return len(re.findall(r'<li class="row ask"[^>]*data-(?:asked|queue-item)="[1-9]', squeezed(page.text)))


def every_part(who, path):
    """All rows of a list, by following `next` until it is null."""
    rows, parts = [], 0
    while path:
        answer = who.rest("GET", path)
        assert answer.status == 200, answer
        rows += answer.body["results"]
        parts += 1
        path = (answer.body["next"] or "").partition("/api/v1/")[2]
    return rows, parts


def test_pages_show_the_first_and_lead_to_the_rest(session, flood, person):
    wanted = make_question(session, "Which one has votes?")
    Question.objects.filter(pk=wanted.pk).update(votes=3)
    visitor, moderator = person(attendee=make_attendee(session)), person(user=make_moderator(session))
    for who, path in (
        (visitor, session.get_absolute_url() + "?tab=questions"),
        (moderator, session.address("control")),
        (moderator, session.address("control-questions")),
    ):
        page = who.get(path)
        assert rows_on(page) == SHOWN_FIRST
        assert "Which one has votes?" in page.text
        assert (
            f">{MANY + 1}</span>" in squeezed(page.text)
            or "Dismiss all 480 questions without votes" in page.text
        )
        assert len(page.text) < 300_000
    link = re.search(
        r'href="(\?[^"]*shown=\d+)" data-show-more',
        squeezed(visitor.get(f"{session.get_absolute_url()}?tab=questions").text),
    )
    more = visitor.get(session.get_absolute_url() + link[1].replace("&amp;", "&"))
    assert rows_on(more) == SHOWN_FIRST + 100
    everything = visitor.get(session.get_absolute_url() + "?tab=questions&shown=9999")
    assert rows_on(everything) == MANY + 1


def test_snapshot_has_what_matters_and_says_what_it_left_out(session, flood, person):
    asker = make_attendee(session)
    own = make_question(session, "Mine?", attendee=asker)
    Question.objects.filter(pk=own.pk).update(asked_at=NOW + timedelta(days=1))
    on_air = make_question(session, "On air?", state="on_air")
    Question.objects.filter(pk=flood[-1].pk).update(votes=7)
    with person(attendee=asker).socket(session.pk) as socket:
        shown = {question["id"] for question in socket.snapshot["questions"]}
        assert len(shown) == MOST_IN_SNAPSHOT
        assert socket.snapshot["questions_left_out"] == MANY + 2 - MOST_IN_SNAPSHOT
        assert {str(own.pk), str(on_air.pk), str(flood[-1].pk), str(flood[0].pk)} <= shown
    hidden = make_session(session.event)
    with person(attendee=asker).socket(hidden.pk) as socket:
        assert "questions_left_out" not in socket.snapshot


def test_left_out_counts_only_what_one_may_know_of(session, flood, person):
    Question.objects.filter(pk__in=[one.pk for one in flood[: MANY - 50]]).update(state="dismissed")
    with person(attendee=make_attendee(session)).socket(session.pk) as socket:
        assert len(socket.snapshot["questions"]) == 50
        assert "questions_left_out" not in socket.snapshot


def test_rest_answers_in_parts_that_hold_while_rows_come_and_go(session, flood, person):
    somebody, path = person(), f"sessions/{session.pk}/questions/"
    rows, parts = every_part(somebody, path)
    assert [row["text"] for row in rows] == [question.text for question in flood]
    assert parts == 5
    first = somebody.rest("GET", path).body
    assert len(first["results"]) == REST_PART
    Question.objects.filter(pk__in=[flood[3].pk, flood[REST_PART - 1].pk]).delete()
    second = somebody.rest("GET", first["next"].partition("/api/v1/")[2]).body
    assert second["results"][0]["text"] == flood[REST_PART].text
    for wrong in ("x", "1", "1.2.3", "-1.2", f"1.{2**63}", "9" * 19 + ".1"):
        refused = somebody.rest("GET", f"{path}?after={wrong}")
        assert (refused.status, refused.code) == (400, "malformed")
        assert refused.fields == {"after"}


def test_names_under_a_line_come_in_parts(session, person):
    line, moderator = make_line(session), person(user=make_moderator(session))
    SignUp.objects.bulk_create(
        SignUp(line=line, name=f"Name {n}", source="pad", signed_up_at=NOW) for n in range(250)
    )
    rows, parts = every_part(moderator, f"sign-up-lines/{line.pk}/sign-ups/")
    assert [row["name"] for row in rows] == [f"Name {n}" for n in range(250)]
    assert parts == 3


def test_pages_of_a_line_show_the_first_names_and_lead_to_the_rest(session, person):
    line, moderator = make_line(session), person(user=make_moderator(session))
    SignUp.objects.bulk_create(
        SignUp(line=line, name=f"Name {n}", source="pad", signed_up_at=NOW + timedelta(seconds=n))
        for n in range(250)
    )
    own = line.get_absolute_url()
    for who, path in (
        (person(), own),
        (moderator, own),
        (moderator, session.address("control-line-edit", line=line.pk)),
    ):
        page = who.get(path)
        assert names_on(page) == SHOWN_FIRST
        assert "Show more of 210 further names" in squeezed(page.text)
        link = re.search(r'href="([^"?]*\?shown=\d+)#names-h"', squeezed(page.text))
        assert names_on(who.get(link[1])) == SHOWN_FIRST + 100
        assert names_on(who.get(f"{path}?shown=9999")) == 250


def names_on(page) -> int:
    return len({*re.findall(r"<bdi>(Name \d+)</bdi>", squeezed(page.text))})


def test_flood_is_dismissed_in_one_press_and_restored_in_another(session, flood, person):
    kept = make_question(session, "Kept?")
    Question.objects.filter(pk=kept.pk).update(votes=1)
    moderator, visitor = person(user=make_moderator(session)), person(attendee=make_attendee(session))
    with visitor.socket(session.pk):
        done = moderator.post(session.address("control-questions-dismiss"), which="unvoted")
        assert done.status in {200, 302}
        assert rows_on(visitor.get(session.get_absolute_url() + "?tab=questions")) == 1
        queue = moderator.get(session.address("control-questions"))
        assert "480 questions were dismissed at once." in queue.text
        act = re.search(r'name="dismissal" value="(\d+)"', queue.text)[1]
        moderator.post(session.address("control-questions-restore"), dismissal=act)
        assert rows_on(visitor.get(session.get_absolute_url() + "?tab=questions")) == SHOWN_FIRST
    again = moderator.post(session.address("control-questions-restore"), dismissal="1" + act)
    assert (again.status, again.code) == (404, "not_found")


def test_dismissals_by_rest(session, person):
    questions, moderator = (
        [make_question(session), make_question(session)],
        person(user=make_moderator(session)),
    )
    path = f"sessions/{session.pk}/questions/dismissals/"
    act = moderator.rest("POST", path, {"questions": [str(question.pk) for question in questions]})
    assert (act.code, act.body["count"]) == ("", 2)
    undone = moderator.rest("POST", f"question-dismissals/{act.body['id']}/undo/")
    assert (undone.code, undone.body["count"]) == ("", 2)
    assert moderator.rest("POST", f"question-dismissals/{act.body['id']}/undo/").body["count"] == 0
    assert moderator.rest("POST", f"question-dismissals/1{act.body['id']}/undo/").code == "not_found"
    assert moderator.rest("POST", path, {}).code == "malformed"
    assert moderator.rest("POST", path, {"which": "waiting"}).code == "nothing_to_dismiss"
