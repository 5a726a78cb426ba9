"""Sign-up lines: moderators' actions on them, and on the names on them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.text import clean_id, clean_line, clean_word
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.follow_ups import broadcasts
from sessions.follow_ups.models import MAX_TITLE_LENGTH, SignUp, SignUpLine
from sessions.follow_ups.serializers import told_line
from sessions.programme.models import Person
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note
from sessions.webhooks.models import WebhookType
from sessions.webhooks.serializers import told_session
from sessions.webhooks.services.outbox import tell_webhooks

MAX_SUMMARY_LENGTH = 200
MAX_ANNOUNCED_LINE = 99_999


def _clean_announced_line(value: Any, field: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_ANNOUNCED_LINE:
        sentence = _("This must be a whole number from 1 to 99,999.")
        raise Malformed(sentence, fields={field: sentence})
    return value


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "title": lambda value, field: clean_line(value, field=field, most=MAX_TITLE_LENGTH),
    "summary": lambda value, field: clean_line(value, field=field, most=MAX_SUMMARY_LENGTH, required=False),
    "announced_line": _clean_announced_line,
    "owner": lambda value, field: None if value is None else clean_id(value, field=field),
    "state": lambda value, field: clean_word(value, field=field, choices=SignUpLine.State.values),
}


def read_line(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked values of the given fields of a line, in their JSON form; other fields are ignored.

    Raises:
        Malformed: a field of the wrong type, empty, too long or out of range; `fields` names it.
    """
    return {field: read(given[field], field) for field, read in _READERS.items() if field in given}


def lock_line(line_id: int) -> SignUpLine:
    """Return the line with its session, locked: every change of a line or a name on it uses this.

    Raises:
        NotFound
    """
    lines = SignUpLine.objects.select_for_update(no_key=True, of=("self",)).select_related("session")
    line = lines.filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line


@transaction.atomic
def open_line(*, session_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> SignUpLine:
    """Open a sign-up line in the session. Only the title is required.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: see read_line; an owner from another event.
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    values = read_line({"title": None, **given})
    last = SignUpLine.objects.filter(session=session).aggregate(Max("position"))["position__max"]
    line = SignUpLine(session=session, opened_at=now, position=(last or 0) + 1)
    _apply(line, values, now)
    line.save()
    note(
        session=session,
        verb=TimelineEntry.Verb.LINE_OPENED,
        now=now,
        subject=line.pk,
        title=line.title,
        caller=caller,
    )
    broadcasts.line_changed(line)
    tell_webhooks(
        WebhookType.LINE_OPENED,
        event=session.event,
        data=lambda: {"session": told_session(session), "line": told_line(line)},
        now=now,
    )
    return line


@transaction.atomic
def edit_line(*, line_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> SignUpLine:
    """Change a line's texts, the announced line number, its owner, or its state (close it, reopen it).

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: see read_line; an owner from another event.
    """
    line = lock_line(line_id)
    check_moderates(caller=caller, session_id=line.session_id)
    if _apply(line, read_line(given), now):
        save_and_tell(line)
    return line


@transaction.atomic
def overwrite_line(*, line_id: int, values: Mapping[str, Any]) -> SignUpLine:
    """Set fields of a line from an operator's form, and publish it. No right is checked: operators have all."""
    line = lock_line(line_id)
    for field, value in values.items():
        setattr(line, field, value)
    save_and_tell(line)
    return line


@transaction.atomic
def tell_owners_lines(person_id: int) -> None:
    """Publish the lines that a person owns again: they contain the person's name and company."""
    for line_id in SignUpLine.objects.filter(owner=person_id).order_by("pk").values_list("pk", flat=True):
        save_and_tell(lock_line(line_id))


@transaction.atomic
def delete_unused_line(*, line_id: int, caller: Caller) -> bool:
    """Delete a line that nobody has ever signed up on, and publish that; return False if somebody has.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    line = lock_line(line_id)  # nobody can sign up between the check and the end
    check_moderates(caller=caller, session_id=line.session_id)
    if SignUp.objects.filter(line=line).exists():
        return False
    line.version += 1
    broadcasts.line_gone(line)
    SignUpLine.objects.filter(pk=line_id).delete()
    return True


def _apply(line: SignUpLine, values: Mapping[str, Any], now: datetime) -> bool:
    """Set the values on the line, unsaved; return True if that changed anything."""
    before = {
        field: getattr(line, field) for field in ("title", "summary", "announced_line", "owner_id", "state")
    }
    for field, value in values.items():
        setattr(line, "owner_id" if field == "owner" else field, value)
    if line.owner_id != before["owner_id"] and line.owner_id is not None:
        check_is_of_event(line.owner_id, line.session.event_id)
    if line.state != before["state"]:
        line.closed_at = None if line.is_open else now
    return any(getattr(line, field) != value for field, value in before.items())


def check_is_of_event(person_id: int, event_id: int) -> None:
    """Check that the owner is a person of the event.

    Raises:
        Malformed
    """
    if not Person.objects.filter(pk=person_id, event=event_id).exists():
        sentence = _("Choose a person from this event.")
        raise Malformed(sentence, fields={"owner": sentence})


def save_and_tell(line: SignUpLine) -> None:
    """Save a locked line as its next version, and tell its session's sockets after the commit."""
    line.version += 1
    line.save()
    broadcasts.line_changed(line)


def count_and_tell(line: SignUpLine, *attendee_ids: int | None) -> None:
    """Save a locked line's names, changed by the caller, as its next version, and tell the sockets after the commit.

    Attendees whose own names were changed, by somebody else or not by socket, are notified.
    """
    line.version += 1
    line.save(update_fields=["version"])
    broadcasts.line_tallied(line)
    for attendee_id in attendee_ids:
        if attendee_id is not None:
            broadcasts.own_sign_up_changed(line, attendee_id)


def lock_sign_up(sign_up_id: int) -> tuple[SignUp, SignUpLine]:
    """Return a sign-up and its line, under the line's lock.

    Raises:
        NotFound
    """
    line_id = SignUp.objects.filter(pk=sign_up_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise NotFound
    line = lock_line(line_id)
    sign_up = SignUp.objects.known().filter(pk=sign_up_id).first()
    if sign_up is None:
        raise NotFound
    return sign_up, line


@transaction.atomic
def remove_name(*, sign_up_id: int, caller: Caller, now: datetime) -> SignUp:
    """Remove an abusive name from a line. It stays, marked with who did it, without its address. Repeating it is safe.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    sign_up, line = lock_sign_up(sign_up_id)
    check_moderates(caller=caller, session_id=line.session_id)
    if sign_up.removed_at is None:
        sign_up.removed_at, sign_up.removed_by_id = now, caller.user_id
        _record(AuditKind.NAME_REMOVED, sign_up, line, caller)
        forget_contact(sign_up)
        sign_up.save()
        count_and_tell(line, sign_up.attendee_id)
    return sign_up


@transaction.atomic
def restore_name(*, sign_up_id: int, caller: Caller) -> SignUp:
    """Restore a removed name on its line, without the deleted address. Repeating it does nothing.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    sign_up, line = lock_sign_up(sign_up_id)
    check_moderates(caller=caller, session_id=line.session_id)
    if sign_up.removed_at is not None:
        sign_up.removed_at = sign_up.removed_by = None
        _record(AuditKind.NAME_RESTORED, sign_up, line, caller)
        sign_up.save()
        count_and_tell(line, sign_up.attendee_id)
    return sign_up


def _record(kind: AuditKind, sign_up: SignUp, line: SignUpLine, caller: Caller) -> None:
    record(kind, caller=caller, event_id=line.session.event_id, subject=f"sign-up {sign_up.pk}", line=line.pk)


def forget_contact(sign_up: SignUp) -> None:
    """Remove the address and the consent from a sign-up, unsaved; inside the transaction that saves it."""
    if sign_up.email:
        empty_log_after_commit()
    sign_up.email = sign_up.consent = ""
    sign_up.consented_at = sign_up.contact_until = None
