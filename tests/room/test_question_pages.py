"""Questions by page, without script: forms post, links follow, a refusal loses nothing that was typed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.programme.models import Session, SessionRole
from sessions.programme.services.team import invite_moderator
from sessions.questions.models import Question
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_moderator,
    make_question,
    upvote,
    votes_of,
)
from tests.factories.sessions import organiser_of
from tests.room.pages import code_of, followed, form_of, text_of

pytestmark = pytest.mark.django_db


def asked_on(response):
    """The questions that stand in the rows of a page, in their order."""
    rows = re.findall(r'<li class="row ask"[^>]*>.*?</li>', text_of(response), re.S)
    return [found[1] for row in rows if (found := re.search(r'class="said"[^>]*>([^<]+)<', row))]


def test_question_is_asked_upvoted_changed_and_withdrawn_by_forms(session, ada, bob, browser_of):
    author, neighbour = browser_of(ada), browser_of(bob)
    page = followed(author, author.post(session.address("question-ask"), {"text": "Why?", "name": "Ada"}))
    question = Question.objects.get()
    assert (question.text, question.name) == ("Why?", "Ada")
    assert asked_on(page) == ["Why?"]
    assert "Your question" in text_of(page)
    upvoting = session.address("question-upvote", question=question.pk)
    page = followed(neighbour, neighbour.post(upvoting))
    assert 'aria-pressed="true"' in text_of(page)
    assert votes_of(question) == 1
    followed(neighbour, neighbour.post(upvoting, {"take_back": "1"}))
    assert votes_of(question) == 0
    editing = session.address("question-edit", question=question.pk)
    assert asked_on(followed(author, author.post(editing, {"text": "Why not?"}))) == ["Why not?"]
    page = followed(author, author.post(session.address("question-withdraw", question=question.pk)))
    assert asked_on(page) == []


def test_refused_question_is_still_in_the_form(session, ada, browser_of):
    for text, name, code in (("x" * 301, "Ada", "malformed"), ("   ", "Ada", "malformed")):
        response = browser_of(ada).post(session.address("question-ask"), {"text": text, "name": name})
        assert (response.status_code, code_of(response)) == (400, code)
        assert f">{text}</textarea>" in text_of(response)
        assert 'value="Ada"' in text_of(response)
    response = browser_of().post(session.address("question-ask"), {"text": "Why?"})
    assert (response.status_code, code_of(response)) == (403, "not_joined")
    assert not Question.objects.exists()


def test_form_shows_what_was_asked_before_and_takes_it_the_second_time(session, ada, browser_of):
    make_question(session, "How large are the virtual machines?")
    browser, text = browser_of(ada), "How large are virtual machines?"
    page = browser.post(session.address("question-ask"), {"text": text, "check": "1"})
    assert "How large are the virtual machines?" in text_of(page)
    assert f">{text}</textarea>" in text_of(page)
    assert 'name="check" value=""' in text_of(page)
    followed(browser, browser.post(session.address("question-ask"), {"text": text, "check": ""}))
    assert Question.objects.filter(text=text).exists()


def test_list_is_by_votes_or_by_time_with_pinned_ones_first(session, ada, browser_of):
    first, second, third = (make_question(session, f"Question {n}?") for n in range(3))
    for minutes, question in enumerate((first, second, third)):
        Question.objects.filter(pk=question.pk).update(asked_at=NOW + timedelta(minutes=minutes))
    upvote(second, ada)
    Question.objects.filter(pk=third.pk).update(pinned=True)
    for sort, order in (("", "213"), ("votes", "213"), ("time", "201"), ("nonsense", "213")):
        page = browser_of(ada).get(session.get_absolute_url(), {"tab": "questions", "sort": sort})
        expected = {"213": [third, second, first], "201": [third, first, second]}[order]
        assert asked_on(page) == [question.text for question in expected], sort


def test_room_shows_what_is_on_air_ones_own_and_the_answers(session, ada, bob, browser_of):
    make_question(session, "On air?", state="on_air")
    make_question(session, "Waits?", state="waiting", attendee=ada)
    answered = make_question(session, "Answered?", state="answered")
    Question.objects.filter(pk=answered.pk).update(answer="Two gigabytes.\nOr more.")
    texts = {
        who: text_of(browser_of(who).get(f"{session.get_absolute_url()}?tab=questions")) for who in (ada, bob)
    }
    for text in texts.values():
        assert "On air?" in text
        assert "Two gigabytes.\nOr more." in text
    assert "Waits?" in texts[ada]
    assert "Waits?" not in texts[bob]


def test_room_of_a_moderator_is_the_room_of_everybody(session, browser_of):
    make_question(session, "Waits?", state="waiting")
    page = browser_of(user=make_moderator(session)).get(f"{session.get_absolute_url()}?tab=questions")
    assert "Waits?" not in text_of(page)


def test_room_that_is_over_is_the_record_of_its_questions(session, ada, browser_of):
    make_question(session, "Answered?", state="answered")
    open_one = make_question(session, "Left open?")
    Session.objects.filter(pk=session.pk).update(state="over")
    text = text_of(browser_of(ada).get(f"{session.get_absolute_url()}?tab=questions"))
    assert "Answered?" in text
    assert re.search(rf'id="question-{open_one.pk}".*?disabled', text, re.S)
    assert "data-asking hidden" in text


def test_queue_is_kept_by_forms_and_comes_back_to_where_one_was(session, browser_of):
    moderator = browser_of(user=make_moderator(session))
    first, second = make_question(session, "First?"), make_question(session, "Second?", state="waiting")

    def press(name, question, page="queue", **fields):
        address = session.address(f"control-question-{name}", question=question.pk)
        response = moderator.post(address, {"page": page, **fields})
        assert response.status_code == 302, code_of(response)
        return response["Location"]

    assert press("state", second, state="open") == session.address("control-questions")
    assert press("state", first, page="control", state="on_air") == session.address("control")
    shown = text_of(moderator.get(session.address("control")))
    assert "Being answered" in shown
    assert shown.count("data-undo=") == 2
    press("undo", second)
    assert Question.objects.get(pk=second.pk).state == "waiting"
    press("pin", first, pinned="1")
    assert Question.objects.get(pk=first.pk).pinned
    response = moderator.post(
        session.address("control-question-state", question=first.pk), {"state": "open", "seen": "answered"}
    )
    assert (response.status_code, code_of(response)) == (409, "changed_meanwhile")


def test_answer_is_written_on_a_page_of_its_own_and_kept_when_refused(session, browser_of):
    helper, question = browser_of(user=make_helper(session)), make_question(session)
    address = session.address("control-question-edit", question=question.pk)
    response = helper.post(address, {"do": "answered", "answer": "x" * 4001})
    assert (response.status_code, code_of(response)) == (400, "malformed")
    assert "x" * 4001 in text_of(response)
    helper.post(address, {"do": "answered", "answer": "So."})
    now = Question.objects.get()
    assert (now.state, now.answer) == ("answered", "So.")


def test_questions_are_merged_and_parted_by_form(session, browser_of):
    helper = browser_of(user=make_helper(session))
    question, target, hidden = (make_question(session, f"Question {n}?") for n in range(3))
    Question.objects.filter(pk=hidden.pk).update(state="dismissed")
    address = session.address("control-question-edit", question=question.pk)
    assert f'value="{hidden.pk}"' not in text_of(helper.get(address))
    for wrong in ("x", "404", str(hidden.pk)):
        response = helper.post(address, {"do": "merge", "merged_into": wrong})
        assert response.status_code in {400, 409}, wrong
    helper.post(address, {"do": "merge", "merged_into": str(target.pk)})
    assert Question.objects.get(pk=question.pk).merged_into_id == target.pk
    helper.post(address, {"do": "merge", "merged_into": ""})
    assert Question.objects.get(pk=question.pk).merged_into_id is None


def test_question_of_another_session_is_found_by_nobody_here(session, ada, browser_of):
    elsewhere = make_question()
    moderator = browser_of(user=make_moderator(session))
    for name in ("control-question-state", "control-question-undo", "control-question-edit"):
        response = moderator.post(session.address(name, question=elsewhere.pk), {"state": "open"})
        assert response.status_code == 404
    for name in ("question-upvote", "question-withdraw", "question-edit"):
        response = browser_of(ada).post(session.address(name, question=elsewhere.pk), {"text": "x"})
        assert (response.status_code, code_of(response)) == (404, "not_found")


def test_screen_shows_the_question_on_air_but_not_over_a_live_poll(session, poll, browser_of):
    question = make_question(session, "Who answers?", state="on_air")
    assert "Who answers?" not in text_of(browser_of().get(session.address("screen")))
    type(poll).objects.filter(pk=poll.pk).update(state="closed", closed_at=NOW)
    text = text_of(browser_of().get(session.address("screen")))
    assert "Who answers?" in text
    assert 'data-view="question"' in text
    Question.objects.filter(pk=question.pk).update(state="answered")
    assert "Who answers?" not in text_of(browser_of().get(session.address("screen")))


def test_event_lists_its_answered_questions_in_the_order_of_the_programme(session, client):
    make_question(session, "Open?")
    make_question(session, "Hidden?", state="dismissed")
    question = make_question(session, "Answered?", state="answered")
    Question.objects.filter(pk=question.pk).update(answer="So & so.")
    text = text_of(client.get(f"/{session.event.slug}/questions/"))
    assert "Answered?" in text
    assert "So &amp; so." in text
    assert "Open?" not in text
    assert "Hidden?" not in text
    assert client.get("/no-such-event/questions/").status_code == 404


def test_helper_is_invited_to_the_queue_and_to_nothing_else(session, browser_of):
    given = {
        "session_id": session.pk,
        "caller": organiser_of(session.event),
        "name": "Kendall",
        "now": timezone.now(),
    }
    person, token = invite_moderator(**given, role="helper")
    assert [role.role for role in SessionRole.objects.filter(person=person)] == ["helper"]
    stranger = browser_of()
    signed_in = stranger.post(f"/sign-in/{token}/")
    assert signed_in["Location"] == session.address("control-questions")
    assert stranger.get(session.address("control-questions")).status_code == 200
    assert stranger.get(session.address("control")).status_code == 403
    assert "Question settings" not in text_of(stranger.get(session.address("control-questions")))
    attendee = browser_of(make_attendee(session))
    assert attendee.get(session.address("control-questions")).status_code == 302


def test_revoking_an_asker_keeps_the_answer_that_was_typed(browser_of, session):
    question = make_question(session, text="Why?")
    desk = browser_of(user=make_moderator(session))
    address = session.address("control-question-edit", question=question.pk)
    typed = form_of(desk.get(address)) | {"answer": "Because.", "do": "revoke"}
    assert desk.post(address, typed).status_code == 302
    question.refresh_from_db()
    assert question.answer == "Because."
    assert "Restore access" in text_of(desk.get(address))
