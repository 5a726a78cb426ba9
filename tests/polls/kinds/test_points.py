"""Points that are shared out: rules, figures and every door."""

import base64
import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import opendev
from opendev.core.attendance import sign_pass
from opendev.core.errors import Malformed
from opendev.recap.draft import draft
from opendev.room.forms import read_line
from opendev.room.pad_results import PollResults
from polls.kinds import KINDS, Counted, Tally
from polls.models import Poll
from polls.news import news_of
from polls.services import finalise_due_polls, record_ballots, recount_polls, run_again, set_poll_state
from polls.services.poll_batch import Vote
from polls.services.reading import read_draft
from tests.factories import NOW, make_attendee, make_moderator, make_poll, options_of
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, followed, text_of

POINTS = KINDS["points"]
SCRIPT = Path(opendev.__file__).parent / "static" / "companion" / "kinds" / "points_result.js"
OPTIONS = ["Magnum", "Nova", "Neutron"]
NOTE = "Most points: Magnum (200 of 240)."
GIVEN = [{"Magnum": 100}, {"Magnum": 60, "Nova": 40}, {"Magnum": 40}]


@pytest.fixture
def poll(session):
    return make_poll(session, question="Where to?", kind="points", options=OPTIONS)


def give(poll, *answers, people=None):
    """Record answers, a person each; return the people."""
    ids = options_of(poll)
    people = people or [make_attendee(poll.session) for _ in answers]
    votes = [
        Vote(
            poll.pk,
            person,
            tuple(sorted((ids[text], n) for text, n in answer.items())),
            NOW,
            withdraws=not answer,
            field="points",
        )
        for person, answer in zip(people, answers, strict=True)
    ]
    outcomes = record_ballots(votes, NOW).outcomes
    assert [getattr(outcome, "code", None) for outcome in outcomes] == [None] * len(votes)
    return people


@pytest.fixture
def answered(poll):
    give(poll, *GIVEN)
    poll.refresh_from_db()
    return poll


def to_state(poll, *states):
    for state in states:
        set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state=state, now=NOW)


def rest(browser, method, path, body=None):
    answer = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


# --- rules and figures


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ("rules", []),
        ("rules", {"step": 5}),
        ("total", {"total": 1}),
        ("total", {"total": 1001}),
        ("total", {"total": "100"}),
        ("total", {"total": True}),
        ("exact", {"exact": 1}),
    ],
)
def test_rules_that_share_out_nothing_are_refused_by_their_field(field, rules):
    options = [{"text": text} for text in OPTIONS]
    with pytest.raises(Malformed) as refused:
        read_draft({"question": "Q", "kind": "points", "options": options, "rules": rules})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("Where? [points] / a / b", {}),
        ("Where? [points 10] / a / b", {"total": 10}),
        ("Where? [Points exactly 10] / a / b", {"total": 10, "exact": True}),
    ],
)
def test_quick_line_says_points(line, rules):
    options = [{"text": "a"}, {"text": "b"}]
    assert read_line(line) == {"question": "Where?", "kind": "points", "rules": rules, "options": options}


def tally(counted, ballots):
    return Tally(
        {}, ballots, [Counted("ABCDEFGH"[i], count, weight=sum_) for i, (count, sum_) in enumerate(counted)]
    )


@pytest.fixture(scope="module")
def script(browser_thread):
    """`script(function, *arguments)` calls a function of points_result.js in the browser."""
    source = base64.b64encode(SCRIPT.read_bytes()).decode()

    def open_page(chromium):
        page = chromium.new_context().new_page()
        page.evaluate("async (s) => { self.kind = await import('data:text/javascript;base64,' + s) }", source)
        return page

    page = browser_thread(open_page)
    call = "([name, values]) => self.kind[name](...values)"
    yield lambda name, *values: browser_thread(lambda _chromium: page.evaluate(call, [name, list(values)]))
    browser_thread(lambda _chromium: page.context.close())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ballots=st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3).filter(any), max_size=9))
def test_server_and_script_count_points_the_same(script, ballots):
    def made(some):
        columns = [[ballot[i] for ballot in some] for i in range(3)]
        return tally([(sum(map(bool, column)), sum(column)) for column in columns], len(some))

    said = POINTS.result(made(ballots))
    assert said["points"] == [sum(ballot[i] for ballot in ballots) for i in range(3)]
    assert script("resultOf", said["points"], len(ballots)) == said
    assert script("orderOf", said) == [row.index for row in POINTS.rows(made(ballots))]
    if ballots:
        mine = {str(i): points for i, points in enumerate(ballots[-1]) if points}
        before = POINTS.result(made(ballots[:-1]))
        assert script("withPoints", before, ["0", "1", "2"], len(ballots), {}, mine) == said


# --- making one


@pytest.mark.django_db
def test_rest_makes_points(session, desk):
    body = {"question": "Where?", "kind": "points", "options": [{"text": text} for text in OPTIONS]}
    status, made = rest(desk, "POST", f"sessions/{session.pk}/polls/", {**body, "rules": {"total": 10}})
    assert (status, made["rules"], made["max"]) == (201, {"total": 10, "exact": False}, 3)
    assert Poll.objects.get().value_sum == 10
    status, changed = rest(desk, "PATCH", f"polls/{made['id']}/", {"rules": {"exact": True}})
    assert changed["rules"] == {"total": 10, "exact": True}
    status, refused = rest(desk, "PATCH", f"polls/{made['id']}/", {"rules": {"total": 0}})
    assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["total"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "form"), [("Where? [points 100] / a / b", {}), ("Where? / a / b", {"kind": "points"})]
)
def test_quick_poll_shares_out_points_by_its_line_or_its_box(session, desk, line, form):
    usual = {"kind": "single", "anonymous": "on", "may_change": "on", "visibility": "after_voting"}
    assert (
        desk.post(at(session, "control-poll-add"), {**usual, "line": line, "launch": "1", **form}).status_code
        == 302
    )
    made = Poll.objects.get()
    assert (made.kind, made.state, made.value_sum, made.max) == ("points", "live", 100, 2)


@pytest.mark.django_db
def test_draft_is_edited_by_its_total(session, desk):
    made = make_poll(session, state="draft", kind="points", options=OPTIONS)
    address = at(session, "control-poll-edit", made)
    assert 'name="points_total"' in text_of(desk.get(address))
    ids = [str(pk) for pk in options_of(made).values()]
    fields = {
        "question": "Where?", "kind": "points", "visibility": "always", "anonymous": "on", "min": "1", "max": "3",
        "option_id": ids, "option_text": OPTIONS, "points_total": "20", "points_exact": "on",
    }  # fmt: skip
    assert desk.post(address, fields).status_code == 302
    made.refresh_from_db()
    assert (made.rules, made.value_sum, list(options_of(made))) == ({"total": 20, "exact": True}, 20, OPTIONS)
    assert "Share out exactly 20 points" in text_of(desk.get(at(session, "control") + f"?poll={made.pk}"))
    refused = desk.post(address, {**fields, "points_total": "many"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert 'value="many"' in text_of(refused)


@pytest.mark.django_db
def test_another_round_shares_out_the_same_total(answered):
    again = run_again(poll_id=answered.pk, caller=organiser_of(answered.session.event), now=NOW)
    assert (again.kind, again.rules, again.value_sum) == ("points", answered.rules, 100)


# --- answering


@pytest.mark.django_db
def test_points_without_script_are_changed_and_taken_back(poll, ada, browser_of):
    page, ids = browser_of(ada), options_of(poll)
    for answer in ({"Nova": "30"}, {"Magnum": "70", "Nova": "30", "Neutron": "0"}):
        fields = {f"points_{ids[text]}": answer.get(text, "") for text in OPTIONS}
        shown = followed(page, page.post(at(poll.session, "vote", poll), fields))
    assert "Most points: Magnum (70 of 100)." in text_of(shown)
    form = text_of(page.get(at(poll.session) + "?view=form"))
    assert f'name="points_{ids["Magnum"]}" value="70"' in form
    page.post(at(poll.session, "withdraw", poll))
    poll.refresh_from_db()
    assert (poll.ballots, recount_polls()[1]) == (0, [])
    assert [option.weight for option in poll.options.all()] == [0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("points", "code", "said"),
    [
        ("101", "wrong_answer", "You gave 101 points. Give up to 100, then vote."),
        ("x", "malformed", "Points must be whole numbers"),
        ("", "wrong_number_of_options", "Give points to at least 1, then vote."),
    ],
)
def test_points_that_do_not_fit_are_refused_and_kept(poll, ada, browser_of, points, code, said):
    page, ids = browser_of(ada), options_of(poll)
    refused = page.post(at(poll.session, "vote", poll), {f"points_{ids['Nova']}": points})
    assert (refused.status_code, code_of(refused)) == (400, code)
    assert said in text_of(refused)
    assert f'name="points_{ids["Nova"]}" value="{points}"' in text_of(refused)


@pytest.mark.django_db
def test_rest_points_and_coded_refusals(session, ada):
    exact = make_poll(session, kind="points", options=OPTIONS, rules={"total": 10, "exact": True})
    token = {"HTTP_AUTHORIZATION": f"Bearer {sign_pass(ada)}"}
    ids = {text: str(pk) for text, pk in options_of(exact).items()}

    def put(points):
        answer = Client().put(
            f"/api/v1/polls/{exact.pk}/ballot/",
            json.dumps({"points": points}),
            content_type="application/json",
            **token,
        )
        return answer.status_code, json.loads(answer.content)

    given_ = {ids["Magnum"]: 4, ids["Neutron"]: 6}
    assert put({**given_, ids["Nova"]: 0})[1] == {
        "voted": True,
        "options": [*given_],
        "points": given_,
        "seq": 1,
    }
    for points, code in (
        ({ids["Nova"]: 9}, "wrong_answer"),
        ({ids["Nova"]: 11}, "wrong_answer"),
        ({}, "wrong_number_of_options"),
        ({"999999": 10}, "unknown_option"),
        ({ids["Nova"]: -1}, "malformed"),
        ({ids["Nova"]: 1.5}, "malformed"),
        ({ids["Nova"]: True}, "malformed"),
        ([ids["Nova"]], "malformed"),
    ):
        status, refused = put(points)
        assert (status, refused["code"], list(refused["fields"])) == (400, code, ["points"])


@pytest.mark.django_db
def test_named_points_tell_moderators_who_gave_what(session, desk):
    named = make_poll(session, kind="points", options=OPTIONS, anonymous=False)
    give(named, {"Nova": 70, "Magnum": 30}, people=[make_attendee(session, name="Ada")])
    page = text_of(desk.get(at(session, "control-poll-answers", named)))
    assert "Nova: 70" in page
    _status, listed = rest(desk, "GET", f"polls/{named.pk}/ballots/")
    ids = {text: str(pk) for text, pk in options_of(named).items()}
    assert listed["results"][0]["points"] == {ids["Magnum"]: 30, ids["Nova"]: 70}


@pytest.mark.django_db
def test_batch_keeps_sums_through_changes_and_finalising(poll):
    people = give(poll, *GIVEN)
    give(poll, {"Nova": 1}, {}, {"Magnum": 40}, people=people)
    assert recount_polls()[1] == []
    poll.refresh_from_db()
    assert [(o.count, o.weight, o.above) for o in poll.options.order_by("position")] == [
        (1, 40, None), (1, 1, None), (0, 0, None),
    ]  # fmt: skip
    to_state(poll, "closed")
    finalise_due_polls(NOW.replace(year=NOW.year + 1))
    assert recount_polls()[1] == []


@pytest.mark.django_db
def test_more_points_than_there_are_are_refused_by_the_database(answered):
    ballot = answered.ballot_rows.filter(selections__option__text="Nova").first().pk
    row = [ballot, options_of(answered)["Neutron"], answered.pk, False, 1]
    columns = "ballot_id, option_id, poll_id, single, value"
    insert = f"INSERT INTO polls_selection ({columns}) VALUES (%s, %s, %s, %s, %s)"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, row)


# --- the result


@pytest.mark.django_db
def test_points_are_told_to_who_may_see_them_alone(answered):
    states = news_of(answered, list(answered.options.order_by("position"))).states
    assert states["voted"]["result"] == {"points": [200, 40, 0], "mean": [66.67, 13.33, 0.0], "given": 240}
    assert "result" not in states["everybody"]
    assert [sorted(option) for option in states["everybody"]["options"]] == [["id", "text"]] * 3


@pytest.mark.django_db
def test_pages_show_sums_and_averages(answered, ada, browser_of, desk):
    stranger, room, screen = browser_of(), at(answered.session), at(answered.session, "screen")
    for page in (stranger.get(room), desk.get(screen)):
        assert NOTE not in text_of(page)
    assert NOTE in text_of(desk.get(at(answered.session, "control")))
    to_state(answered, "closed", "published")
    for page in (stranger.get(room), desk.get(screen)):
        text = text_of(page).partition("<template")[0]
        assert NOTE in text
        assert "200 points" in text
        assert "66.67 on average, given by 3 people" in text
    type(answered.session).objects.filter(pk=answered.session.pk).update(state="over")
    assert NOTE in text_of(stranger.get(room))


@pytest.mark.django_db
def test_recap_notes_and_files_hold_points_and_averages(answered, browser_of):
    to_state(answered, "closed", "published")
    [passage] = PollResults().read(answered.session_id)
    assert passage.lines[1] == "* Magnum: 200 points, 83%, 66.67 on average, given by 3 people"
    organiser = browser_of(user=answered.session.event.organisers.first())
    address = f"/{answered.session.event.slug}/sessions/{answered.session.slug}/export.json"
    rows = json.loads(b"".join(organiser.get(address).streaming_content))["polls"]
    assert [rows[0][name] for name in ("points", "mean", "votes", "place", "summary")] == [
        200,
        66.67,
        3,
        None,
        NOTE,
    ]
    give_more = make_poll(answered.session, kind="points", options=OPTIONS)
    give(give_more, *[{"Nova": 20}] * 5)
    to_state(give_more, "closed", "published")
    said = {part.key: part for part in draft(answered.session.event)}[f"poll/{give_more.pk}"]
    assert [sentence.text for sentence in said.sentences] == [
        "Most points went to “Nova”: 100 of 100, 20 a person on average."
    ]
    assert said.facts["rows"][0]["cells"] == ["100", "100%", "20", "5"]
