"""The event of a rehearsal: unlisted, with a copy of one session, deleted afterwards (docs/adr/0065)."""

import secrets
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, NotFound
from opendev.core.languages import shared_language
from sessions.programme.broadcasts import session_gone
from sessions.programme.models import Event, EventDay, Person, Session, SessionRole
from sessions.programme.refusals import SessionIsCancelled
from sessions.programme.services.cloning import clone_session
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates

OF_EVENT = ("short_name", "time_zone", "language", "embed_sites", "is_demo")
OF_PERSON = ("slug", "name", "company", "title", "user_id")
SLUG_BYTES = 8  # random, so that nobody guesses the address


class NothingToRehearse(Conflict):
    code, message = (
        "nothing_to_rehearse",
        gettext_lazy(
            "Only a session that has not started can be rehearsed, and a break or a rehearsal cannot."
        ),
    )


class RehearsalIsOn(Conflict):
    code, message = (
        "rehearsal_is_on",
        gettext_lazy(
            "A rehearsal of this session is on. End it, or start the session and clear the rehearsal."
        ),
    )


def lock_to_rehearse(*, session_id: int, caller: Caller) -> Session:
    """Return a session that can be rehearsed, locked.

    Raises:
        NotFound, NotSignedIn, NotModerator, SessionIsCancelled
        NothingToRehearse: it has started, is a break, or is a rehearsal itself.
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    if session.is_cancelled:
        raise SessionIsCancelled
    if session.state != Session.State.UPCOMING or session.is_break or session.event.rehearses_id is not None:
        raise NothingToRehearse
    return session


def rehearsal_of(session_id: int) -> Session | None:
    """Return the copy in which a session is rehearsed, or None."""
    copies = Session.objects.filter(event__rehearses=session_id).select_related("event", "event__rehearses")
    return copies.first()


def make_stage(session: Session, now: datetime) -> Session:
    """Copy a locked session with its people into a new unlisted event, and return the copy.

    Nobody organises that event: those who may moderate the session moderate the copy (`moderator_ids`), and no more.
    """
    with shared_language(
        session.spoken_language
    ):  # everybody who rehearses reads it, and everybody whom they invite
        name = _("Rehearsal: %(event)s") % {"event": session.event.name}
    event = Event.objects.create(
        slug=f"rehearsal-{secrets.token_hex(SLUG_BYTES)}",
        name=name[:200],
        visibility=Event.Visibility.UNLISTED,
        rehearses=session,
        **{field: getattr(session.event, field) for field in OF_EVENT},
    )
    day = EventDay.objects.create(event=event, number=1, date=session.day.date)
    copy = clone_session(session, day, session.starts_at, now)
    Session.objects.filter(pk=copy.pk).update(runs_by_clock=False)
    copy.refresh_from_db()
    _copy_people(session, copy)
    return copy


def _copy_people(session: Session, copy: Session) -> None:
    people: dict[int, Person] = {}
    for role in session.roles.select_related("person").order_by("position", "pk"):
        if role.person_id not in people:
            fields = {field: getattr(role.person, field) for field in OF_PERSON}
            people[role.person_id] = Person.objects.create(event=copy.event, **fields)
        SessionRole.objects.create(
            session=copy, person=people[role.person_id], role=role.role, position=role.position
        )


def lock_stage(session_id: int) -> Session:
    """Return the copy in which a session is rehearsed, locked against changes until the transaction ends.

    Raises:
        NotFound: it is not rehearsed.
    """
    copy = Session.objects.select_for_update().filter(event__rehearses=session_id).first()
    if copy is None:
        raise NotFound
    return copy


def delete_stage(copy: Session) -> None:
    """Delete a locked copy with its event, and notify its room. Its polls and its timeline were deleted before."""
    session_gone(copy)
    copy.event.delete()
