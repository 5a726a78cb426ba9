"""Words through every door: pages without script, REST, control room, screen, record, recap, files, pad."""

import json

import pytest
from django.test import Client

from opendev.core.attendance import sign_pass
from opendev.recap.draft import draft
from opendev.room.pad_results import PollResults
from polls.models import Option, Poll, random_option_key
from polls.news import PollFrames, news_of
from polls.selectors import fresh_options
from polls.services import recount_polls, run_again, set_poll_state
from polls.services.moderating import set_answer_states
from tests.factories import NOW, make_attendee, make_moderator, make_poll, record, write_in
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, followed, text_of

pytestmark = pytest.mark.django_db
NOTE = "Most named: etcd (3), upgrades (2)."


@pytest.fixture
def poll(session):
    return make_poll(session, question="What blocks you?", kind="words", max=2)


@pytest.fixture
def answered(poll):
    """Six people: etcd three times, upgrades twice, rude and calm once."""
    for words in (["etcd"], ["Etcd", "upgrades"], ["etcd"], ["upgrades"], ["rude"], ["calm"]):
        record(write_in(poll, make_attendee(poll.session), *words))
    poll.refresh_from_db()
    return poll


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def to_state(poll, *states):
    for state in states:
        caller = organiser_of(poll.session.event)
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
    poll.refresh_from_db()


def answer(poll, text):
    return Option.objects.get(poll=poll, shown_as=text, merged_into=None).pk


def hide(poll, text):
    set_answer_states(
        poll_id=poll.pk,
        caller=organiser_of(poll.session.event),
        option_ids=[answer(poll, text)],
        state="hidden",
    )
    poll.refresh_from_db()


def rest(browser, method, path, body=None):
    said = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return said.status_code, json.loads(said.content)


def table(answered, browser_of, form="json"):
    organiser = browser_of(user=answered.session.event.organisers.first())
    address = f"/{answered.session.event.slug}/sessions/{answered.session.slug}/export.{form}"
    return b"".join(organiser.get(address).streaming_content)


# --- making one


def test_rest_makes_a_poll_that_asks_for_words(session, desk):
    path = f"sessions/{session.pk}/polls/"
    status, made = rest(desk, "POST", path, {"question": "Q", "kind": "words", "max": 3})
    assert (status, made["kind"], made["rules"], made["options"]) == (201, "words", {"approve": False}, [])
    assert made["result"] == {"different": 0, "more": 0}
    status, refused = rest(desk, "PATCH", f"polls/{made['id']}/", {"max": 9})
    assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["max"])
    options = {"options": [{"text": "a"}, {"text": "b"}]}
    assert rest(desk, "PATCH", f"polls/{made['id']}/", options)[0] == 400
    status, changed = rest(desk, "PATCH", f"polls/{made['id']}/", {"kind": "single", **options})
    assert (status, len(changed["options"])) == (200, 2)
    status, back = rest(desk, "PATCH", f"polls/{made['id']}/", {"kind": "words"})
    assert (status, back["options"], back["max"]) == (200, [], 1)


@pytest.mark.parametrize(
    ("line", "form", "most"),
    [("Blocked? [words 3]", {}, 3), ("Blocked?", {"kind": "words"}, 1)],
)
def test_quick_poll_asks_for_words_by_its_line_or_its_box(session, desk, line, form, most):
    usual = {"kind": "single", "anonymous": "on", "may_change": "on", "visibility": "after_voting"}
    sent = desk.post(at(session, "control-poll-add"), {**usual, "line": line, "launch": "1", **form})
    assert sent.status_code == 302
    made = Poll.objects.get()
    assert (made.question, made.kind, made.family, made.state, made.max) == (
        "Blocked?", "words", "write", "live", most,
    )  # fmt: skip


def test_draft_that_asks_for_words_is_edited(session, desk):
    made = make_poll(session, state="draft", options=["a", "b"])
    fields = {
        "question": "Blocked?", "kind": "words", "visibility": "always", "anonymous": "on", "min": "1", "max": "4",
        "option_text": ["a", "b"], "words_settings": "1", "words_approve": "on",
    }  # fmt: skip
    assert desk.post(at(session, "control-poll-edit", made), fields).status_code == 302
    made.refresh_from_db()
    assert (made.kind, made.max, made.rules, made.options.count()) == ("words", 4, {"approve": True}, 0)
    assert 'name="words_approve"' in text_of(desk.get(at(session, "control-poll-edit", made)))
    refused = desk.post(at(session, "control-poll-edit", made), {**fields, "max": "9"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")


def test_another_round_begins_without_words(answered):
    again = run_again(poll_id=answered.pk, caller=organiser_of(answered.session.event), now=NOW)
    assert (again.kind, again.max, again.options.count()) == ("words", 2, 0)


def test_wording_of_a_launched_poll_is_mended_and_its_words_stay(answered, desk):
    fields = {"question": "What slows you down?"}
    assert desk.post(at(answered.session, "control-poll-edit", answered), fields).status_code == 302
    answered.refresh_from_db()
    assert (answered.question, answered.options.filter(author_kind="voter").count()) == (
        fields["question"],
        5,
    )


# --- answering


def test_words_without_script_change_and_are_taken_back(poll, ada, browser_of):
    page = browser_of(ada)
    shown = text_of(page.get(at(poll.session)))
    assert shown.count('name="written"') >= 2
    assert "Write up to 2 words; change them until voting closes." in shown
    assert "your own words can show who you are" in shown
    for words in (["etcd", ""], ["Upgrades", "etcd"]):
        shown = followed(page, page.post(at(poll.session, "vote", poll), {"written": words}))
    assert ">Upgrades</text>" in text_of(shown)
    assert 'value="Upgrades"' in text_of(page.get(at(poll.session) + "?view=form"))
    many = page.post(at(poll.session, "vote", poll), {"written": ["a", "b", "c kept"]})
    assert code_of(many) == "wrong_number_of_words"
    assert 'value="c kept"' in text_of(many)
    page.post(at(poll.session, "withdraw", poll))
    poll.refresh_from_db()
    assert (poll.ballots, recount_polls()[1]) == (0, [])
    assert "Upgrades" not in text_of(page.get(at(poll.session)))


def test_rest_takes_words_and_refuses_with_codes(poll, ada):
    token = {"HTTP_AUTHORIZATION": f"Bearer {sign_pass(ada)}"}

    def put(body):
        said = Client().put(
            f"/api/v1/polls/{poll.pk}/ballot/", json.dumps(body), content_type="application/json", **token
        )
        return said.status_code, json.loads(said.content)

    assert put({"words": ["Etcd", "etcd"]})[1]["words"] == ["Etcd"]
    for body, code, field in (
        ({"words": []}, "wrong_number_of_words", "words"),
        ({"words": ["x" * 41]}, "malformed", "words"),
        ({"options": ["1"]}, "wrong_answer", "options"),
        ({"options": ["1"], "words": ["a"]}, "malformed", "words"),
    ):
        status, refused = put(body)
        assert (status, refused["code"], list(refused["fields"])) == (400, code, [field])
    said = Client().get(f"/api/v1/polls/{poll.pk}/ballot/", **token)
    assert json.loads(said.content)["words"] == ["Etcd"]


def test_named_poll_tells_moderators_who_wrote_what_but_for_what_is_hidden(session, desk):
    named = make_poll(session, kind="words", max=2, anonymous=False)
    record(write_in(named, make_attendee(session, name="Ada"), "ETCD", "rude"))
    hide(named, "rude")
    page = text_of(desk.get(at(session, "control-poll-answers", named)))
    assert "ETCD" in page
    assert "rude" not in page
    _status, said = rest(desk, "GET", f"polls/{named.pk}/ballots/")
    assert sorted(said["results"][0]["texts"]) == ["", "ETCD"]


# --- the result


def test_words_are_told_to_who_may_see_the_tally_alone(answered):
    states = news_of(answered, fresh_options(answered)).states
    assert [option["text"] for option in states["voted"]["options"]][:2] == ["etcd", "upgrades"]
    assert states["voted"]["result"] == {"different": 4, "more": 0}
    assert states["everybody"]["options"] == []
    assert "result" not in states["everybody"]
    assert "moderation" not in states["voted"]
    frame = PollFrames().tally(states["everybody"], "")
    assert set(frame) == {"type", "poll", "version", "ballots"}
    assert PollFrames().tally(states["voted"], "")["answers"] == states["voted"]["options"]


def test_news_of_two_thousand_long_words_is_bounded(poll):
    rows = [
        Option(
            pk=random_option_key(), poll=poll, author_kind="voter", text=f"{n:04}" + "漢" * 36, key=f"{n}",
            shown_as=f"{n:04}" + "漢" * 36, total=1 + n % 7, count=1 + n % 7,
        )
        for n in range(2000)
    ]  # fmt: skip
    Option.objects.bulk_create(rows)
    states = news_of(poll, fresh_options(poll)).states
    size = len(json.dumps(PollFrames().changed(states["moderators"], "2026-11-30T00:00:00.000Z")))
    assert size <= 16_000
    shown = states["moderators"]["options"]
    assert 10 < len(shown) <= 100
    assert states["moderators"]["result"] == {"different": 2000, "more": 2000 - len(shown)}


def test_pages_show_cloud_and_list_to_who_may_see_them(answered, ada, browser_of, desk):
    stranger, room = browser_of(), at(answered.session)
    screen = at(answered.session, "screen")
    for page in (stranger.get(room), browser_of(ada).get(room), desk.get(screen)):
        assert "upgrades" not in text_of(page)
    assert NOTE in text_of(desk.get(at(answered.session, "control")))
    to_state(answered, "closed", "published")
    for page in (stranger.get(room), desk.get(screen)):
        assert NOTE in text_of(page)
        assert ">upgrades</text>" in text_of(page)
        assert "<b data-option-text>upgrades</b>" in text_of(page)
    make_poll(answered.session)  # takes the stage
    assert NOTE in text_of(stranger.get(room))


def test_record_of_the_session_keeps_the_words(answered, browser_of):
    to_state(answered, "closed", "published")
    type(answered.session).objects.filter(pk=answered.session.pk).update(state="over")
    assert NOTE in text_of(browser_of().get(at(answered.session)))


def test_recap_says_what_was_named_most(answered):
    to_state(answered, "closed", "published")
    [said] = [part for part in draft(answered.session.event) if part.key == f"poll/{answered.pk}"]
    assert [sentence.text for sentence in said.sentences] == [NOTE, "4 different words were written."]
    assert [row["text"] for row in said.facts["rows"]][:2] == ["etcd", "upgrades"]


def test_notes_hold_the_words_and_the_most_named(answered):
    to_state(answered, "closed", "published")
    [passage] = PollResults().read(answered.session_id)
    assert "* etcd: 3 votes, 50%" in passage.lines
    assert NOTE in passage.lines


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md"])
def test_files_hold_all_words_with_their_counts(answered, browser_of, form):
    to_state(answered, "closed", "published")
    content = table(answered, browser_of, form)
    if form == "json":
        rows = json.loads(content)["polls"]
        assert [(row["option"], row["votes"]) for row in rows][:2] == [("etcd", 3), ("upgrades", 2)]
        assert {row["summary"] for row in rows} == {NOTE}
    elif form != "xlsx":
        assert NOTE in content.decode()


def test_files_hide_words_with_the_counts(answered, browser_of):
    rows = json.loads(table(answered, browser_of))["polls"]
    assert [(row["option"], row["votes"], row["summary"]) for row in rows] == [("", None, "")]
