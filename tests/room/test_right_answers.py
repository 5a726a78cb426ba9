"""Right answers by page without script, line, run sheet, REST and socket; and where they show once revealed."""

import json
import re

import pytest

from opendev.recap.draft import draft
from opendev.room.forms import read_line
from opendev.room.pad_results import PollResults
from polls.models import Poll
from polls.services import reveal_right_answer, set_poll_state
from tests.factories import NOW, make_attendee, make_moderator, make_poll, options_of, record, vote_for
from tests.factories.polls import write_in
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, text_of

pytestmark = pytest.mark.django_db
SETTINGS = {"anonymous": "on", "may_change": "on", "visibility": "after_voting", "right": "1"}
SHOWN = re.compile(r"data-right-line>([^<]+)</b>\s*<span data-right-mine>([^<]*)</span>")
TAGGED = re.compile(r'<li class="row res"[^>]*? data-right [^>]*?data-option="(\d+)"')


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def rest(browser, method, path, body=None):
    said = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return said.status_code, json.loads(said.content)


def to_state(poll, *states):
    for state in states:
        set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state=state, now=NOW)


def newest():
    return Poll.objects.order_by("pk").last()


# --- set


@pytest.mark.parametrize(
    ("line", "form", "kept"),
    [
        ("Which? [right 2] / a / b / c", {}, ("single", [2])),
        ("Which? [Right 1, 3] / a / b / c", {"kind": "multiple"}, ("multiple", [1, 3])),
        ("Which first? [rank, right 3 1 2] / a / b / c", {}, ("ranking", [3, 1, 2])),
        ("How many? [number 0-100 %, right 42]", {}, ("number", ["42"])),
        ("How many? [right 42]", {"kind": "number"}, ("number", ["42"])),
        ("How much? [scale 1-5: none … all, right 4]", {}, ("scale", [4])),
        ("How much? [right 4]", {"kind": "scale"}, ("scale", [4])),
        ("Agreed? [agree, right 5]", {}, ("scale", [5])),
        ("Which? [turn right 2] / a / b", {}, ("single", None)),
    ],
)
def test_quick_poll_says_its_right_answer(session, desk, line, form, kept):
    sent = {"kind": "single", "anonymous": "on", "visibility": "always", **form, "line": line}
    assert desk.post(at(session, "control-poll-add"), sent).status_code == 302
    poll = newest()
    assert (poll.kind, poll.right_answer) == kept
    assert ("[" in poll.question) == (kept[1] is None)


@pytest.mark.parametrize(
    "line", ["Which? [right 4] / a / b", "Which? [right b] / a / b", "One word? [words 3, right 1]"]
)
def test_line_whose_right_answer_is_none_is_refused_and_kept(session, desk, line):
    refused = desk.post(
        at(session, "control-poll-add"), {"kind": "single", "visibility": "always", "line": line}
    )
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert line in text_of(refused)
    assert newest() is None


def test_bracket_that_says_a_right_answer_alone_leaves_the_options_to_the_line():
    assert read_line("Which? [right 2] / a / b")["right_answer"] == "2"
    assert [option["text"] for option in read_line("Which? [right 2] / a / b")["options"]] == ["a", "b"]


def test_run_sheet_takes_a_line_with_a_right_answer(session, desk):
    items = {"items": [{"kind": "poll", "line": "Which? [right 2] / a / b"}]}
    status, _said = rest(desk, "POST", f"sessions/{session.pk}/run-sheet/items/", items)
    assert (status, newest().right_answer) == (201, [2])


def edit_form(poll, **more):
    options = list(poll.options.filter(position__isnull=False).order_by("position"))
    ids, texts = [option.pk for option in options], [option.text for option in options]
    return {
        **SETTINGS,
        "question": poll.question,
        "kind": poll.kind,
        "option_id": ids,
        "option_text": texts,
        **more,
    }


def test_right_options_are_ticked_in_the_form_and_shown_there(session, desk):
    poll = make_poll(session, state="draft")
    path = at(session, "control-poll-edit", poll)
    form = edit_form(poll, option_text=["a", "", "c", "d"], option_right=["3", "4"])
    assert desk.post(path, form).status_code == 302
    poll.refresh_from_db()
    assert (poll.right_answer, list(options_of(poll))) == ([2, 3], ["a", "c", "d"])  # of what is left
    ticks = re.findall(r'name="option_right" value="(\d)"( checked)?', text_of(desk.get(path)))
    assert ticks == [("1", ""), ("2", " checked"), ("3", " checked"), ("4", ""), ("5", "")]
    assert desk.post(path, edit_form(poll)).status_code == 302
    poll.refresh_from_db()
    assert poll.right_answer is None


def test_order_and_number_are_written_in_the_form(session, desk):
    ranking, number = (
        make_poll(session, state="draft", kind="ranking"),
        make_poll(session, state="draft", kind="number"),
    )
    for poll, text, kept in ((ranking, "3, 1, 2", [3, 1, 2]), (number, "42", ["42"])):
        path = at(session, "control-poll-edit", poll)
        rules = (
            {"min": "1", "max": "3"}
            if poll is ranking
            else {"number_from": "0", "number_to": "100", "number_step": "1"}
        )
        assert desk.post(path, edit_form(poll, right_text=text, **rules)).status_code == 302
        poll.refresh_from_db()
        assert poll.right_answer == kept
        assert f'name="right_text" value="{text}"' in text_of(desk.get(path))


def test_refused_right_answer_keeps_what_was_typed(session, desk):
    poll = make_poll(session, state="draft")
    refused = desk.post(
        at(session, "control-poll-edit", poll), edit_form(poll, kind="points", option_right=["2"])
    )
    page = text_of(refused)
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert re.search(r'value="2" checked', page)
    assert "This kind of poll has no right answer." in page


def test_right_answer_of_a_launched_poll_is_set_until_it_is_revealed(session, desk):
    poll = make_poll(session, state="closed")
    path = at(session, "control-poll-edit", poll)
    assert ">Save the right answer</button>" in text_of(desk.get(path))
    assert desk.post(path, edit_form(poll, option_right=["2"])).status_code == 302
    poll.refresh_from_db()
    assert poll.right_answer == [2]
    reveal_right_answer(poll_id=poll.pk, caller=organiser_of(session.event), now=NOW)
    page = text_of(desk.get(path))
    assert ">Save the right answer" not in page
    assert ">Save<" not in page
    assert page.count('name="option_right" value') == page.count("disabled") == 3
    refused = desk.post(path, edit_form(poll, option_right=["1"]))
    assert (refused.status_code, code_of(refused)) == (409, "right_answer_is_revealed")


def test_rest_sets_changes_and_takes_it_away(session, desk, ada, browser_of):
    body = {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}], "right_answer": {"options": [2]}}
    status, poll = rest(desk, "POST", f"sessions/{session.pk}/polls/", body)
    [a, b] = [option["id"] for option in poll["options"]]
    assert (status, poll["right_answer"]) == (201, {"revealed_at": None, "options": [b]})
    path = f"polls/{poll['id']}/"
    assert rest(desk, "PATCH", path, {"right_answer": {"options": [a]}})[1]["right_answer"]["options"] == [a]
    assert rest(desk, "PATCH", path, {"question": "Why?"})[1]["right_answer"]["options"] == [a]
    status, refused = rest(desk, "PATCH", path, {"right_answer": {"ranking": [a]}})
    assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["right_answer"])
    assert "right_answer" not in rest(desk, "PATCH", path, {"right_answer": None})[1]


# --- revealed


@pytest.fixture
def quiz(session):
    """A live poll of three options, of which b is right; two of three people chose it, Ada not."""
    return make_poll(session, right_answer={"options": [2]})


@pytest.fixture
def voters(quiz, ada, bob):
    record(
        vote_for(quiz, ada, "a"), vote_for(quiz, bob, "b"), vote_for(quiz, make_attendee(quiz.session), "b")
    )
    return {"ada": ada, "bob": bob}


def reveal_by(desk, door, poll):
    if door == "page":
        answer = desk.post(at(poll.session, "control-poll-right-answer", poll))
        return answer.status_code, code_of(answer) if answer.status_code != 302 else ""
    status, body = rest(desk, "POST", f"polls/{poll.pk}/right-answer/")
    return status, body.get("code", "")


@pytest.mark.parametrize("door", ["page", "REST"])
def test_moderator_reveals_after_the_close(quiz, desk, door, browser_of):
    assert reveal_by(desk, door, quiz) == (409, "poll_not_closed")
    to_state(quiz, "closed")
    assert "right-answer/" in text_of(desk.get(at(quiz.session, "control")))
    assert reveal_by(browser_of(), door, quiz)[1] in {"not_signed_in", ""}
    quiz.refresh_from_db()
    assert quiz.right_revealed_at is None
    assert reveal_by(desk, door, quiz)[0] in {200, 302}
    quiz.refresh_from_db()
    assert quiz.right_revealed_at is not None
    assert "right-answer/" not in text_of(desk.get(at(quiz.session, "control")))
    form = text_of(desk.get(at(quiz.session, "control-poll-edit", quiz)))
    assert "has been revealed" in form
    assert "before you reveal it" not in form
    assert reveal_by(desk, door, make_poll(quiz.session, state="closed")) == (409, "no_right_answer")


def test_phone_says_what_is_right_and_whether_mine_is(quiz, voters, desk, browser_of):
    to_state(quiz, "closed")
    room = at(quiz.session)
    assert SHOWN.findall(text_of(browser_of(voters["ada"]).get(room))) == []
    reveal_by(desk, "page", quiz)
    line = "Right answer: b. 2 of 3 (67%) had it right."
    said = {
        who: SHOWN.findall(text_of(browser_of(voters.get(who)).get(room)))[0]
        for who in ("ada", "bob", "nobody")
    }
    assert said == {
        "ada": (line, "Your answer was another one."),
        "bob": (line, "You had it right."),
        "nobody": (line, ""),
    }
    page = text_of(browser_of(voters["ada"]).get(room))
    assert TAGGED.findall(page) == [str(options_of(quiz)["b"])]


def test_control_room_screen_earlier_list_and_record_show_it(quiz, voters, desk, browser_of):
    to_state(quiz, "closed")
    reveal_by(desk, "page", quiz)
    pages = [at(quiz.session, "control") + f"?poll={quiz.pk}", at(quiz.session, "screen")]
    for path in pages:
        page = text_of(desk.get(path))
        assert "Right answer: b. 2 of 3 (67%) had it right." in page
        assert TAGGED.findall(page) == [str(options_of(quiz)["b"])]
    make_poll(quiz.session)  # the quiz is an earlier poll now
    assert "Right answer: b." in text_of(browser_of().get(at(quiz.session)))
    quiz.session.state = "over"
    quiz.session.save()
    assert (
        SHOWN.findall(text_of(browser_of(voters["bob"]).get(at(quiz.session))))[0][1] == "You had it right."
    )


def test_hidden_result_shows_the_right_answer_and_no_count(session, desk, ada, browser_of):
    quiz = make_poll(session, visibility="moderators", right_answer={"options": [2]})
    record(vote_for(quiz, ada, "b"))
    to_state(quiz, "closed")
    reveal_by(desk, "REST", quiz)
    page = text_of(browser_of(ada).get(at(session)))
    assert SHOWN.findall(page)[0] == ("Right answer: b.", "You had it right.")
    assert "had it right.</b>" not in page
    assert "Right answer: b." in text_of(browser_of().get(at(session, "screen")))


def test_order_and_number_are_said_with_their_words(session, desk, ada, browser_of):
    ranking = make_poll(session, kind="ranking", right_answer="3 1 2", visibility="always")
    number = make_poll(
        session,
        kind="number",
        rules={"unit": "%"},
        right_answer="42",
        visibility="always",
        question="How many?",
    )
    record(write_in(number, ada, "42"), write_in(number, make_attendee(session), "7"))
    for poll in (ranking, number):
        to_state(poll, "closed")
        reveal_by(desk, "REST", poll)
    page = text_of(browser_of(ada).get(at(session)))
    assert "Right order: c, a, b. 0 of 0 (0%) had it right." in page
    assert ("Right answer: 42%. 1 of 2 (50%) had it right.", "You had it right.") in SHOWN.findall(page)
    picture = text_of(browser_of(ada).get(at(session, "screen")))
    assert re.search(r'class="histogram-right" data-right-at x1="\d', picture)


# --- afterwards


def crowd(poll, **chosen):
    record(
        *(vote_for(poll, make_attendee(poll.session), text) for text, n in chosen.items() for _ in range(n))
    )


@pytest.mark.parametrize(
    ("rules", "chosen", "sentence"),
    [
        ({"right_answer": "2"}, {"a": 3, "b": 6}, "6 of 9 (67%) chose the right answer, “b”."),
        (
            {"right_answer": "1 2"},
            {"a": 3, "b": 6},
            "9 of 9 (100%) chose one of the right answers, “a” and “b”.",
        ),
        ({"right_answer": "2"}, {"a": 6, "b": 3}, "Fewer than five of 9 chose the right answer, “b”."),
        (
            {"right_answer": "2", "kind": "multiple"},
            {"a": 3, "b": 6},
            "6 of 9 (67%) chose the right answer, “b”.",
        ),
    ],
)
def test_recap_says_how_many_had_it_right(session, rules, chosen, sentence):
    poll = make_poll(session, visibility="always", **rules)
    crowd(poll, **chosen)
    to_state(poll, "closed")
    assert "right" not in words_of_recap(session)
    reveal_right_answer(poll_id=poll.pk, caller=organiser_of(session.event), now=NOW)
    assert sentence in words_of_recap(session)


def words_of_recap(session):
    paragraphs = draft(session.event)
    return " ".join(sentence.text for part in paragraphs for sentence in part.sentences)


def test_notes_hold_it_once_it_is_revealed(quiz, voters, desk):
    to_state(quiz, "closed", "published")
    before = [line for passage in PollResults().read(quiz.session.pk) for line in passage.lines]
    assert not any("ight answer" in line for line in before)
    reveal_by(desk, "page", quiz)
    after = [line for passage in PollResults().read(quiz.session.pk) for line in passage.lines]
    assert "Right answer: b. 2 of 3 (67%) had it right." in after


@pytest.mark.parametrize("form", ["csv", "json", "md", "xlsx"])
def test_files_hold_it_once_it_is_revealed_also_for_moderators(quiz, voters, desk, form):
    to_state(quiz, "closed")
    path = f"/api/v1/sessions/{quiz.session.pk}/export/?hidden=1"
    page = f"{quiz.session.get_absolute_url()}export.{form}?hidden=1"
    columns = ("option", "right_answer", "right_votes")

    def rows():
        assert desk.get(page).status_code == 200
        return [tuple(row[name] for name in columns) for row in json.loads(desk.get(path).content)["polls"]]

    assert rows() == [("a", None, None), ("b", None, None), ("c", None, None)]
    reveal_by(desk, "page", quiz)
    assert rows() == [("a", "no", 2), ("b", "yes", 2), ("c", "no", 2)]
