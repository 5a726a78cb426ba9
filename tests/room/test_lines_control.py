"""Sign-up lines on the pages of a session without script: the control room's forms, the room's part and its tab."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opendev.core.attendance import pass_cookie_name
from opendev.room.lines import InPad, line_card, line_cards
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.follow_ups.selectors.lines import line_with_names
from sessions.follow_ups.services.pad_names import record_pad_name
from tests.factories import NOW, make_attendee, make_line, make_moderator, make_session, put_name
from tests.room.pages import at, code_of, followed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


@pytest.fixture
def line(session):
    return make_line(session, announced_line=98)


def at_line(line, name):
    return line.session.address(name, line=line.pk)


def act_on(desk, line, act, name, **more):
    return desk.post(at_line(line, "control-line-name"), {"act": act, "name": name.pk, **more})


def test_line_is_opened_in_one_act(desk, session):
    page = text_of(followed(desk, desk.post(at(session, "control-line-add"), {"title": "Networking API"})))
    made = SignUpLine.objects.get()
    assert (made.title, made.announced_line, made.state) == ("Networking API", None, "open")
    assert "Networking API" in page
    desk.post(at(session, "control-line-add"), {"title": "Two", "announced_line": " 72 "})
    assert SignUpLine.objects.get(title="Two").announced_line == 72


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", {"title": " ", "announced_line": "98"}),
        ("title", {"title": "x" * 121, "announced_line": "98"}),
        ("announced_line", {"title": "Networking API", "announced_line": "98a"}),
        ("announced_line", {"title": "Networking API", "announced_line": "0"}),
    ],
)
def test_refused_line_keeps_what_was_typed(desk, session, line, field, typed):
    here = {"control-line-add": at(session, "control-line-add"), "edit": at_line(line, "control-line-edit")}
    for address in here.values():
        answer = desk.post(address, typed)
        assert (answer.status_code, code_of(answer)) == (400, "malformed")
        for value in typed.values():
            assert f'value="{value}"' in text_of(answer)
    assert list(SignUpLine.objects.values_list("title", "version")) == [(line.title, 1)]


def test_line_is_edited_closed_and_opened_again(desk, session, line):
    owner = session.event.people.get()
    change = {"title": "Network API", "summary": "Which?", "announced_line": "101", "owner": owner.pk}
    followed(desk, desk.post(at_line(line, "control-line-edit"), change))
    line.refresh_from_db()
    assert (line.title, line.summary, line.announced_line, line.owner) == (
        "Network API",
        "Which?",
        101,
        owner,
    )
    desk.post(at_line(line, "control-line-edit"), {**change, "announced_line": "", "owner": ""})
    line.refresh_from_db()
    assert (line.announced_line, line.owner) == (None, None)
    for state in ("closed", "open"):
        followed(desk, desk.post(at_line(line, "control-line-state"), {"state": state}))
        line.refresh_from_db()
        assert line.state == state
    assert code_of(desk.post(at_line(line, "control-line-state"), {"state": "gone"})) == "malformed"


def test_names_are_removed_and_put_back_and_claims_confirmed(desk, session, line):
    rude = put_name(line, make_attendee(session, name="Rude Word"))
    john = make_attendee(session, name="John Garbutt")
    claim = record_pad_name(line_id=line.pk, name="J. Garbutt", now=NOW)
    page = text_of(desk.get(at_line(line, "control-line-edit")))
    assert "This is John Garbutt" in page
    page = text_of(followed(desk, act_on(desk, line, "remove", rude)))
    assert page.index("Removed by moderators") < page.index("Rude Word")
    followed(desk, act_on(desk, line, "join", claim, attendee=john.attendee_id))
    assert SignUp.objects.get(pk=claim.pk).attendee_id == john.attendee_id
    followed(desk, act_on(desk, line, "part", claim))
    assert SignUp.objects.get(pk=claim.pk).is_claim
    followed(desk, act_on(desk, line, "restore", rude))
    assert SignUp.objects.get(pk=rude.pk).is_present


def test_names_and_lines_of_elsewhere_are_not_found(desk, session, line):
    other = make_line(make_session(session.event), "Elsewhere")
    name = put_name(other, make_attendee(session, name="Ada"))
    for address in ("control-line-edit", "control-line-state", "control-line-name"):
        answer = desk.post(session.address(address, line=other.pk), {"title": "Mine", "state": "closed"})
        assert answer.status_code == 404
    assert act_on(desk, line, "remove", name).status_code == 404
    own = put_name(line, make_attendee(session, name="Own"))
    assert act_on(desk, line, "no such act", own).status_code == 404
    assert code_of(desk.post(at_line(line, "control-line-name"), {"act": "remove"})) == "malformed"
    other.refresh_from_db()
    assert (other.title, other.state) == ("Elsewhere", "open")


@pytest.mark.parametrize("name", ["control-line-add", "control-line-state", "control-line-name"])
def test_address_that_only_takes_forms_leads_to_their_page(desk, session, line, name):
    address = at(session, name) if name == "control-line-add" else at_line(line, name)
    assert desk.get(address).status_code == 302


# --- the room


def test_room_has_a_tab_for_follow_ups_only_where_there_are_some_or_may_be_suggested(browser_of, session):
    tab = 'data-tab="follow-ups"'
    assert f"{tab}>" in text_of(browser_of().get(at(session)))
    type(session).objects.update(suggestions_open=False)
    assert f"{tab} hidden" in text_of(browser_of().get(at(session)))
    make_line(session)
    page = text_of(browser_of().get(at(session)))
    assert f"{tab}>" in page
    assert 'data-open-part="poll"' in page
    page = text_of(browser_of().get(f"{at(session)}?tab=follow-ups"))
    assert f'{tab} aria-current="page"' in page
    assert 'data-open-part="follow-ups"' in page
    assert 'data-open-part="poll"' in text_of(browser_of().get(f"{at(session)}?tab=nothing"))


def test_room_shows_ones_own_name_and_how_many_others(browser_of, session, line):
    ada = make_attendee(session, name="Ada")
    for name in ("Bob", "Cyd", "Dan", "Eva"):
        put_name(line, make_attendee(session, name=name))
    put_name(line, ada)
    text = text_of(browser_of(ada).get(f"{at(session)}?tab=follow-ups"))
    assert '<span class="you" data-own-name>Ada</span>' in text
    assert re.search(r"<bdi>Bob</bdi>,\s*<bdi>Cyd</bdi>,\s*<bdi>Dan</bdi>", text)
    assert "and 1 other<" in text
    assert "You’re on the list" in text
    assert pass_cookie_name(session.event_id) not in text


def test_room_asks_no_more_queries_for_three_lines_than_for_one(browser_of, session):
    ada = make_attendee(session, name="Ada")
    client = browser_of(ada)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(at(session))
        return len(asked)

    put_name(make_line(session), ada)
    with_one = queries()
    for title in ("Two", "Three"):
        put_name(make_line(session, title), ada)
    assert queries() == with_one > 0


# --- what a pad may add


def test_card_takes_its_number_from_the_pad_where_the_pad_knows_it(session, line):
    ada = make_attendee(session, name="Ada")
    put_name(line, ada)
    [plain] = line_cards([session.pk], ada)
    [moved] = line_cards(
        [session.pk], ada, {line.pk: InPad(number=101, saved="under", url="http://pad/#L101")}
    )
    alone = line_card(line_with_names(line.pk), ada, InPad(saved="waiting"))
    assert [plain.number, moved.number, alone.number] == [98, 101, 98]
    assert [plain.pad.saved, moved.pad.saved, alone.pad.saved] == ["", "under", "waiting"]
