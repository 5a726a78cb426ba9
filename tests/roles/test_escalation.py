"""Attempts to get a right that one does not have, or to keep one that was taken away."""

from datetime import timedelta
from time import monotonic

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from opendev.core.attendance import SIGN_IN, Caller, Ground
from opendev.core.cookie_store import SessionStore, hash_key
from opendev.room.consumers import DISPLAY_COOKIE, DISPLAY_VIEW
from polls.models import Poll
from sessions.access.models import ApiToken
from sessions.access.selectors import ground_of_cookie
from sessions.access.services import make_sign_in_link, revoke_api_token
from sessions.displays.services import make_display_link, revoke_display_link
from sessions.programme.models import Person as PersonRow
from sessions.programme.models import Session, SessionRole
from sessions.programme.services.team import remove_moderator
from tests.factories import make_attendee, make_event, make_moderator, make_organiser, make_poll, make_session
from tests.factories.questions import make_question
from tests.factories.sessions import make_user, organiser_of
from tests.support.doors import BY_SOCKET, DEEDS, PAGE, REST, SOCKET, At, do, doors_of
from tests.support.people import Answer, open_socket, sign_in_cookie

MODERATORS_DEEDS = {
    "set state": ("closed",),
    "reveal": ("always",),
    "edit": ("Mine?", ["a", "b"]),
    "run again": (),
    "count down": (60,),
    "set session": ("over",),
    "add": ("More?", ["y", "n"]),
    "reveal the right answer": (),
}


def state_of(poll):
    return Poll.objects.filter(pk=poll.pk).values_list("state", "question", "visibility").get()


def may(somebody, at, door="page", view="control"):
    """Whether somebody is a moderator now, by this door."""
    if door == SOCKET:
        try:
            with somebody.socket(at.session.pk, view=view) as socket:
                return bool(socket.snapshot["me"]["moderator"])
        except InvalidStatus:
            return False
    return do("set session", somebody, at, door, "live").code == ""


# --- through somebody else's address


def test_poll_of_another_session_is_not_there_under_ones_own_address(person):
    event = make_event()
    mine, theirs = make_session(event), make_session(event)
    moderator = person(user=make_moderator(mine))
    own, other = make_poll(mine), make_poll(theirs)
    before = state_of(other)
    for name, given in MODERATORS_DEEDS.items():
        if name in {"set session", "add"}:
            continue
        answer = do(name, moderator, At(mine, other), PAGE, *given)
        assert answer == Answer(404, "not_found"), name
    assert moderator.get(mine.address("control-poll-edit", poll=other.pk)).status_code == 404
    assert moderator.get(mine.address("control-poll-answers", poll=other.pk)).status_code == 404
    assert state_of(other) == before
    assert do("set state", moderator, At(mine, own), PAGE, "closed").code == ""


def test_vote_under_another_sessions_address_finds_no_poll(person):
    event = make_event()
    here, there = make_session(event), make_session(event)
    poll, attendee = make_poll(there), person(attendee=make_attendee(here))
    at = At(here, poll)
    assert do("vote", attendee, at, PAGE, ["a"]) == Answer(404, "not_found")
    assert do("vote", attendee, At(there, poll), PAGE, ["a"]).code == ""


# --- by a role that gives no right


@pytest.mark.parametrize("role", [SessionRole.Role.HOST, SessionRole.Role.PRESENTER])
def test_host_and_presenter_have_no_rights_by_that(person, role):
    session = make_session()
    user = make_user("Ada Lovelace")
    row = PersonRow.objects.create(event=session.event, slug=f"ada-{user.pk}", name="Ada Lovelace", user=user)
    SessionRole.objects.create(session=session, person=row, role=role)
    somebody, at = person(user=user), At(session, make_poll(session))
    assert [may(somebody, at, door) for door in (PAGE, REST, SOCKET)] == [False] * 3
    SessionRole.objects.create(session=session, person=row, role=SessionRole.Role.MODERATOR)
    assert [may(somebody, at, door) for door in (PAGE, REST, SOCKET)] == [True] * 3


def test_superuser_has_no_rights_in_a_session_by_that(person):
    session = make_session()
    user = User.objects.create(username=f"root-{session.pk}", is_staff=True, is_superuser=True)
    somebody, at = person(user=user), At(session, make_poll(session))
    assert [may(somebody, at, door) for door in (PAGE, REST, SOCKET)] == [False] * 3


def test_organiser_of_another_event_is_an_outsider(person):
    session = make_session()
    at = At(session, make_poll(session))
    foreign = person(user=make_organiser(make_session().event))
    own = person(user=make_organiser(session.event))
    for door in (PAGE, REST, SOCKET):
        assert (may(foreign, at, door), may(own, at, door)) == (False, True)


def test_moderators_view_is_refused_to_every_other_token(inner, person):
    session = make_session()
    neighbour = person(user=make_moderator(make_session(session.event)))
    moderator = person(user=make_moderator(session), attendee=make_attendee(session))
    for token in (neighbour.api_token, moderator.pass_token, None):
        with (
            pytest.raises(InvalidStatus) as refusal,
            open_socket(inner, session.pk, token=token, view="control"),
        ):
            pass
        assert refusal.value.response.status_code == 403
    with open_socket(inner, session.pk, token=moderator.api_token, view="control") as socket:
        assert socket.snapshot["me"] == {"attendee": None, "moderator": True, "helper": False}


def test_foreign_page_opens_no_socket_with_the_cookies_of_a_moderator(inner, person):
    session = make_session()
    moderator = person(user=make_moderator(session))
    for origin in (
        "https://elsewhere.example",
        "http://127.0.0.1",
        inner.url + ".elsewhere.example",
        "null",
        None,
    ):
        with (
            pytest.raises(InvalidStatus),
            open_socket(inner, session.pk, cookies=moderator.cookies, origin=origin, view="control"),
        ):
            pass
    assert may(moderator, At(session), SOCKET)


# --- a right that was taken away


def test_right_that_is_taken_away_is_gone_with_the_next_act_and_the_open_control_room_closes(person):
    session = make_session()
    poll = make_poll(session)
    user = make_moderator(session)
    moderator, at = person(user=user), At(session, poll)
    row = PersonRow.objects.get(event=session.event, user=user)
    with moderator.socket(session.pk, view="control") as control, moderator.socket(session.pk) as room:
        assert [may(moderator, at, door) for door in (PAGE, REST, SOCKET)] == [True] * 3
        remove_moderator(session_id=session.pk, caller=organiser_of(session.event), person_id=row.pk)
        assert [may(moderator, at, door) for door in (PAGE, REST, SOCKET)] == [False] * 3
        for name, given in MODERATORS_DEEDS.items():
            for door in doors_of(name):
                assert do(name, moderator, at, door, *given).code == "not_moderator", (name, door)
        with pytest.raises(ConnectionClosed):
            control.drain(quiet=5)
        assert room.ask("poll.vote", poll=str(poll.pk), options=[])["code"] == "not_joined"


def test_display_whose_link_is_revoked_is_closed_and_the_others_stay(person):
    session = make_session()
    given = {
        "session_id": session.pk,
        "caller": Caller(user_id=make_moderator(session).pk),
        "now": timezone.now(),
    }
    hall, foyer = (person() for _ in range(2))
    links = {}
    for display in (hall, foyer):
        links[display], token = make_display_link(**given)
        display.cookies[DISPLAY_COOKIE] = token
    with (
        hall.socket(session.pk, view=DISPLAY_VIEW) as dark,
        foyer.socket(session.pk, view=DISPLAY_VIEW) as light,
        person().socket(session.pk) as room,
    ):
        assert dark.snapshot["me"] == {"attendee": None, "moderator": False, "helper": False}
        revoke_display_link(link_id=links[hall].pk, **given)
        with pytest.raises(ConnectionClosed) as closed:
            dark.drain(quiet=5)
        assert closed.value.rcvd.code == 4403
        for socket in (light, room):
            assert socket.ask("poll.vote")["code"] == "not_joined"
    with pytest.raises(InvalidStatus), hall.socket(session.pk, view=DISPLAY_VIEW):
        pass


@pytest.mark.parametrize("change", ["deactivated", "password", "signed out"])
def test_sign_in_that_ended_opens_nothing_any_more(person, change):
    session = make_session()
    user = make_moderator(session)
    moderator, at = person(user=user), At(session, make_poll(session))
    assert [may(moderator, at, door) for door in (PAGE, SOCKET)] == [True] * 2
    if change == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif change == "password":
        user.set_password("a-new-password-of-some-length")
        user.save()
    else:
        assert moderator.browser.post("/sign-out/", headers={"X-CSRFToken": "c" * 32}).status_code in {
            200,
            302,
        }
    assert [may(moderator, at, door) for door in (PAGE, SOCKET)] == [False] * 2
    assert may(moderator, at, REST) == (change != "deactivated")  # a token is revoked on its own


def test_control_room_of_somebody_deactivated_closes(person):
    session = make_session()
    user = make_moderator(session)
    with person(user=user).socket(session.pk, view="control") as control:
        User.objects.filter(pk=user.pk).update(is_active=False)
        with pytest.raises(ConnectionClosed):
            control.drain(quiet=5)


ENDS = ["signed out", "sign-in expired", "password", "deactivated"]
TOKEN_ENDS = ["token revoked", "token expired", "deactivated"]


def end(how, moderator):
    """End what a moderator's socket rests on, as it happens in the product or in the database."""
    user, now = moderator.user, timezone.now()
    tokens = ApiToken.objects.filter(user=user)
    match how:
        case "signed out":
            moderator.browser.post("/sign-out/", headers={"X-CSRFToken": "c" * 32})
        case "sign-in expired":
            kept = hash_key(moderator.cookies["sessionid"])
            SessionStore.get_model_class().objects.filter(session_key=kept).update(expire_date=now)
        case "password":
            user.set_password("a-new-password-of-some-length")
            user.save()
        case "deactivated":
            User.objects.filter(pk=user.pk).update(is_active=False)
        case "token revoked":
            revoke_api_token(token_id=tokens.get().pk, caller=Caller(user_id=user.pk), now=now)
        case "token expired":
            tokens.update(expires_at=now)


@pytest.mark.parametrize(
    ("door", "how"), [("cookie", how) for how in ENDS] + [("token", how) for how in TOKEN_ENDS]
)
def test_open_control_socket_ends_with_what_it_was_opened_with(person, door, how):
    session = make_session()
    question = make_question(session)
    moderator, colleague = person(user=make_moderator(session)), person(user=make_moderator(session))

    def opened(who):
        if door == "cookie":
            return who.socket(session.pk, view="control")
        return open_socket(who.server, session.pk, token=who.api_token)

    with opened(moderator) as control, opened(colleague) as beside:
        assert control.ask("question.state", question=str(question.pk), state="on_air")["type"] == "ok"
        end(how, moderator)
        refused = control.ask("question.state", question=str(question.pk), state="dismissed")
        assert refused["code"] == "not_signed_in"
        began = monotonic()
        with pytest.raises(ConnectionClosed) as closed:
            control.drain(quiet=5)
        assert (closed.value.rcvd.code, monotonic() - began < 2) == (4401, True)
        assert beside.ask("question.state", question=str(question.pk), state="open")["type"] == "ok"


@pytest.mark.usefixtures("inner")  # its database
def test_socket_handshake_keeps_the_sign_in_of_a_browser_under_an_old_secret_key(settings):
    """Django's own look-up gives such a sign-in a new cookie, which a socket cannot hand over."""
    user = make_user("Ada Lovelace")
    cookie = sign_in_cookie(user)  # signed under the key that is an old one now
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-fifty-characters-and-more-0123456789"
    for _twice in range(2):
        assert ground_of_cookie(cookie) == Ground(SIGN_IN, cookie, user.pk)


# --- invitations


def linked(organiser, session, name):
    """Invite somebody, and return the address of the link, or ""."""
    answer = organiser.post(session.address("control-team-invite"), name=name)
    assert answer.code == "", answer
    path = answer.text.partition("/sign-in/")[2].partition('"')[0].partition("<")[0]
    return f"/sign-in/{path}" if len(path) > 20 else ""


def test_invitation_lets_somebody_new_moderate_this_session_alone(person):
    session = make_session()
    link = linked(person(user=make_organiser(session.event)), session, "Grace Hopper")
    newcomer = person()
    assert newcomer.get(link).status_code == 200
    assert newcomer.post(link).code == ""
    assert newcomer.get(session.address("control")).status_code == 200
    assert newcomer.get(make_session(session.event).address("control")).status_code == 403
    assert person().post(link).code == "link_is_spent"


@pytest.mark.parametrize(
    "might", ["superuser", "staff", "organises elsewhere", "moderates elsewhere", "organises here"]
)
def test_invitation_gives_no_way_to_sign_in_as_somebody_with_rights_of_their_own(person, might):
    """Whoever writes the name of somebody mightier must not be handed that person's sign-in."""
    session = make_session()
    user = make_user("Grace Hopper")
    PersonRow.objects.create(event=session.event, slug=f"grace-{user.pk}", name="Grace Hopper", user=user)
    if might in {"superuser", "staff"}:
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=might == "superuser")
    elif might == "organises elsewhere":
        make_event().organisers.add(user)
    elif might == "organises here":
        session.event.organisers.add(user)
    else:
        other = make_session()
        row = PersonRow.objects.create(event=other.event, slug=f"grace-{user.pk}", name="Grace", user=user)
        SessionRole.objects.create(session=other, person=row, role=SessionRole.Role.MODERATOR)
    link = linked(person(user=make_organiser(session.event)), session, "Grace Hopper")
    assert link == ""
    assert may(person(user=user), At(session), PAGE)


def test_moderator_cannot_invite_nor_let_go(person):
    session = make_session()
    user = make_moderator(session)
    moderator = person(user=user)
    assert moderator.post(session.address("control-team-invite"), name="A Friend").code == "not_organiser"
    row = PersonRow.objects.get(event=session.event, user=user)
    assert moderator.post(session.address("control-team-remove"), person=str(row.pk)).code == "not_organiser"
    assert not PersonRow.objects.filter(name="A Friend").exists()


def test_token_of_somebody_else_cannot_be_revoked(person):
    session = make_session()
    one, other = person(user=make_moderator(session)), person(user=make_moderator(session, "Ada Lovelace"))
    token = one.user.api_tokens.get()
    assert other.post(session.address("control-token-revoke"), token=str(token.pk)).code == "not_found"
    assert one.rest("GET", "events/").status == 200
    assert one.post(session.address("control-token-revoke"), token=str(token.pk)).code == ""
    assert one.rest("GET", "events/").code == "bad_token"


def test_sign_in_link_of_somebody_deactivated_is_spent(person):
    user = make_user("Ada Lovelace")
    link = f"/sign-in/{make_sign_in_link(user=user, now=timezone.now())}/"
    old = f"/sign-in/{make_sign_in_link(user=user, now=timezone.now() - timedelta(hours=25))}/"
    assert person().get(link).status_code == 200
    assert person().get(old).status_code == 404
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert person().get(link).status_code == 404


# --- moderators as voters


def test_moderator_who_joined_votes_like_anybody_and_their_api_token_does_not(person):
    session = make_session()
    poll = make_poll(session, visibility="moderators")
    moderator = person(user=make_moderator(session), attendee=make_attendee(session))
    at = At(session, poll)
    for door in doors_of("vote"):
        assert do("vote", moderator, at, door, ["a"]).code == "", door
    options = {"options": [at.ids["b"]]}
    assert moderator.rest("PUT", f"polls/{poll.pk}/ballot/", options).code == "not_joined"
    assert Poll.objects.get(pk=poll.pk).ballots == 1
    rows = moderator.get(session.get_absolute_url() + "?view=results").text
    assert "data-count>1<" not in rows.partition('data-poll="')[2].partition("</section>")[0]
    assert Session.objects.get(pk=session.pk).state == "live"


def test_every_deed_of_moderators_is_among_those_tried_here():
    """Those about votes and questions are done by socket too: attendees' and helpers', tried in the table of roles."""
    assert MODERATORS_DEEDS.keys() | {"join"} | BY_SOCKET == DEEDS.keys()
