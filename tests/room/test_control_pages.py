"""The control room without script: every act is a form, for those who moderate this session alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from polls.models import Option, Poll
from sessions.programme.models import Session
from tests.factories import (
    as_tally,
    make_attendee,
    make_moderator,
    make_organiser,
    make_poll,
    make_session,
    options_of,
    record,
    vote_for,
)
from tests.factories.sessions import make_user
from tests.room.pages import at, code_of, followed, shown_counts, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def move(desk, poll, state):
    return desk.post(at(poll.session, "control-poll-state", poll), {"state": state})


def state_of(poll):
    return Poll.objects.get(pk=poll.pk).state


def just_now(session, **more):
    return make_poll(session, now=timezone.now(), **more)


# --- who


ACTS = [
    ("control-poll-state", {"state": "closed"}),
    ("control-poll-visibility", {"visibility": "always"}),
    ("control-poll-clock", {"seconds": "60"}),
    ("control-poll-round", {}),
    ("control-poll-edit", {"question": "New?", "option_text": ["x", "y"]}),
    ("control-poll-add", {"line": "New? / x / y", "launch": "1"}),
    ("control-session-state", {"state": "over"}),
]


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Poll, Option, Session)]


@pytest.mark.parametrize(("name", "form"), ACTS)
def test_act_is_for_those_who_moderate_this_session(session, browser_of, name, form):
    poll, before = make_poll(session), None
    address = at(
        session, name, poll if name.startswith("control-poll") and name != "control-poll-add" else None
    )
    outsiders = {
        "a stranger": (browser_of(), {401, 302}),
        "an attendee": (browser_of(make_attendee(session)), {401, 302}),
        "somebody signed in": (browser_of(user=make_user()), {403}),
        "a neighbour's moderator": (browser_of(user=make_moderator(make_session(session.event))), {403}),
        "another event's organiser": (browser_of(user=make_organiser(make_session().event)), {403}),
    }
    before = everything()
    for who, (client, statuses) in outsiders.items():
        assert client.post(address, form).status_code in statuses, who
        assert everything() == before, who
    assert browser_of(user=make_moderator(session)).post(address, form).status_code in {302, 400}
    organiser = make_organiser(session.event)
    assert browser_of(user=organiser).post(address, form).status_code in {302, 400, 409}


def test_acts_of_the_table_do_something(session, desk):
    """So that "nothing changed" above means something."""
    for name, form in ACTS[:4] + ACTS[5:]:
        poll = make_poll(session)
        before = everything()
        address = at(
            session, name, poll if name.startswith("control-poll") and name != "control-poll-add" else None
        )
        assert desk.post(address, form).status_code == 302
        assert everything() != before, name


def test_outsider_is_led_to_the_sign_in_and_back(session, browser_of):
    wanted = at(session, "control") + "?poll=3&x=y"
    answer = browser_of().get(wanted)
    assert answer.status_code == 302
    sign_in = browser_of().get(answer["Location"])
    assert sign_in.status_code == 200
    assert sign_in.context["next"] == wanted


def test_other_sessions_moderator_is_refused_with_a_page(session, browser_of, desk):
    other = browser_of(user=make_moderator(make_session(session.event)))
    assert desk.get(at(session, "control")).status_code == 200
    refused = other.get(at(session, "control"))
    assert (refused.status_code, code_of(refused)) == (403, "not_moderator")
    assert session.title not in text_of(refused).replace(session.short_title, "")


def test_poll_of_another_session_is_not_found_also_for_its_own_moderator(session, browser_of):
    other = make_poll(make_session(session.event))
    organiser = browser_of(user=make_organiser(session.event))
    for name, form in ACTS[:4]:
        stray = reverse(name, args=[session.event.slug, session.slug, other.pk])
        refused = organiser.post(stray, form)
        assert (refused.status_code, code_of(refused)) == (404, "not_found"), name
    edit = reverse("control-poll-edit", args=[session.event.slug, session.slug, other.pk])
    assert organiser.get(edit).status_code == 404
    assert state_of(other) == "live"
    assert (
        organiser.post(at(other.session, "control-poll-state", other), {"state": "closed"}).status_code == 302
    )


# --- acts


def test_poll_goes_its_way_by_forms(session, desk):
    poll = make_poll(session, state="draft")
    for state in ("live", "closed", "published", "archived", "closed"):
        room = followed(desk, move(desk, poll, state))
        assert state_of(poll) == state
        assert room.status_code == 200


def test_launched_poll_is_on_stage_and_another_can_be_picked(session, desk):
    first, second = (
        make_poll(session, question="First?"),
        make_poll(session, state="draft", question="Second?"),
    )
    assert followed(desk, move(desk, second, "live")).context["selected"].id == str(second.pk)
    picked = desk.get(at(session, "control") + f"?poll={first.pk}")
    assert picked.context["selected"].id == str(first.pk)
    for nonsense in ("x", "404", "", "\0", "9" * 5000):
        assert desk.get(at(session, "control"), {"poll": nonsense}).context["selected"].id == str(second.pk)


def test_illegal_act_shows_the_control_room_with_its_code(session, desk):
    poll = make_poll(session, state="draft")
    refused = move(desk, poll, "published")
    assert (refused.status_code, code_of(refused)) == (409, "illegal_move")
    assert poll.question in text_of(refused)
    for wrong in ("", "open", "LIVE", "\0"):
        assert (move(desk, poll, wrong).status_code, state_of(poll)) == (400, "draft")


def test_undo_is_offered_while_it_is_possible_and_works(session, desk):
    poll = just_now(session)
    shown = followed(desk, move(desk, poll, "live"))
    assert f'id="undo-{poll.pk}"' in text_of(shown)
    followed(desk, move(desk, poll, "draft"))
    assert state_of(poll) == "draft"
    old = make_poll(session)
    assert f'id="undo-{old.pk}"' not in text_of(desk.get(at(session, "control")))
    assert code_of(move(desk, old, "draft")) == "illegal_move"


def test_undo_of_a_close_that_showed_the_result_is_not_offered(session, desk):
    showed = just_now(session, state="closed", visibility="after_close")
    kept = just_now(session, state="closed", visibility="moderators")
    page = text_of(desk.get(at(session, "control")))
    assert f'id="undo-{showed.pk}"' not in page
    assert f'id="undo-{kept.pk}"' in page


def test_moderator_sees_counts_before_anybody_else(session, desk, ada):
    poll = make_poll(session, visibility="moderators")
    record(vote_for(poll, ada, "b"))
    assert shown_counts(desk.get(at(session, "control"))) == [0, 1, 0]


@pytest.mark.parametrize("state", Poll.State.values)
@pytest.mark.parametrize("visibility", ["always", "after_publishing"])
def test_every_button_that_is_offered_works(session, desk, state, visibility):
    offered = len(buttons_of(desk, just_now(session, state=state, visibility=visibility)))
    assert offered >= 1
    for number in range(offered):
        poll = just_now(session, state=state, visibility=visibility)
        move = buttons_of(desk, poll)[number]
        done = desk.post(at(session, move.url_name, poll), {move.field: move.value} if move.field else {})
        assert done.status_code == 302, (move, code_of(done))


def buttons_of(desk, poll):
    shown = desk.get(at(poll.session, "control") + f"?poll={poll.pk}").context["selected"]
    return [*shown.moves, *([shown.undo] if shown.undo else [])]


def test_reveal_widens_who_sees_the_result(session, desk):
    poll = make_poll(session)
    address = at(session, "control-poll-visibility", poll)
    assert followed(desk, desk.post(address, {"visibility": "always"})).status_code == 200
    assert Poll.objects.get().visibility == "always"
    refused = desk.post(address, {"visibility": "moderators"})
    assert (refused.status_code, code_of(refused)) == (409, "visibility_only_widens")
    for wrong in ("", "nobody", "\0"):
        assert desk.post(address, {"visibility": wrong}).status_code == 400


def test_countdown_is_started_and_prolonged(session, desk):
    poll = make_poll(session)
    address = at(session, "control-poll-clock", poll)
    begun = timezone.now()
    followed(desk, desk.post(address, {"seconds": "60"}))
    first = Poll.objects.get().closes_at
    assert timedelta(seconds=60) <= first - begun < timedelta(seconds=90)
    followed(desk, desk.post(address, {"seconds": "30"}))
    assert Poll.objects.get().closes_at == first + timedelta(seconds=30)


@pytest.mark.parametrize("seconds", ["", "x", "-5", "1.5", "0", "99999", "9" * 5000, "１", "\0", "²"])
def test_seconds_that_are_none_are_refused(session, desk, seconds):
    poll = make_poll(session)
    refused = desk.post(at(session, "control-poll-clock", poll), {"seconds": seconds})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert Poll.objects.get().closes_at is None


def test_another_round_is_a_draft_beside_the_first(session, desk):
    poll = make_poll(session, state="closed")
    followed(desk, desk.post(at(session, "control-poll-round", poll)))
    assert list(Poll.objects.order_by("round").values_list("state", "round")) == [("closed", 1), ("draft", 2)]


def test_ending_the_session_closes_its_polls_and_it_can_be_opened_again(session, desk, ada):
    poll = make_poll(session)
    address = at(session, "control-session-state")
    followed(desk, desk.post(address, {"state": "over"}))
    assert (Session.objects.get(pk=session.pk).state, state_of(poll)) == ("over", "closed")
    assert record(vote_for(poll, ada, "a")) == ["poll_not_live"]
    followed(desk, desk.post(address, {"state": "live"}))
    assert (Session.objects.get(pk=session.pk).state, state_of(poll)) == ("live", "closed")


@pytest.mark.parametrize("state", ["", "ended", "LIVE", "\0"])
def test_session_state_that_does_not_exist_is_refused(session, desk, state):
    assert desk.post(at(session, "control-session-state"), {"state": state}).status_code == 400
    assert Session.objects.get(pk=session.pk).state == "live"


@pytest.mark.parametrize(("name", "form"), ACTS)
def test_act_is_not_done_by_following_a_link(session, desk, name, form):
    poll = make_poll(session)
    address = at(
        session, name, poll if name.startswith("control-poll") and name != "control-poll-add" else None
    )
    before = everything()
    assert desk.get(address, form).status_code == (200 if name == "control-poll-edit" else 302)
    assert everything() == before


# --- the edit page


def edit(desk, poll, **form):
    ids = {text: str(pk) for text, pk in options_of(poll).items()}
    usual = {"question": poll.question, "option_id": list(ids.values()), "option_text": list(ids)}
    rules = {"kind": poll.kind, "min": "1", "max": "1", "anonymous": "on", "may_change": "on"}
    return desk.post(
        at(poll.session, "control-poll-edit", poll), {**usual, **rules, "visibility": poll.visibility, **form}
    )


def test_draft_is_edited_wholly(session, desk):
    poll = make_poll(session, state="draft")
    form = {"question": "New?", "kind": "multiple", "min": "1", "max": "2", "visibility": "always"}
    followed(desk, edit(desk, poll, **form, option_id=["", "", ""], option_text=["x", "", "y"]))
    poll.refresh_from_db()
    assert (poll.question, poll.kind, poll.max, poll.visibility) == ("New?", "multiple", 2, "always")
    assert list(options_of(poll)) == ["x", "y"]


def test_unticked_boxes_mean_no(session, desk):
    poll = make_poll(session, state="draft")
    form = {"question": "Which?", "option_text": ["a", "b"], "kind": "single", "visibility": "always"}
    followed(desk, desk.post(at(session, "control-poll-edit", poll), form))
    poll.refresh_from_db()
    assert (poll.anonymous, poll.may_change) == (False, False)


def test_launched_poll_has_its_texts_mended_and_its_rules_left(session, desk, ada):
    poll = make_poll(session)
    record(vote_for(poll, ada, "b"))
    followed(
        desk,
        edit(desk, poll, question="Which one?", option_text=["a", "bee", "c"], kind="multiple", anonymous=""),
    )
    poll.refresh_from_db()
    assert (poll.question, poll.kind, poll.anonymous) == ("Which one?", "single", True)
    assert as_tally(poll) == {"bee": 1, "": 1}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": "x" * 301}, "question"),
        ({"question": "a\0b"}, "question"),
        ({"option_text": ["only one", "", ""]}, "options"),
        ({"option_text": ["a", "a", "c"]}, "options"),
        ({"option_text": ["a", "b" * 121, "c"]}, "options"),
        ({"option_id": ["1", "2", "x"]}, "options"),
        ({"kind": "ranked"}, "kind"),
        ({"visibility": "nobody"}, "visibility"),
        ({"kind": "multiple", "min": "x"}, "min"),
        ({"kind": "multiple", "max": "99999"}, "max"),
        ({"kind": "multiple", "min": "3", "max": "2"}, "max"),
    ],
)
def test_edit_that_is_refused_loses_nothing_that_was_typed(session, desk, form, field):
    poll = make_poll(session, state="draft")
    refused = edit(desk, poll, **{"question": "Typed by hand?", **form})
    assert refused.status_code == 400
    assert code_of(refused) == "malformed"
    assert set(refused.context["errors"]) == {field}
    kept = refused.context["form"]
    assert kept["question"] == form.get("question", "Typed by hand?")
    assert [option["text"] for option in kept["options"]] == form.get("option_text", ["a", "b", "c"])
    poll.refresh_from_db()
    assert (poll.question, list(options_of(poll))) == ("Which?", ["a", "b", "c"])


def test_option_with_votes_is_not_dropped_by_the_edit_page(session, desk, ada):
    poll = make_poll(session)
    record(vote_for(poll, ada, "b"))
    refused = edit(desk, poll, option_text=["a", "", "c"])
    assert (refused.status_code, code_of(refused)) == (409, "option_has_votes")
    assert as_tally(poll) == {"b": 1, "": 1}
