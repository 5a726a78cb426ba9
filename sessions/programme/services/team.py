"""Moderators and helpers: invited and removed by the event's organisers."""

import secrets
from datetime import datetime
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.slugs import readable_slug
from opendev.core.text import MAX_NAME_LENGTH, clean_email, clean_line
from sessions.access.services import make_sign_in_link
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme import selectors
from sessions.programme.models import Event, Person, Session, SessionRole
from sessions.programme.services.calendar_entries import keep_calendars_of_people
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_organises

INVITED = (SessionRole.Role.MODERATOR, SessionRole.Role.HELPER)


@transaction.atomic
def invite_moderator(
    *,
    session_id: int,
    caller: Caller,
    name: Any,
    company: Any = "",
    title: Any = "",
    role: Any = SessionRole.Role.MODERATOR,
    email: Any = "",
    now: datetime,
) -> tuple[Person, str | None]:
    """Make somebody a moderator, or by `role` a helper, of the session; return the person and a sign-in link's token.

    Somebody with the same name in the event is the same person. There is no link (None) for users with an account of
    their own, or with more rights than the inviter can give: it would sign the inviter in as them. Nor is there one
    if an
    `email` is given: they sign in with a code sent to it. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: no name, a text that is too long, a role without invitations, somebody else's address.
    """
    session = _session_of(session_id, caller)
    _check_role(role)
    Event.objects.select_for_update(no_key=True).get(pk=session.event_id)  # people belong to the event
    said = {
        "name": clean_line(name, field="name", most=MAX_NAME_LENGTH),
        "company": clean_line(company, field="company", most=MAX_NAME_LENGTH, required=False),
        "title": clean_line(title, field="title", most=MAX_NAME_LENGTH, required=False),
    }
    address = clean_email(email, field="email").lower()
    person = _person_called(session.event_id, said)
    _record(AuditKind.INVITED, session, person, role, caller)
    _add_role(session, person, role, now)
    user = _user_of(person)
    is_safe = not selectors.is_more_than_invited(user, session.event_id)
    if address:
        _keep_address(user, address, is_new=is_safe)
    makes_link = is_safe and not address
    return person, make_sign_in_link(user=user, now=now, caller=caller) if makes_link else None


def _session_of(session_id: int, caller: Caller) -> Session:
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    check_organises(caller=caller, event_id=session.event_id)
    return session


def _person_called(event_id: int, said: dict[str, str]) -> Person:
    """Return the person with this name in the event, who can sign in; create them if necessary."""
    person = Person.objects.filter(event=event_id, name=said["name"]).first()
    if person is None:
        person = Person(event_id=event_id, slug=_free_slug(event_id, said["name"]), **said)
    if person.user is None:
        person.user = _user_without_password(person)
    person.save()
    return person


def _user_of(person: Person) -> User:
    """Return the user of a person who can sign in."""
    assert person.user is not None  # noqa: S101  # _person_called makes one
    return person.user


def _keep_address(user: User, address: str, *, is_new: bool) -> None:
    """Store the address for codes of somebody who has not signed in yet; an account in use keeps its own address.

    Raises:
        Malformed: the address belongs to somebody else, who would be signed in as this person.
    """
    others = EmailAddress.objects.filter(email__iexact=address).exclude(user=user)
    if others.exists() or User.objects.filter(email__iexact=address).exclude(pk=user.pk).exists():
        sentence = _("Somebody else signs in with this address. Invite them by the name that they have here.")
        raise Malformed(sentence, fields={"email": sentence})
    if is_new:
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=address, primary=True, verified=False)
        user.email = address
        user.save(update_fields=["email"])


def _record(kind: AuditKind, session: Session, person: Person, role: Any, caller: Caller) -> None:
    subject = f"user {person.user_id}" if person.user_id else f"person {person.pk}"
    record(
        kind,
        caller=caller,
        event_id=session.event_id,
        subject=subject,
        role=str(role),
        session=session.pk,
    )


def _add_role(session: Session, person: Person, role: Any, now: datetime) -> None:
    place = {"position": session.roles.count() + 1}
    SessionRole.objects.get_or_create(session=session, person=person, role=role, defaults=place)
    keep_calendars_of_people([session.pk], now)


def _check_role(role: Any) -> None:
    if role not in INVITED:
        sentence = _("People can be invited as moderators or as helpers.")
        raise Malformed(sentence, fields={"role": sentence})


def _free_slug(event_id: int, name: str) -> str:
    base = readable_slug(name)[:60].strip("-") or "moderator"
    taken = set(Person.objects.filter(event=event_id, slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in count(1) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _user_without_password(person: Person) -> User:
    """Return a new user who signs in by link, named after the person if that name is free."""
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
def remove_moderator(
    *, session_id: int, caller: Caller, person_id: int, role: Any = SessionRole.Role.MODERATOR
) -> None:
    """Remove somebody's right to moderate, or to help; their open pages close within two seconds. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
    """
    session = lock_session(session_id)
    check_organises(caller=caller, event_id=session.event_id)
    _check_role(role)
    roles = SessionRole.objects.filter(session=session, person=person_id, role=role)
    gone = roles.select_related("person").first()
    if gone is None:
        raise NotFound
    _record(AuditKind.RIGHT_TAKEN, session, gone.person, role, caller)
    roles.delete()
    keep_calendars_of_people([session.pk], timezone.now())
