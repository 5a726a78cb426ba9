"""A ranking through every door: pages without script, REST, control room, screen, record, recap, files, pad."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from opendev.core.attendance import sign_pass
from opendev.recap.draft import draft
from opendev.room.pad_results import PollResults
from polls.models import Option, Poll
from polls.news import news_of
from polls.services import (
    erase_ballots,
    finalise_due_polls,
    record_ballots,
    recount_polls,
    run_again,
    set_poll_state,
)
from polls.services.poll_batch import Vote
from tests.factories import NOW, make_attendee, make_moderator, make_poll, options_of
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, followed, text_of

pytestmark = pytest.mark.django_db
OPTIONS = ["Magnum", "Nova", "Neutron", "Octavia"]
NOTE = "First by points: Magnum. It also beats each of the others one to one."
ORDERS = ["MNuO", "MON", "NMu", "M", "uM"]  # by the letters below
LETTERS = dict(zip("MNuO", OPTIONS, strict=True))


@pytest.fixture
def poll(session):
    return make_poll(session, question="Which first?", kind="ranking", options=OPTIONS)


def order_of(poll, letters):
    ids = options_of(poll)
    return tuple(ids[LETTERS[letter]] for letter in letters)


def rank(poll, *orders, people=None):
    """Record orders, a person each; return the people."""
    people = people or [make_attendee(poll.session) for _ in orders]
    votes = [
        Vote(poll.pk, person, order_of(poll, letters), NOW, withdraws=not letters, field="ranking")
        for person, letters in zip(people, orders, strict=True)
    ]
    outcomes = record_ballots(votes, NOW).outcomes
    assert [getattr(outcome, "code", None) for outcome in outcomes] == [None] * len(votes)
    return people


@pytest.fixture
def answered(poll):
    rank(poll, *ORDERS)
    poll.refresh_from_db()
    return poll


def to_state(poll, *states):
    for state in states:
        caller = organiser_of(poll.session.event)
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)


def rest(browser, method, path, body=None):
    answer = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


# --- making one


def test_rest_makes_a_ranking(session, desk):
    options = [{"text": text} for text in OPTIONS]
    body = {"question": "Which first?", "kind": "ranking", "options": options, "max": 3}
    status, made = rest(desk, "POST", f"sessions/{session.pk}/polls/", body)
    assert (status, made["kind"], made["min"], made["max"]) == (201, "ranking", 1, 3)
    assert made["result"]["winner"] is None
    assert made["result"]["points"] == [0, 0, 0, 0]
    status, refused = rest(desk, "PATCH", f"polls/{made['id']}/", {"max": 5})
    assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["max"])


@pytest.mark.parametrize(
    ("line", "form", "most"),
    [
        ("Which first? [rank] / a / b / c", {}, 3),
        ("Which first? [rank 2] / a / b / c", {}, 2),
        ("Which first? / a / b / c", {"kind": "ranking"}, 3),
    ],
)
def test_quick_poll_is_a_ranking_by_its_line_or_its_box(session, desk, line, form, most):
    usual = {"kind": "single", "anonymous": "on", "may_change": "on", "visibility": "after_voting"}
    answer = desk.post(at(session, "control-poll-add"), {**usual, "line": line, "launch": "1", **form})
    assert answer.status_code == 302
    made = Poll.objects.get()
    assert (made.question, made.kind, made.state, made.max) == ("Which first?", "ranking", "live", most)
    assert (made.family, made.has_places, list(options_of(made))) == ("weigh", True, ["a", "b", "c"])


def test_quick_line_without_options_is_kept_with_its_error(session, desk):
    line = "Which first? [rank]"
    answer = desk.post(at(session, "control-poll-add"), {"kind": "single", "line": line})
    assert (answer.status_code, code_of(answer)) == (400, "bad_line")
    assert line in text_of(answer)


def test_draft_becomes_a_ranking_and_is_edited(session, desk):
    made = make_poll(session, state="draft", options=OPTIONS)
    address = at(session, "control-poll-edit", made)
    assert 'value="ranking"' in text_of(desk.get(address))
    ids = [str(pk) for pk in options_of(made).values()]
    fields = {
        "question": "Which first?", "kind": "ranking", "visibility": "always", "anonymous": "on",
        "option_id": ids, "option_text": OPTIONS, "min": "2", "max": "3",
    }  # fmt: skip
    assert desk.post(address, fields).status_code == 302
    made.refresh_from_db()
    assert (made.kind, made.min, made.max, made.has_places, made.single) == ("ranking", 2, 3, True, False)
    preview = text_of(desk.get(at(session, "control") + f"?poll={made.pk}"))
    assert "Put 2 to 3 in order" in preview
    assert desk.post(address, {**fields, "kind": "single", "min": "1", "max": "1"}).status_code == 302
    made.refresh_from_db()
    assert (made.family, made.has_places, made.value_sum) == ("pick", False, None)


def test_another_round_is_a_ranking_too(answered):
    again = run_again(poll_id=answered.pk, caller=organiser_of(answered.session.event), now=NOW)
    assert (again.kind, again.has_places, again.max, list(options_of(again))) == ("ranking", True, 4, OPTIONS)
    assert not any(option.above for option in again.options.all())


# --- answering


def test_order_without_script_is_changed_and_taken_back(poll, ada, browser_of):
    page, ids = browser_of(ada), options_of(poll)
    form = text_of(page.get(at(poll.session)))
    assert all(f'name="place_{pk}"' in form for pk in ids.values())
    for places in ({"Nova": "1", "Magnum": "2"}, {"Magnum": "1", "Nova": "3"}):  # a place may be left out
        fields = {f"place_{ids[text]}": places.get(text, "") for text in OPTIONS}
        shown = followed(page, page.post(at(poll.session, "vote", poll), fields))
    assert "First by points: Magnum." in text_of(shown)
    again = text_of(page.get(at(poll.session) + "?view=form"))
    chosen = [again.partition(f'name="place_{ids[text]}"')[2].partition("</select>")[0] for text in OPTIONS]
    assert ['value="1" selected' in chosen[0], 'value="2" selected' in chosen[1]] == [True, True]
    page.post(at(poll.session, "withdraw", poll))
    poll.refresh_from_db()
    assert (poll.ballots, recount_polls()[1]) == (0, [])
    assert all(not option.above for option in poll.options.all())


@pytest.mark.parametrize("places", [{"Nova": "1", "Magnum": "1"}, {"Nova": "0"}, {"Nova": "x"}])
def test_places_that_make_no_order_are_refused_and_kept(poll, ada, browser_of, places):
    page, ids = browser_of(ada), options_of(poll)
    fields = {f"place_{ids[text]}": place for text, place in places.items()}
    refused = page.post(at(poll.session, "vote", poll), fields)
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert "Give each place to one option only" in text_of(refused)
    if places.get("Magnum"):
        assert text_of(refused).count('value="1" selected') == 2


def test_rest_ballot_and_coded_refusals(poll, ada):
    token = {"HTTP_AUTHORIZATION": f"Bearer {sign_pass(ada)}"}
    ids = {text: str(pk) for text, pk in options_of(poll).items()}

    def put(body):
        answer = Client().put(
            f"/api/v1/polls/{poll.pk}/ballot/", json.dumps(body), content_type="application/json", **token
        )
        return answer.status_code, json.loads(answer.content)

    order = [ids["Neutron"], ids["Magnum"]]
    assert put({"ranking": order})[1] == {"voted": True, "options": order, "ranking": order, "seq": 1}
    for body, code, field in (
        ({"ranking": ["999999"]}, "unknown_option", "ranking"),
        ({"ranking": [ids["Nova"], ids["Nova"]]}, "duplicate_option", "ranking"),
        ({"ranking": []}, "wrong_number_of_options", "ranking"),
        ({"ranking": "12"}, "malformed", "ranking"),
        ({"options": [ids["Nova"]]}, "wrong_answer", "options"),
        ({"options": [], "ranking": []}, "malformed", "ranking"),
    ):
        status, refused = put(body)
        assert (status, refused["code"], list(refused["fields"])) == (400, code, [field])
    read = Client().get(f"/api/v1/polls/{poll.pk}/ballot/", **token)
    assert json.loads(read.content)["ranking"] == order


def test_named_ranking_tells_moderators_who_put_what_first(session, desk):
    named = make_poll(session, kind="ranking", options=OPTIONS, anonymous=False)
    rank(named, "uM", people=[make_attendee(session, name="Ada")])
    page = text_of(desk.get(at(session, "control-poll-answers", named)))
    assert "<td>1. Neutron, 2. Magnum</td>" in page
    _status, listed = rest(desk, "GET", f"polls/{named.pk}/ballots/")
    assert listed["results"][0]["ranking"] == [str(pk) for pk in order_of(named, "uM")]


# --- what is kept


def test_batch_keeps_what_the_ballots_say(poll):
    people = rank(poll, *ORDERS)
    rank(poll, "OuNM", "", "M", "M", "", people=people)  # changed, taken back, the same again
    assert recount_polls()[1] == []
    poll.refresh_from_db()
    kept = {option.text: (option.count, option.weight, option.above) for option in poll.options.all()}
    ids = {text: str(pk) for text, pk in options_of(poll).items()}
    assert poll.ballots == 3
    assert kept["Magnum"] == (3, 4 + 1 + 1, {ids["Magnum"]: 2})
    assert kept["Octavia"][2] == {ids[text]: 1 for text in ("Magnum", "Nova", "Neutron", "Octavia")}


def test_same_order_again_tells_nothing_and_another_order_of_the_same_does(poll):
    [person] = rank(poll, "MN")
    poll.refresh_from_db()
    version = poll.version
    rank(poll, "MN", people=[person])
    poll.refresh_from_db()
    assert poll.version == version
    rank(poll, "NM", people=[person])
    poll.refresh_from_db()
    assert poll.version > version
    assert recount_polls()[1] == []


@pytest.mark.parametrize(
    ("field", "value"), [("weight", 77), ("above", {"1": 5}), ("above", None), ("count", 9)]
)
def test_wrong_weights_are_found_and_mended(answered, field, value):
    option = answered.options.get(text="Magnum")
    true = getattr(option, field)
    Option.objects.filter(pk=option.pk).update(**{field: value})
    _checked, wrong = recount_polls()
    assert [(one.option_id, one.what, one.counted) for one in wrong] == [(option.pk, field, true)]
    recount_polls(fix=True)
    option.refresh_from_db()
    assert (getattr(option, field), recount_polls()[1]) == (true, [])


def test_finalising_and_erasing_leave_the_orders_whole(session):
    named = make_poll(session, kind="ranking", options=OPTIONS, anonymous=False)
    people = rank(named, "MNuO", "NM")
    erase_ballots(attendee_id=people[0].attendee_id)
    named.refresh_from_db()
    assert (named.ballots, recount_polls()[1]) == (2, [])  # erased people’s ballots count on
    secret = make_poll(session, kind="ranking", options=OPTIONS)
    rank(secret, "MNuO", "OM")
    to_state(secret, "closed")
    rows = sorted(secret.ballot_rows.values_list("selections__option__text", "selections__value"))
    assert finalise_due_polls(NOW.replace(year=NOW.year + 1)) >= 1
    assert sorted(secret.ballot_rows.values_list("selections__option__text", "selections__value")) == rows
    assert recount_polls()[1] == []


def test_option_added_while_people_vote_stands_below_all_that_were_ranked(answered, desk):
    texts = [{"id": str(pk), "text": text} for text, pk in options_of(answered).items()]
    status, changed = rest(desk, "PATCH", f"polls/{answered.pk}/", {"options": [*texts, {"text": "Zun"}]})
    assert status == 200
    assert changed["result"]["first_places"][-1] == 0
    assert changed["result"]["pairwise"][-1] == [0, 0, 0, 0, 0]
    assert changed["result"]["pairwise"][0][-1] == 5
    assert recount_polls()[1] == []


def test_place_that_is_there_twice_is_refused_by_the_database(answered):
    ballot = answered.ballot_rows.filter(selections__option__text="Octavia").first().pk
    answered.ballot_rows.get(pk=ballot).selections.filter(option__text="Octavia").delete()
    row = [ballot, options_of(answered)["Octavia"], answered.pk, False]
    insert = "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single, value) VALUES (%s, %s, %s, %s, %s)"
    for value in (1, 0, None):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [*row, value])


# --- the result


@pytest.mark.parametrize(
    "visibility", ["always", "after_voting", "after_close", "after_publishing", "moderators"]
)
@pytest.mark.parametrize("states", [(), ("closed",), ("closed", "published"), ("closed", "archived")])
def test_order_is_told_to_who_may_see_it_alone(session, visibility, states):
    """Whoever may not see the tally is told the same whatever people voted: nothing can be made of it."""
    told = []
    for orders in (ORDERS, ["OuN", "uO", "uN", "O", "NO"]):
        poll = make_poll(session, kind="ranking", options=OPTIONS, visibility=visibility, question="Q")
        rank(poll, *orders)
        to_state(poll, *states)
        poll.refresh_from_db()
        told.append(news_of(poll, list(poll.options.order_by("position"))).states)
    for audience in ("voted", "everybody"):
        one, other = (states_[audience] for states_ in told)
        if one is None:
            assert other is None
        elif "result" in one:
            assert all("count" in option for option in one["options"])
            assert one["result"] != other["result"]
        else:
            assert [sorted(option) for option in one["options"]] == [["id", "text"]] * 4
            assert one.keys() == other.keys()
            same = {"question", "ballots", "kind", "state", "visibility", "min", "max", "undo_until"}
            assert {key: one.get(key) for key in same} == {key: other.get(key) for key in same}
    assert "result" in told[0]["moderators"]


def test_pages_show_places_above_each_other(answered, ada, browser_of, desk):
    stranger, room = browser_of(), at(answered.session)
    screen = at(answered.session, "screen")
    for page in (stranger.get(room), browser_of(ada).get(room), desk.get(screen)):
        assert NOTE not in text_of(page)
        assert "points" not in text_of(page).partition("<template")[0]
    assert NOTE in text_of(desk.get(at(answered.session, "control")))
    to_state(answered, "closed", "published")
    for page in (stranger.get(room), desk.get(screen)):
        text = text_of(page).partition("<template")[0]
        assert NOTE in text
        places = [text.index(f"<b data-option-text>{name}</b>") for name in OPTIONS]
        assert places == sorted(places)
        assert "13 points" in text
    make_poll(answered.session)  # takes the stage
    assert NOTE in text_of(stranger.get(room))


def test_record_of_the_session_keeps_the_order(answered, browser_of):
    to_state(answered, "closed", "published")
    type(answered.session).objects.filter(pk=answered.session.pk).update(state="over")
    assert NOTE in text_of(browser_of().get(at(answered.session)))


def test_recap_says_what_is_first_and_keeps_the_places(answered, browser_of):
    to_state(answered, "closed", "published")
    [said] = [part for part in draft(answered.session.event) if part.key == f"poll/{answered.pk}"]
    assert [sentence.text for sentence in said.sentences] == [
        "First by points is “Magnum”; it also has most first places (3 of 5)."
    ]
    assert said.facts["rows"][0]["text"] == "Magnum"
    assert said.facts["columns"] == ["Place", "Points", "First places"]
    assert said.facts["rows"][0]["cells"] == ["1", "13", "3"]


def test_notes_hold_places_and_points(answered):
    to_state(answered, "closed", "published")
    [passage] = PollResults().read(answered.session_id)
    assert passage.lines[1] == "* Magnum: place 1, 13 points, first for 3 people"
    assert NOTE in passage.lines


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md"])
def test_files_hold_place_points_and_first_places(answered, browser_of, form):
    to_state(answered, "closed", "published")
    organiser = browser_of(user=answered.session.event.organisers.first())
    address = f"/{answered.session.event.slug}/sessions/{answered.session.slug}/export.{form}"
    content = b"".join(organiser.get(address).streaming_content)
    if form == "json":
        rows = json.loads(content)["polls"]
        figures = [rows[0][name] for name in ("option", "place", "points", "first_places")]
        assert figures == ["Magnum", 1, 13, 3]
        assert {row["summary"] for row in rows} == {NOTE}
    elif form != "xlsx":
        assert NOTE in content.decode()


def test_files_hide_places_with_the_counts(answered, browser_of):
    organiser = browser_of(user=answered.session.event.organisers.first())
    address = f"/{answered.session.event.slug}/sessions/{answered.session.slug}/export.json"
    rows = json.loads(b"".join(organiser.get(address).streaming_content))["polls"]
    hidden = {
        (row["votes"], row["place"], row["points"], row["first_places"], row["summary"]) for row in rows
    }
    assert hidden == {(None, None, None, None, "")}
