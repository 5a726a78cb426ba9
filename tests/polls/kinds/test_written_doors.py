"""Open answers and numbers through every door: pages without script, REST, control room, screen, recap, files, pad."""

import json
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from opendev.core.attendance import sign_pass
from opendev.core.errors import Malformed
from opendev.recap.draft import draft
from opendev.recap.reading import reading_of
from opendev.room.pad_results import PollResults
from polls.kinds import read_answer, read_quick_line
from polls.models import Option, Poll
from polls.news import news_of
from polls.selectors import fresh_options
from polls.services import recount_polls, run_again, set_poll_state
from polls.services.moderating import pick_answers, set_answer_states
from polls.services.reading import read_draft
from tests.factories import NOW, make_attendee, make_moderator, make_poll, record, write_in
from tests.factories.sessions import organiser_of
from tests.room.conftest import committing_sqlite
from tests.room.pages import at, code_of, followed, text_of
from tests.room.sockets import room_of

__all__ = ["committing_sqlite"]
KINDS = ["text", "number"]
ANSWERS = {
    "text": ["Upgrades hurt", "upgrades hurt.", "Quotas", "Quotas", "People", "Time"],
    "number": ["1", "2", "3", "4", "4", "9"],
}
SEEN = {"text": "Upgrades hurt", "number": "Median 3.5; half of the answers are from 2.25 to 4."}
RULES = {"text": {"approve": False}, "number": {"from": "0", "to": "10"}}
WRONG = {"text": "x" * 301, "number": "1,5"}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def poll(session, kind):
    return make_poll(session, question="What blocks you?", kind=kind, rules=RULES[kind])


@pytest.fixture
def answered(poll, kind):
    for answer in ANSWERS[kind]:
        record(write_in(poll, make_attendee(poll.session), answer))
    poll.refresh_from_db()
    return poll


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def by(poll):
    return organiser_of(poll.session.event)


def to_state(poll, *states):
    for state in states:
        set_poll_state(poll_id=poll.pk, caller=by(poll), state=state, now=NOW)
    poll.refresh_from_db()


def rest(browser, method, path, body=None):
    said = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return said.status_code, json.loads(said.content)


def table(poll, browser_of, form="json"):
    organiser = browser_of(user=poll.session.event.organisers.first())
    address = f"/{poll.session.event.slug}/sessions/{poll.session.slug}/export.{form}"
    return b"".join(organiser.get(address).streaming_content)


@pytest.mark.django_db
class TestMaking:
    def test_rest_makes_a_poll_whose_answers_are_written(self, session, desk, kind):
        path = f"sessions/{session.pk}/polls/"
        status, made = rest(desk, "POST", path, {"question": "Q", "kind": kind, "rules": RULES[kind]})
        assert (status, made["kind"], made["options"]) == (201, kind, [])
        assert RULES[kind].items() <= made["rules"].items()
        status, refused = rest(desk, "PATCH", f"polls/{made['id']}/", {"max": 2})
        assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["max"])

    def test_quick_poll_is_read_from_its_line(self, session, desk, kind):
        usual = {"kind": "single", "anonymous": "on", "may_change": "on", "visibility": "after_voting"}
        sent = desk.post(
            at(session, "control-poll-add"), {**usual, "line": f"Blocked? [{kind}]", "launch": "1"}
        )
        assert sent.status_code == 302
        made = Poll.objects.get()
        assert (made.question, made.kind, made.family, made.single, made.state) == (
            "Blocked?", kind, "write", True, "live",
        )  # fmt: skip

    def test_draft_is_edited_by_its_settings(self, session, desk, kind):
        made = make_poll(session, state="draft", options=["a", "b"])
        address = at(session, "control-poll-edit", made)
        fields = {
            "question": "Q?", "kind": kind, "visibility": "always", "anonymous": "on", "option_text": ["a", "b"],
            "text_settings": "1", "number_from": "1", "number_to": "9", "number_step": "0.5", "number_unit": "GB",
        }  # fmt: skip
        assert desk.post(address, fields).status_code == 302
        made.refresh_from_db()
        rules = (
            {"approve": False, "length": 300}
            if kind == "text"
            else {"from": "1", "to": "9", "step": "0.5", "unit": "GB"}
        )
        assert (made.kind, made.rules, made.options.count()) == (kind, rules, 0)
        refused = desk.post(address, {**fields, "kind": "number", "number_to": "many"})
        assert (refused.status_code, code_of(refused)) == (400, "malformed")
        assert 'value="many"' in text_of(refused)

    def test_another_round_has_the_rules_and_no_answers(self, answered, kind):
        again = run_again(poll_id=answered.pk, caller=by(answered), now=NOW)
        assert (again.kind, again.rules, again.options.count()) == (kind, answered.rules, 0)

    @pytest.mark.parametrize(
        ("line", "wanted"),
        [("Q? [text]", {}), ("Q? [Text, unmoderated]", {"rules": {"approve": False}})],
    )
    def test_quick_line_asks_for_open_answers(self, line, wanted):
        assert read_quick_line(line) == {"question": "Q?", "kind": "text", **wanted}

    @pytest.mark.parametrize(
        ("field", "more"), [("approve", {"approve": 1}), ("length", {"length": 301}), ("rules", {"most": 3})]
    )
    def test_rules_of_open_answers_are_refused_by_their_field(self, field, more):
        with pytest.raises(Malformed) as refused:
            read_draft({"question": "Q", "kind": "text", "rules": more})
        assert set(refused.value.fields) == {field}

    @pytest.mark.parametrize("text", [3, None, "", " ", ["a"], "x" * 301, "\u0000"])
    def test_open_answers_of_another_shape_are_malformed(self, text):
        with pytest.raises(Malformed) as refused:
            read_answer({"text": text})
        assert set(refused.value.fields) == {"text"}


@pytest.mark.django_db
class TestAnswering:
    def test_answer_without_script_changes_and_is_taken_back(self, poll, kind, ada, browser_of):
        page, vote = browser_of(ada), at(poll.session, "vote", poll)
        first, second = ANSWERS[kind][2], ANSWERS[kind][4]
        assert 'name="written"' in text_of(page.get(at(poll.session)))
        for answer in (first, second):
            shown = followed(page, page.post(vote, {"written": answer}))
        assert second in text_of(shown)
        assert second in text_of(page.get(at(poll.session) + "?view=form"))
        wrong = page.post(vote, {"written": WRONG[kind]})
        assert code_of(wrong) == "malformed"
        assert WRONG[kind] in text_of(wrong)
        page.post(at(poll.session, "withdraw", poll))
        poll.refresh_from_db()
        assert (poll.ballots, poll.options.count(), recount_polls()[1]) == (0, 0, [])

    def test_rest_takes_an_answer_and_refuses_with_codes(self, poll, kind, ada):
        token = {"HTTP_AUTHORIZATION": f"Bearer {sign_pass(ada)}"}

        def put(value):
            said = Client().put(
                f"/api/v1/polls/{poll.pk}/ballot/",
                json.dumps({kind: value}),
                content_type="application/json",
                **token,
            )
            return said.status_code, json.loads(said.content)

        answer = ANSWERS[kind][0]
        assert put(answer)[1][kind] == answer
        wrong = {
            "number": [("11", "number_out_of_range"), ("0.5", "number_off_step")],
            "text": [(3, "malformed")],
        }
        for value, code in [(WRONG[kind], "malformed"), *wrong[kind]]:
            status, refused = put(value)
            assert (status, refused["code"], list(refused["fields"])) == (400, code, [kind])

    def test_named_poll_tells_who_wrote_it(self, session, desk, kind):
        named = make_poll(session, kind=kind, anonymous=False)
        record(write_in(named, make_attendee(session, name="Ada"), ANSWERS[kind][2]))
        page = text_of(desk.get(at(session, "control-poll-answers", named)))
        assert "Ada" in page
        assert f"<td>{ANSWERS[kind][2]}</td>" in page

    def test_second_written_answer_of_a_ballot_is_refused_by_the_database(self, answered):
        ballot = answered.ballot_rows.first()
        other = Option.objects.filter(poll=answered).exclude(selections__ballot=ballot).first()
        insert = "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single) VALUES (%s, %s, %s, %s)"
        for single in (True, False):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(insert, [ballot.pk, other.pk, answered.pk, single])


@pytest.mark.django_db
class TestResult:
    def test_no_written_answer_is_in_any_channel_while_it_is_hidden(
        self, answered, kind, browser_of, ada, desk
    ):
        room, seen = at(answered.session), SEEN[kind]
        states = news_of(answered, fresh_options(answered)).states
        assert states["voted"]["options"]
        assert (states["everybody"]["options"], "result" in states["everybody"]) == ([], False)
        pages = [browser_of().get(room), browser_of(ada).get(room), desk.get(at(answered.session, "screen"))]
        assert not any(seen in text_of(page) for page in pages)
        assert seen.encode() not in table(answered, browser_of)
        assert seen in text_of(desk.get(at(answered.session, "control")))

    def test_pages_show_what_was_written(self, answered, kind, browser_of, desk):
        to_state(answered, "closed", "published")
        for page in (browser_of().get(at(answered.session)), desk.get(at(answered.session, "screen"))):
            assert SEEN[kind] in text_of(page)
            assert bool(re.search(r"<rect\s+x=", text_of(page))) is (kind == "number")

    def test_record_keeps_what_was_written(self, answered, kind, browser_of):
        to_state(answered, "closed", "published")
        type(answered.session).objects.filter(pk=answered.session.pk).update(state="over")
        assert SEEN[kind] in text_of(browser_of().get(at(answered.session)))

    def test_recap_says_what_was_written(self, answered, kind):
        to_state(answered, "closed", "published")
        if kind == "text":
            picked = Option.objects.get(poll=answered, text="Quotas").pk
            pick_answers(poll_id=answered.pk, caller=by(answered), option_ids=[picked], picked=True)
        [said] = [part for part in draft(answered.session.event) if part.key == f"poll/{answered.pk}"]
        assert [sentence.text for sentence in said.sentences] == {
            "text": ["6 people answered.", "One said: “Quotas”"],
            "number": ["Half of the room is between 2.25 and 4 (median 3.5, 6 people)."],
        }[kind]

    def test_notes_hold_what_was_written(self, answered, kind):
        to_state(answered, "closed", "published")
        [passage] = PollResults().read(answered.session_id)
        line = {"text": "* Quotas: 2 votes, 33%", "number": "* 4: 2 votes, 33%"}[kind]
        assert line in passage.lines

    @pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md"])
    def test_files_hold_what_was_written(self, answered, kind, browser_of, form):
        to_state(answered, "closed", "published")
        content = table(answered, browser_of, form)
        if form == "json":
            rows = {row["option"]: row["votes"] for row in json.loads(content)["polls"]}
            assert rows[{"text": "Quotas", "number": "4"}[kind]] == 2
        elif form != "xlsx":
            assert SEEN[kind] in content.decode()


@pytest.mark.django_db
def test_open_answer_is_read_by_moderators_first_and_picked_for_the_recap(session, browser_of, ada, desk):
    poll = make_poll(session, kind="text", visibility="always")
    assert poll.rules["approve"] is True
    for text in ("Upgrades hurt", "Rude things", "a", "b", "c"):
        record(write_in(poll, make_attendee(session), text))
    written, room = at(session, "control-poll-written", poll), at(session) + "?view=results"
    assert "Upgrades hurt" in text_of(desk.get(written))
    assert "Upgrades hurt" not in text_of(browser_of(ada).get(room))
    assert "Upgrades hurt" not in json.dumps(news_of(poll, fresh_options(poll)).states)
    good = Option.objects.get(poll=poll, text="Upgrades hurt").pk
    assert desk.post(written, {"act": f"approve:{good}"}).status_code == 302
    assert "Upgrades hurt" in text_of(browser_of(ada).get(room))
    assert "Rude things" not in text_of(browser_of(ada).get(room))
    assert desk.post(written, {"act": f"pick:{good}"}).status_code == 302
    assert "Leave out of the recap" in text_of(desk.get(written))
    poll.refresh_from_db()
    to_state(poll, "closed", "published")
    paragraphs = draft(session.event)
    assert "Upgrades hurt" in "".join(block.text for block in reading_of(paragraphs, "en-gb").blocks)
    set_answer_states(poll_id=poll.pk, caller=by(poll), option_ids=[good], state="hidden")
    assert "Upgrades hurt" not in "".join(block.text for block in reading_of(paragraphs, "en-gb").blocks)


@pytest.mark.usefixtures("committing_sqlite", "live")
class TestSocket:
    async def test_socket_takes_an_answer_and_tells_what_may_be_read(self, session, poll, kind, ada):
        async with room_of(session, ada) as voter:
            await voter.next("snapshot")
            vote = {"type": "poll.vote", "ref": 1, "poll": str(poll.pk), "seq": 1, kind: ANSWERS[kind][3]}
            answer = await voter.ask(vote)
            assert (answer["type"], answer["mine"][kind]) == ("ok", ANSWERS[kind][3])
            told = await voter.next("poll.tally")
            while "answers" not in told:
                told = await voter.next("poll.tally")
            assert sum(one["count"] for one in told["answers"]) == 1
            assert told["result"]
            wrong = await voter.ask({**vote, "seq": 2, kind: WRONG[kind]})
            assert wrong["code"] == "malformed"
