"""What can be done with events, sessions and attendees."""

import secrets
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pycountry
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass, Caller, new_pass
from opendev.core.errors import Conflict, Malformed, NotAllowed, NotFound, NotSignedIn
from opendev.core.text import clean_line
from sessions import broadcasts, selectors
from sessions.models import ApiToken, Attendance, Attendee, Event, Person, Session, SessionRole, SignInLink
from sessions.selectors import API_TOKEN_PREFIX
from sessions.tokens import hash_token

MAX_NAME_LENGTH = 120
SIGN_IN_LINK_LASTS = timedelta(hours=24)
SESSION_MOVES = {
    Session.State.UPCOMING: {Session.State.LIVE},
    Session.State.LIVE: {Session.State.OVER, Session.State.UPCOMING},
    Session.State.OVER: {Session.State.LIVE},
}


class NotModerator(NotAllowed):
    code, message = "not_moderator", _("Only the session's moderators can do that.")


class NotOrganiser(NotAllowed):
    code, message = "not_organiser", _("Only the event's organisers can do that.")


class SessionIsOver(Conflict):
    code, message = "session_is_over", _("This session is over. Its results stay on this page.")


class IllegalSessionMove(Conflict):
    code, message = "illegal_move", _("The session cannot go from its state to that one.")


class LinkIsSpent(NotFound):
    code, message = (
        "link_is_spent",
        _("This sign-in link was used already, or has expired. Ask for a new one."),
    )


def check_moderates(*, caller: Caller, session_id: int) -> None:
    """Let moderators of the session and organisers of its event pass.

    Raises:
        NotSignedIn: nobody is signed in.
        NotModerator: somebody is, who may not moderate here.
    """
    if caller.user_id is None:
        raise NotSignedIn
    if not selectors.moderates(caller, session_id):
        raise NotModerator


@transaction.atomic
def join_session(
    *,
    session_id: int,
    known: AttendeePass | None,
    name: Any = "",
    company: Any = "",
    country: Any = "",
    now: datetime,
) -> tuple[Attendee, AttendeePass]:
    """Make the caller an attendee of the session's event, and note that they came to this session.

    A device that has a pass of the event keeps it, and its ballots; what it says of itself replaces what it said
    before, where it says anything.

    Raises:
        NotFound: no such session.
        SessionIsOver: nobody can join any more.
        Malformed: a name or company that is no text or too long, a country that is not in ISO 3166-1.
    """
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    if session.state == Session.State.OVER:
        raise SessionIsOver
    said = _clean_said(name=name, company=company, country=country)
    known = known if known and known.event_id == session.event_id else None
    attendee = (
        Attendee.objects.filter(pk=known.attendee_id, event=session.event_id).first() if known else None
    )
    if attendee is None or known is None:
        attendee = Attendee.objects.create(event_id=session.event_id, joined_at=now, **said)
        known = new_pass(session.event_id, attendee.pk)
    elif any(said.values()):
        Attendee.objects.filter(pk=attendee.pk).update(
            **{field: value for field, value in said.items() if value}
        )
        attendee.refresh_from_db()
    Attendance.objects.get_or_create(session=session, attendee=attendee, defaults={"joined_at": now})
    return attendee, known


def _clean_said(*, name: Any, company: Any, country: Any) -> dict[str, str]:
    return {
        "name": clean_line(name, field="name", most=MAX_NAME_LENGTH, required=False),
        "company": clean_line(company, field="company", most=MAX_NAME_LENGTH, required=False),
        "country": _clean_country(country),
    }


def _clean_country(value: Any) -> str:
    code = clean_line(value, field="country", most=MAX_NAME_LENGTH, required=False).upper()
    if code and pycountry.countries.get(alpha_2=code) is None:
        sentence = _("Choose a country from the list.")
        raise Malformed(sentence, fields={"country": sentence})
    return code


@transaction.atomic
def set_session_state(*, session_id: int, caller: Caller, state: str, now: datetime) -> Session:
    """Start a session, end it, or take either back. Setting the state that it has does nothing.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: no such state.
        IllegalSessionMove: an upcoming session cannot be over before it was live.
    """
    session = Session.objects.select_for_update(no_key=True).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    check_moderates(caller=caller, session_id=session_id)
    if state not in Session.State.values:
        sentence = _("There is no such state.")
        raise Malformed(sentence, fields={"state": sentence})
    if state == session.state:
        return session
    if state not in SESSION_MOVES[Session.State(session.state)]:
        raise IllegalSessionMove
    if state == Session.State.LIVE and session.state == Session.State.UPCOMING:
        session.went_live_at = now
    session.ended_at = now if state == Session.State.OVER else None
    session.state = state
    session.version += 1
    session.save()
    broadcasts.session_changed(session)
    return session


@transaction.atomic
def make_sign_in_link(*, user: AbstractBaseUser, now: datetime) -> str:
    """Return the token of a new link that signs `user` in once, within 24 hours."""
    token = secrets.token_urlsafe(24)
    SignInLink.objects.filter(expires_at__lt=now).delete()
    SignInLink.objects.create(
        user_id=user.pk, token_hash=hash_token(token), expires_at=now + SIGN_IN_LINK_LASTS
    )
    return token


def find_sign_in_link(*, token: str, now: datetime) -> SignInLink:
    """Return the link that would sign in, without spending it.

    Raises:
        LinkIsSpent: unknown, used or expired.
    """
    link = SignInLink.objects.select_related("user").filter(token_hash=hash_token(token)).first()
    if link is None or link.spent_at is not None or link.expires_at < now or not link.user.is_active:
        raise LinkIsSpent
    return link


@transaction.atomic
def spend_sign_in_link(*, token: str, now: datetime) -> User:
    """Use the link up and return whom it signs in; of two who press at once, one gets in.

    Raises:
        LinkIsSpent: unknown, used or expired.
    """
    link = find_sign_in_link(token=token, now=now)
    if not SignInLink.objects.filter(pk=link.pk, spent_at__isnull=True).update(spent_at=now):
        raise LinkIsSpent
    return link.user


@transaction.atomic
def make_api_token(*, user: AbstractBaseUser, name: str, lasts: timedelta, now: datetime) -> str:
    """Return a new token by which a program acts as `user`. It is not kept and cannot be shown again.

    Raises:
        Malformed: a name that cannot be shown, or no lifetime.
    """
    if lasts <= timedelta(0):
        sentence = _("A token must last for some time.")
        raise Malformed(sentence, fields={"expires": sentence})
    token = API_TOKEN_PREFIX + secrets.token_urlsafe(30)
    ApiToken.objects.create(
        user_id=user.pk,
        name=clean_line(name, field="name", most=MAX_NAME_LENGTH, required=False),
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + lasts,
    )
    return token


@transaction.atomic
def revoke_api_token(*, token_id: int, caller: Caller, now: datetime) -> None:
    """Make one of the caller's tokens worthless. Doing it again does nothing.

    Raises:
        NotFound: the caller has no such token.
    """
    token = ApiToken.objects.filter(pk=token_id, user=caller.user_id).first()
    if token is None:
        raise NotFound
    ApiToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=now)


def check_organises(*, caller: Caller, event_id: int) -> None:
    """Let organisers of the event pass.

    Raises:
        NotSignedIn, NotOrganiser
    """
    if caller.user_id is None:
        raise NotSignedIn
    if not selectors.organises(caller, event_id):
        raise NotOrganiser


@transaction.atomic
def invite_moderator(
    *, session_id: int, caller: Caller, name: Any, company: Any = "", title: Any = "", now: datetime
) -> tuple[Person, str | None]:
    """Make somebody a moderator of the session; return the person and the token of a sign-in link for them.

    Somebody of the same name in the event is the same person. There is no link (None) for whoever may do more than the
    inviter can give: it would sign the inviter in as them. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: no name, or a text that is too long.
    """
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    check_organises(caller=caller, event_id=session.event_id)
    Event.objects.select_for_update(no_key=True).get(pk=session.event_id)  # people are the event's
    said = {
        "name": clean_line(name, field="name", most=MAX_NAME_LENGTH),
        "company": clean_line(company, field="company", most=MAX_NAME_LENGTH, required=False),
        "title": clean_line(title, field="title", most=MAX_NAME_LENGTH, required=False),
    }
    person = Person.objects.filter(event=session.event_id, name=said["name"]).first()
    if person is None:
        person = Person(event_id=session.event_id, slug=_free_slug(session.event_id, said["name"]), **said)
    if person.user is None:
        person.user = _user_without_password(person)
    person.save()
    SessionRole.objects.get_or_create(
        session=session,
        person=person,
        role=SessionRole.Role.MODERATOR,
        defaults={"position": session.roles.count() + 1},
    )
    is_safe = not selectors.has_rights_beyond(person.user, session.event_id)
    return person, make_sign_in_link(user=person.user, now=now) if is_safe else None


def _free_slug(event_id: int, name: str) -> str:
    base = slugify(name)[:60] or "moderator"
    taken = set(Person.objects.filter(event=event_id, slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in count(1) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _user_without_password(person: Person) -> User:
    """Return a new user who signs in by link, named after the person where that name is free."""
    first, _space, last = person.name.partition(" ")
    user = User(username=person.slug, first_name=first, last_name=last)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # taken, perhaps a moment ago
        user.username = f"{person.slug}-{secrets.token_hex(4)}"
        user.save()
    return user


@transaction.atomic
def remove_moderator(*, session_id: int, caller: Caller, person_id: int) -> None:
    """Take the right to moderate from somebody; their open control rooms close within two seconds. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    session = Session.objects.select_for_update(no_key=True).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    check_organises(caller=caller, event_id=session.event_id)
    roles = SessionRole.objects.filter(session=session, person=person_id, role=SessionRole.Role.MODERATOR)
    if not roles.exists():
        raise NotFound
    roles.delete()
