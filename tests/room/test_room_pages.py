"""The room without script: join, vote, change, withdraw. What is refused is said, and no choice is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from opendev.core.attendance import pass_cookie_name, read_pass, sign_pass
from opendev.recap.services import draft_recap, publish_recap
from opendev.room import reads
from polls.models import Poll
from sessions.attendees.models import Attendee
from tests.factories import (
    NOW,
    as_tally,
    make_attendee,
    make_moderator,
    make_poll,
    make_session,
    options_of,
    record,
    vote_for,
)
from tests.factories.sessions import organiser_of
from tests.room.pages import at, chosen_on, code_of, followed, shown_counts, text_of, without_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(browser_of, ada):
    return browser_of(ada)


@pytest.fixture
def stranger(browser_of):
    return browser_of()


def vote(page, poll, *options):
    return page.post(at(poll.session, "vote", poll), {"option": options})


def withdraw(page, poll):
    return page.post(at(poll.session, "withdraw", poll))


def test_who_reads_the_room_is_here(page, stranger, poll):
    """Before the page's socket is counted it would say that nobody is."""
    assert "data-present>1<" in text_of(page.get(at(poll.session)))
    assert "data-present>0<" in text_of(stranger.get(at(poll.session)))


# --- joining


def test_stranger_reads_the_poll_and_joins_with_one_tap(stranger, poll):
    room = stranger.get(at(poll.session))
    assert poll.question in text_of(room)
    assert reverse("room-join", args=[poll.session.event.slug, poll.session.slug]) in text_of(room)
    joined = stranger.post(at(poll.session, "room-join"))
    assert at(poll.session, "vote", poll) in text_of(followed(stranger, joined))
    cookie = joined.cookies[pass_cookie_name(poll.session.event_id)]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert read_pass(cookie.value).attendee_id == Attendee.objects.get().pk


def test_joining_again_keeps_the_device_and_its_votes(page, poll, ada, options):
    vote(page, poll, options["a"])
    page.post(at(poll.session, "room-join"))
    assert Attendee.objects.count() == 1
    vote(page, poll, options["b"])
    assert as_tally(poll) == {"b": 1, "": 1}


def test_session_that_is_over_cannot_be_joined_and_is_still_read(stranger, browser_of):
    over, live = make_session(state="over"), make_session()
    poll = make_poll(live, state="published")
    Poll.objects.filter(pk=poll.pk).update(session=over)
    assert stranger.post(at(live, "room-join")).status_code == 302
    refused = browser_of().post(at(over, "room-join"))
    assert (refused.status_code, code_of(refused)) == (409, "session_is_over")
    assert poll.question in text_of(refused)
    assert poll.question in text_of(stranger.get(at(over)))


# --- voting by plain form


def test_vote_by_form_is_counted_and_shown_after_the_redirect(page, poll, options):
    room = followed(page, vote(page, poll, options["b"]))
    assert shown_counts(room) == [0, 1, 0]
    assert as_tally(poll) == {"b": 1, "": 1}


def test_vote_is_changed_and_withdrawn_by_form(page, poll, options):
    vote(page, poll, options["b"])
    form = page.get(at(poll.session) + "?view=form")
    assert chosen_on(form) == {options["b"]}
    assert shown_counts(followed(page, vote(page, poll, options["c"]))) == [0, 0, 1]
    room = followed(page, withdraw(page, poll))
    assert (shown_counts(room), chosen_on(room)) == ([], set())
    assert as_tally(poll) == {}


def test_several_choices_are_counted_and_ticked(page, session):
    poll = make_poll(session, kind="multiple")
    ids = {text: str(pk) for text, pk in options_of(poll).items()}
    followed(page, vote(page, poll, ids["a"], ids["c"]))
    assert as_tally(poll) == {"a": 1, "c": 1, "": 1}
    assert chosen_on(page.get(at(session) + "?view=form")) == {ids["a"], ids["c"]}


def test_refused_vote_keeps_what_was_chosen_and_says_the_code(page, session):
    poll = make_poll(session, kind="multiple", options="abcd", max=2)
    ids = list(map(str, options_of(poll).values()))
    refused = vote(page, poll, *ids[:3])
    assert (refused.status_code, code_of(refused)) == (400, "wrong_number_of_options")
    assert chosen_on(refused) == set(ids[:3])
    assert vote(page, poll, *ids[:2]).status_code == 302


def test_each_refusal_has_its_status_and_code(page, stranger, browser_of, bob, session, poll, options):
    draft, closed = make_poll(session, state="draft"), make_poll(session, state="closed")
    final = make_poll(session, may_change=False)
    elsewhere = make_poll()
    first, second, _third = map(str, options_of(final).values())
    assert vote(page, final, first).status_code == 302
    stray = str(options_of(closed)["a"])
    said = {
        "not_joined": vote(stranger, poll, options["a"]),
        "wrong_number_of_options": vote(page, poll),
        "unknown_option": vote(page, poll, stray),
        "duplicate_option": vote(page, poll, options["a"], options["a"]),
        "malformed": vote(page, poll, "x"),
        "poll_not_live": vote(page, closed, stray),
        "vote_is_final": vote(page, final, second),
        "no_ballot": withdraw(page, poll),
    }
    assert {code: code_of(response) for code, response in said.items()} == {code: code for code in said}
    assert [response.status_code for response in said.values()] == [403, 400, 400, 400, 400, 409, 409, 409]
    for hidden in (draft, elsewhere):
        refused = page.post(
            reverse("vote", args=[session.event.slug, session.slug, hidden.pk]), {"option": stray}
        )
        assert (refused.status_code, code_of(refused)) == (404, "not_found")
    assert (as_tally(poll), as_tally(closed), as_tally(elsewhere)) == ({}, {}, {})
    assert vote(browser_of(bob), poll, options["a"]).status_code == 302


def test_vote_that_was_refused_to_a_stranger_is_kept_for_after_the_join(stranger, poll, options):
    refused = vote(stranger, poll, options["b"])
    assert (refused.status_code, code_of(refused)) == (403, "not_joined")
    assert chosen_on(refused) == {options["b"]}


@pytest.mark.parametrize(
    "poll_id", ["0", "x", "-1", "404", str(2**63), "9" * 5000, "%00", "%F0%9F%98%80", "1%2F2", "é"]
)
@pytest.mark.parametrize("act", ["vote", "withdraw"])
def test_address_of_no_poll_is_answered_without_harm(page, poll, options, poll_id, act):
    address = at(poll.session, act, poll).replace(f"/{poll.pk}/", f"/{poll_id}/")
    assert page.post(address, {"option": options["a"]}).status_code in {400, 404}
    assert page.post(at(poll.session, "vote", poll), {"option": options["a"]}).status_code == 302


@pytest.mark.parametrize(
    "value", ["", " ", "0", "-1", "x", "\0", "1\0", "9" * 5000, str(2**63), "１", "👩‍💻", "<script>"]
)
def test_option_that_is_no_option_is_refused_and_counts_nothing(page, poll, options, value):
    refused = vote(page, poll, value)
    assert refused.status_code == 400
    assert code_of(refused) in {"malformed", "unknown_option"}
    assert "<script>" not in text_of(refused)
    assert as_tally(poll) == {}
    assert vote(page, poll, options["a"]).status_code == 302


def test_more_options_than_any_poll_has_are_refused(page, poll, options):
    refused = vote(page, poll, *[options["a"]] * 150)
    assert (refused.status_code, code_of(refused)) == (400, "malformed")


@pytest.mark.parametrize("act", ["room-join", "vote", "withdraw"])
def test_deed_is_not_done_by_following_a_link(page, poll, act):
    address = at(poll.session, act, None if act == "room-join" else poll)
    assert page.get(address).headers["Location"] == at(poll.session)
    assert as_tally(poll) == {}
    assert page.put(address).status_code == 405


def test_form_from_another_site_is_refused(poll, ada, options):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies[pass_cookie_name(ada.event_id)] = sign_pass(ada)
    assert vote(strict, poll, options["a"]).status_code == 403
    assert as_tally(poll) == {}
    strict.get("/sign-in/")  # whose form has a token; the room's has none
    token = strict.cookies["csrftoken"].value
    allowed = strict.post(
        at(poll.session, "vote", poll), {"option": options["a"], "csrfmiddlewaretoken": token}
    )
    assert allowed.status_code == 302


# --- what is not on the page


@pytest.mark.parametrize("page_name", ["room", "screen"])
@pytest.mark.parametrize("state", ["live", "closed", "published"])
@pytest.mark.parametrize(
    "visibility", ["always", "after_voting", "after_close", "after_publishing", "moderators"]
)
def test_page_is_the_same_for_all_counts_that_its_reader_may_not_see(
    session, stranger, page_name, state, visibility
):
    poll = make_poll(session, visibility=visibility)
    people = [make_attendee(session) for _ in range(3)]
    record(*(vote_for(poll, attendee, "b") for attendee in people))
    stamp = {"state": state, "closed_at": poll.launched_at, "published_at": poll.launched_at}
    Poll.objects.filter(pk=poll.pk).update(**(stamp if state != "live" else {}))

    def pages():
        return [
            without_token(stranger.get(at(session, page_name) + query)) for query in ("", "?view=results")
        ]

    before = pages()
    poll.options.filter(text="b").update(count=1)
    poll.options.filter(text="c").update(count=2)
    after = pages()
    shown = {"live": {"always"}, "closed": {"always", "after_voting", "after_close"}}
    sees = visibility in shown.get(state, {"always", "after_voting", "after_close", "after_publishing"})
    assert (before != after) == sees


def test_who_voted_sees_the_result_on_the_page_and_the_neighbour_does_not(
    poll, ada, bob, browser_of, options
):
    record(vote_for(poll, ada, "b"))
    assert shown_counts(browser_of(ada).get(at(poll.session))) == [0, 1, 0]
    for address in (at(poll.session), at(poll.session) + "?view=results"):
        assert shown_counts(browser_of(bob).get(address)) == []


def test_drafts_and_archived_polls_are_not_on_attendees_pages(session, page, stranger):
    live = make_poll(session, question="The live one?")
    make_poll(session, state="draft", question="The secret draft?")
    make_poll(session, state="archived", question="The archived one?")
    for client in (page, stranger):
        for name in ("room", "screen"):
            shown = text_of(client.get(at(session, name)))
            assert live.question in shown
            assert "secret draft" not in shown
            assert "archived one" not in shown


def test_screen_shows_what_everybody_may_see_also_to_a_moderator_who_voted(session, poll, ada, browser_of):
    record(vote_for(poll, ada, "b"))
    moderator = browser_of(ada, user=make_moderator(session))
    assert shown_counts(moderator.get(at(session, "screen"))) == []
    Poll.objects.update(visibility="always")
    assert shown_counts(moderator.get(at(session, "screen"))) == [0, 1, 0]


def test_room_links_the_control_room_for_its_moderators_alone(session, browser_of, ada):
    neighbour = make_session(session.event)
    for client, linked in (
        (browser_of(user=make_moderator(session)), True),
        (browser_of(user=make_moderator(neighbour)), False),
        (browser_of(ada), False),
        (browser_of(), False),
    ):
        assert (at(session, "control") in text_of(client.get(at(session)))) == linked


def test_text_that_looks_like_markup_is_shown_as_text(session, page):
    make_poll(session, question="<script>alert(1)</script>?", options=("<b>x</b>", '"><img src=x>', "c"))
    for name in ("room", "screen"):
        shown = text_of(page.get(at(session, name)))
        assert "&lt;script&gt;alert(1)&lt;/script&gt;?" in shown
        assert "<script>alert" not in shown
        assert "<img" not in shown


# --- pages as such


@pytest.mark.parametrize("page_name", ["room", "screen"])
def test_session_that_does_not_exist_is_not_found(session, stranger, page_name):
    assert stranger.get(at(session, page_name)).status_code == 200
    missing = stranger.get(reverse(page_name, args=[session.event.slug, "no-such-session"]))
    assert (missing.status_code, code_of(missing)) == (404, "not_found")
    other = make_session()
    assert stranger.get(reverse(page_name, args=[session.event.slug, other.slug])).status_code == 404


def queries_for(client, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page_name", ["room", "screen", "control"])
def test_page_asks_no_more_for_three_polls_than_for_one(
    session, browser_of, django_assert_max_num_queries, page_name
):
    client = browser_of(make_attendee(session), user=make_moderator(session))
    make_poll(session, state="closed")
    make_poll(session)
    make_poll(session, state="draft")
    client.get(at(session, page_name))
    few = queries_for(client, at(session, page_name), django_assert_max_num_queries)
    for state in ("closed", "live", "draft", "archived"):
        make_poll(session, state=state)
        make_poll(session, state=state)
    assert queries_for(client, at(session, page_name), django_assert_max_num_queries) == few


def test_room_that_is_open_leads_to_the_recap_once_it_ends(session, browser_of):
    """The words for the end lie ready in the page of a room that is open."""

    def at_the_end():
        return (
            text_of(browser_of().get(at(session)))
            .partition('data-empty="empty-over"')[2]
            .partition("</template>")[0]
        )

    assert "Read the recap" not in at_the_end()
    caller = organiser_of(session.event)
    draft_recap(event_id=session.event_id, caller=caller, now=NOW)
    publish_recap(event_id=session.event_id, caller=caller, now=NOW)
    reads.rooms.forget()
    assert f'href="/{session.event.slug}/recap/"' in at_the_end()
