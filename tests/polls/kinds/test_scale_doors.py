"""A scale through every door: pages without script, REST, socket, control room, screen, record, recap, files, pad."""

import json
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from opendev.core.attendance import sign_pass
from opendev.recap.draft import draft
from opendev.room.pad_results import PollResults
from polls.models import Poll
from polls.news import news_of
from polls.services import recount_polls, run_again, set_poll_state
from tests.factories import NOW, make_attendee, make_moderator, make_poll, options_of, record, vote_for
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, followed, shown_counts, text_of

pytestmark = pytest.mark.django_db
RULES = {"from": 1, "to": 5, "labels": ["never", "always"], "no_opinion": True}
POINTS = ["1 never", "2", "3", "4", "5 always", "No opinion"]
NOTE = "Average 4.2 of 5, median 4."


@pytest.fixture
def poll(session):
    return make_poll(session, question="How often?", kind="scale", options=POINTS, rules=RULES)


@pytest.fixture
def answered(poll):
    """Five answers between 3 and 5, and one without an opinion."""
    texts = ["3", "4", "4", "5 always", "5 always", "No opinion"]
    record(*(vote_for(poll, make_attendee(poll.session), text) for text in texts))
    poll.refresh_from_db()
    return poll


def to_state(poll, *states):
    for state in states:
        caller = organiser_of(poll.session.event)
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)


def rest(browser, method, path, body=None):
    answer = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content)


# --- making one


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def test_rest_makes_a_scale_of_its_rules(session, desk):
    status, made = rest(
        desk, "POST", f"sessions/{session.pk}/polls/", {"question": "How?", "kind": "scale", "rules": RULES}
    )
    assert (status, made["kind"], made["rules"]) == (201, "scale", RULES)
    assert [(option["text"], option.get("value")) for option in made["options"]] == [
        *zip(POINTS, [1, 2, 3, 4, 5, None], strict=True)
    ]
    assert made["result"]["mean"] is None
    status, refused = rest(desk, "PATCH", f"polls/{made['id']}/", {"rules": {"to": 40}})
    assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["to"])
    status, changed = rest(desk, "PATCH", f"polls/{made['id']}/", {"rules": {"to": 3, "no_opinion": False}})
    assert [option["text"] for option in changed["options"]] == ["1 never", "2", "3 always"]


@pytest.mark.parametrize(
    ("line", "form", "options"),
    [
        ("How often? [scale 1-3: never … always]", {}, ["1 never", "2", "3 always"]),
        ("How often?", {"kind": "scale"}, ["1", "2", "3", "4", "5"]),
        ("How often? / no / maybe / yes", {"kind": "scale"}, ["no", "maybe", "yes"]),
    ],
)
def test_quick_poll_is_a_scale_by_its_line_or_its_box(session, desk, line, form, options):
    usual = {"kind": "single", "anonymous": "on", "may_change": "on", "visibility": "after_voting"}
    answer = desk.post(at(session, "control-poll-add"), {**usual, "line": line, "launch": "1", **form})
    assert answer.status_code == 302
    made = Poll.objects.get()
    assert (made.question, made.kind, made.state, list(options_of(made))) == (
        "How often?", "scale", "live", options,
    )  # fmt: skip


def test_draft_is_edited_by_its_rules_and_then_by_its_words(session, desk):
    made = make_poll(session, state="draft", kind="scale", options=["1", "2", "3"])
    address = at(session, "control-poll-edit", made)
    assert 'name="scale_to"' in text_of(desk.get(address))
    fields = {
        "question": "How?", "kind": "scale", "visibility": "always", "anonymous": "on", "may_change": "on",
        "option_text": ["1", "2", "3"],
        "scale_from": "0", "scale_to": "2", "scale_low": "cold", "scale_high": "hot",
    }  # fmt: skip
    assert desk.post(address, fields).status_code == 302
    assert list(options_of(made)) == ["0 cold", "1", "2 hot"]
    ids = [str(pk) for pk in options_of(made).values()]
    words = {**fields, "option_id": ids, "option_text": ["cold", "mild", "hot"]}
    assert desk.post(address, words).status_code == 302
    assert list(options_of(made)) == ["cold", "mild", "hot"]
    refused = desk.post(address, {**fields, "scale_to": "many"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert 'value="many"' in text_of(refused)


def test_score_is_ticked_and_taken_back_in_the_form_and_words_stay(session, desk):
    words = [f"{value} points" for value in range(11)]
    draft = make_poll(session, state="draft", kind="scale", options=words, rules={"from": 0, "to": 10})
    path = at(session, "control-poll-edit", draft)
    ids = list(draft.options.order_by("position").values_list("pk", flat=True))
    form = {
        "question": "How likely?",
        "kind": "scale",
        "anonymous": "on",
        "visibility": "always",
        "scale_from": "0",
        "scale_to": "10",
        "scale_low": "",
        "scale_high": "",
        "option_id": ids,
        "option_text": words,
    }
    assert desk.post(path, {**form, "scale_nps": "on"}).status_code == 302
    draft.refresh_from_db()
    assert draft.rules["nps"] is True
    assert re.search(r'name="scale_nps"\s+checked', text_of(desk.get(path)))
    assert desk.post(path, form).status_code == 302
    draft.refresh_from_db()
    assert "nps" not in draft.rules
    assert list(draft.options.order_by("position").values_list("text", flat=True)) == words
    refused = desk.post(path, {**form, "scale_nps": "on", "scale_to": "5"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")


def test_points_of_a_launched_scale_stay_where_they_are_by_page_and_rest(session, desk, answered):
    ids = [str(pk) for pk in options_of(answered).values()]
    turned = [{"id": identity, "text": text} for identity, text in zip(ids, POINTS, strict=True)][::-1]
    status, refused = rest(desk, "PATCH", f"polls/{answered.pk}/", {"options": turned})
    assert (status, refused["code"], list(refused["fields"])) == (409, "places_are_frozen", ["options"])
    address = at(session, "control-poll-edit", answered)
    fields = {
        "question": answered.question, "kind": "scale", "visibility": answered.visibility, "anonymous": "on",
        "may_change": "on", "scale_from": "1", "scale_to": "5", "scale_low": "never", "scale_high": "always",
        "scale_no_opinion": "on",
    }  # fmt: skip
    page = desk.post(address, {**fields, "option_id": ids[::-1], "option_text": POINTS[::-1]})
    assert (page.status_code, code_of(page)) == (409, "places_are_frozen")
    assert "Each option stands for a number by its place" in text_of(page)
    assert list(options_of(answered)) == POINTS
    assert NOTE in text_of(desk.get(at(session, "control")))


def test_another_round_has_the_same_scale(answered):
    again = run_again(poll_id=answered.pk, caller=organiser_of(answered.session.event), now=NOW)
    assert (again.kind, again.rules, list(options_of(again))) == ("scale", RULES, POINTS)


# --- answering


def test_vote_without_script_changes_and_is_taken_back(poll, ada, browser_of):
    page, ids = browser_of(ada), options_of(poll)
    assert 'data-look="steps"' in text_of(page.get(at(poll.session)))
    for text in ("3", "5 always"):
        shown = followed(page, page.post(at(poll.session, "vote", poll), {"option": str(ids[text])}))
    assert "Average 5.0 of 5, median 5." in text_of(shown)
    assert shown_counts(shown)[:6] == [0, 0, 0, 0, 1, 0]
    two = page.post(at(poll.session, "vote", poll), {"option": [str(ids["1 never"]), str(ids["2"])]})
    assert code_of(two) == "wrong_number_of_options"
    page.post(at(poll.session, "withdraw", poll))
    poll.refresh_from_db()
    assert (poll.ballots, recount_polls()[1]) == (0, [])


def test_named_scale_tells_moderators_who_chose_what(session, desk):
    named = make_poll(session, kind="scale", options=["1", "2"], anonymous=False)
    record(vote_for(named, make_attendee(session, name="Ada"), "2"))
    page = text_of(desk.get(at(session, "control-poll-answers", named)))
    assert "Ada" in page
    assert "<td>2</td>" in page


def test_second_answer_of_a_ballot_is_refused_by_the_database(answered):
    ballot = answered.ballot_rows.get(selections__option__text="3").pk
    row = [ballot, options_of(answered)["2"], answered.pk]
    insert = "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single) VALUES (%s, %s, %s, %s)"
    for single in (True, False):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [*row, single])


# --- the result


def test_result_is_told_to_who_may_see_it_alone(answered):
    states = news_of(answered, list(answered.options.order_by("position"))).states
    assert states["voted"]["result"] == {
        "answers": 5, "no_opinion": 1, "mean": 4.2, "median": 4, "spread": 0.75,
    }  # fmt: skip
    assert "result" not in states["everybody"]
    assert all("value" in option for option in states["everybody"]["options"][:5])


def test_pages_show_the_average_above_the_rows(answered, ada, browser_of, desk):
    stranger, room = browser_of(), at(answered.session)
    screen = at(answered.session, "screen")
    for page in (stranger.get(room), browser_of(ada).get(room), desk.get(screen)):
        assert NOTE not in text_of(page)
    assert NOTE in text_of(desk.get(at(answered.session, "control")))
    to_state(answered, "closed", "published")
    for page in (stranger.get(room), desk.get(screen)):
        assert NOTE in text_of(page)
        assert 'class="likert"' in text_of(page)
    make_poll(answered.session)  # takes the stage
    assert NOTE in text_of(stranger.get(room))


def test_record_of_the_session_keeps_the_average(answered, browser_of):
    to_state(answered, "closed", "published")
    type(answered.session).objects.filter(pk=answered.session.pk).update(state="over")
    assert NOTE in text_of(browser_of().get(at(answered.session)))


def test_recap_says_where_the_room_is_and_keeps_the_order_of_the_points(answered):
    to_state(answered, "closed", "published")
    [said] = [part for part in draft(answered.session.event) if part.key == f"poll/{answered.pk}"]
    assert [sentence.text for sentence in said.sentences] == [
        "The room is at 4.2 of 5 (median 4, 5 people).",
        "1 person had no opinion.",
    ]
    assert [row["text"] for row in said.facts["rows"]] == POINTS
    assert said.facts["most"] == 2


def test_notes_hold_the_average_below_the_points(answered):
    to_state(answered, "closed", "published")
    [passage] = PollResults().read(answered.session_id)
    assert passage.lines[1:8] == (
        "* 1 never: 0 votes, 0%", "* 2: 0 votes, 0%", "* 3: 1 vote, 17%", "* 4: 2 votes, 33%",
        "* 5 always: 2 votes, 33%", "* No opinion: 1 vote, 17%", NOTE,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md"])
def test_files_hold_value_and_average(answered, browser_of, form):
    to_state(answered, "closed", "published")
    organiser = browser_of(user=answered.session.event.organisers.first())
    address = f"/{answered.session.event.slug}/sessions/{answered.session.slug}/export.{form}"
    content = b"".join(organiser.get(address).streaming_content)
    if form == "json":
        rows = json.loads(content)["polls"]
        assert [(row["option"], row["value"], row["votes"]) for row in rows] == [
            *zip(POINTS, [1, 2, 3, 4, 5, None], [0, 0, 1, 2, 2, 1], strict=True)
        ]
        assert {row["summary"] for row in rows} == {NOTE}
    elif form != "xlsx":
        assert NOTE in content.decode()


def test_files_hide_the_average_with_the_counts(answered, browser_of):
    organiser = browser_of(user=answered.session.event.organisers.first())
    address = f"/{answered.session.event.slug}/sessions/{answered.session.slug}/export.json"
    rows = json.loads(b"".join(organiser.get(address).streaming_content))["polls"]
    assert {(row["votes"], row["summary"]) for row in rows} == {(None, "")}


def test_rest_ballot_and_coded_refusals(poll, ada):
    token = {"HTTP_AUTHORIZATION": f"Bearer {sign_pass(ada)}"}
    ids = {text: str(pk) for text, pk in options_of(poll).items()}

    def put(body):
        answer = Client().put(
            f"/api/v1/polls/{poll.pk}/ballot/", json.dumps(body), content_type="application/json", **token
        )
        return answer.status_code, json.loads(answer.content)

    assert put({"options": [ids["4"]]})[1]["options"] == [ids["4"]]
    for options, code in ((["999999"], "unknown_option"), ([], "wrong_number_of_options")):
        status, refused = put({"options": options})
        assert (status, refused["code"], list(refused["fields"])) == (400, code, ["options"])


def test_kinds_page_names_tests_that_exist():
    page = (Path(__file__).resolve().parents[3] / "docs" / "kinds.md").read_text()
    here = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 12
    assert {name for name in named if f"def {name}(" not in here} == set()
