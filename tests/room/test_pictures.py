"""The picture of a result: where it is offered, who gets it, and how it is sent."""

import json
from xml.etree import ElementTree

import pytest

from opendev.recap.draft_session import poll_paragraph
from polls.kinds import KINDS
from polls.services import set_poll_state
from tests.factories import (
    NOW,
    make_attendee,
    make_moderator,
    make_poll,
    options_of,
    record,
    vote_for,
    write_in,
)
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, text_of

pytestmark = pytest.mark.django_db
TEXTS = ("Magnum", "Zun & Nova", "<none>")


@pytest.fixture
def poll(session):
    """One that is over, with five votes."""
    poll = make_poll(session, question="Which do you run?", options=TEXTS, visibility="after_close")
    record(*(vote_for(poll, make_attendee(session), text) for text in ("Magnum",) * 4 + ("Zun & Nova",)))
    poll.refresh_from_db()
    return poll


def to_state(poll, *states):
    for state in states:
        set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state=state, now=NOW)


def words_of(response) -> list[str]:
    root = ElementTree.fromstring(response.content)
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def rest(browser, poll, **headers):
    return browser.get(f"/api/v1/polls/{poll.pk}/picture.svg", **headers)


@pytest.mark.parametrize("kind", KINDS)
def test_picture_of_every_kind_is_had_by_page_and_rest(session, browser_of, kind):
    poll = make_poll(session, kind=kind, question="What about it?", visibility="always")
    is_written = KINDS[kind].is_written
    answer = {"number": "3"}.get(KINDS[kind].field, "etcd")
    if KINDS[kind].field == "options":
        text = next(iter(options_of(poll)))
        record(vote_for(poll, make_attendee(session), text))
    elif is_written:
        record(write_in(poll, make_attendee(session), answer))
    for response in (browser_of().get(at(session, "poll-picture", poll)), rest(browser_of(), poll)):
        assert response.status_code == 200, response.content
        assert "What about it?" in words_of(response)
        assert any(session.event.name in words for words in words_of(response))


def test_picture_is_a_file_that_runs_and_loads_nothing(session, poll, browser_of):
    to_state(poll, "closed")
    for response in (browser_of().get(at(session, "poll-picture", poll)), rest(browser_of(), poll)):
        name = f"{session.slug}-poll-{poll.pk}.svg"
        assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        policy = {part.strip() for part in response["Content-Security-Policy"].split(";")}
        assert policy == {"default-src 'none'", "sandbox"}
        assert {*TEXTS, "5 people voted.", "4 votes"} <= set(words_of(response))


def test_picture_that_did_not_change_is_not_sent_again(session, poll, browser_of):
    to_state(poll, "closed")
    browser, address = browser_of(make_attendee(session)), at(session, "poll-picture", poll)
    first = browser.get(address)
    assert "no-cache" in first["Cache-Control"]
    known = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    again = browser.get(address, **known)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert "no-store" not in again["Cache-Control"]
    assert rest(browser_of(), poll, **known).status_code == 304
    assert browser.get(f"{address}?theme=dark", **known).status_code == 200
    assert browser.get(address, **known, HTTP_ACCEPT_LANGUAGE="ar").status_code == 200


def test_hidden_result_is_refused_and_nobody_knows_of_drafts(session, poll, browser_of):
    address = at(session, "poll-picture", poll)
    for browser in (browser_of(), browser_of(make_attendee(session))):
        page, api = browser.get(address), rest(browser, poll)
        assert (page.status_code, code_of(page)) == (403, "result_hidden")
        assert (api.status_code, json.loads(api.content)["code"]) == (403, "result_hidden")
        assert b"Magnum" not in page.content + api.content
    draft = make_poll(session, state="draft")
    assert browser_of().get(at(session, "poll-picture", draft)).status_code == 404
    assert rest(browser_of(), draft).status_code == 404


def test_moderators_have_it_before_and_it_says_so(session, poll, browser_of):
    moderator = browser_of(user=make_moderator(session))
    early = " ".join(words_of(moderator.get(at(session, "poll-picture", poll))))
    assert "Live, voting open" in early
    assert "Only moderators see the results." in early
    to_state(poll, "closed")
    late = " ".join(words_of(moderator.get(at(session, "poll-picture", poll))))
    assert "Only moderators" not in late
    assert "Live" not in late


def test_those_who_voted_have_what_they_see_and_nothing_of_their_own_in_it(session, browser_of):
    poll = make_poll(session, visibility="after_voting")
    voter = make_attendee(session)
    record(vote_for(poll, voter, "a"))
    address = at(session, "poll-picture", poll)
    assert browser_of().get(address).status_code == 403
    seen = browser_of(voter).get(address)
    assert seen.status_code == 200
    assert seen.content == browser_of(user=make_moderator(session)).get(address).content.replace(
        b" \xc2\xb7 Only moderators see the results.", b""
    )


def test_theme_is_light_or_dark(session, poll, browser_of):
    to_state(poll, "closed")
    address = at(session, "poll-picture", poll)
    dark, wrong = (browser_of().get(f"{address}?theme={theme}") for theme in ("dark", "pink"))
    assert b"#0e1417" in dark.content
    assert wrong.status_code == 400
    api = browser_of().get(f"/api/v1/polls/{poll.pk}/picture.svg?theme=pink")
    assert (api.status_code, list(api.json()["fields"])) == (400, ["theme"])


def test_picture_is_in_the_readers_language(session, poll, browser_of):
    to_state(poll, "closed")
    response = browser_of().get(at(session, "poll-picture", poll), HTTP_ACCEPT_LANGUAGE="ar")
    root = ElementTree.fromstring(response.content)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"


def test_pages_offer_it_where_the_result_is_shown_and_over(session, poll, browser_of):
    address = at(session, "poll-picture", poll)
    room, desk = at(session), at(session, "control") + f"?poll={poll.pk}"
    moderator = browser_of(user=make_moderator(session))
    assert f'href="{address}"' in text_of(moderator.get(desk))
    assert '<div class="row" data-picture-file hidden' in text_of(browser_of().get(room))
    to_state(poll, "closed")
    page = text_of(browser_of().get(room))
    assert f'href="{address}"' in page
    assert "data-picture-file>" in page.replace(" >", ">")


def test_recap_offers_the_picture(session, poll):
    to_state(poll, "closed")
    poll.refresh_from_db()
    assert poll_paragraph(poll, session).facts["picture"] == at(session, "poll-picture", poll)
