"""Erasing an attendee: what they asked, wanted, signed up for and where they were, with every count told anew.

Ballots are not known here: opendev/erasure/services.py puts both together.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from opendev.core.attendance import PASS_LIFETIME_S
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.models import Attendee, Registration, RegistrationRow, RevokedPass, Session, SignUp
from sessions.questions.services.erasing import erase_questions, erase_upvotes
from sessions.services.sign_up_lines import count_and_tell, forget_contact, lock_line

LONGEST_IN_PAD = timedelta(days=7)  # then the name is forgotten here, whether its pad could be reached or not


@transaction.atomic
def erase_attendee(*, attendee: Attendee, in_pads: Collection[int], now: datetime) -> None:
    """Erase an attendee with all that is theirs here; their pass opens nothing from now on, on any device.

    Questions that were put on air or answered stay, without a name and belonging to nobody. `in_pads` are the sign-ups
    that stand in a pad, see erase_sign_ups.
    """
    lock_sessions_of(attendee)
    end_pass(attendee=attendee, now=now, user_id=None)
    erase_upvotes(attendee)
    erase_questions(attendee)
    theirs = SignUp.objects.filter(Q(attendee=attendee) | Q(same_as__attendee=attendee))
    erase_sign_ups(sign_ups=theirs, in_pads=in_pads, now=now)
    for registration in Registration.objects.filter(attendee=attendee):
        erase_registration(registration=registration)
    attendee.delete()
    empty_log_after_commit()
    _forget_ended_passes(now)


def lock_sessions_of(attendee: Attendee) -> None:
    """Lock the sessions of the attendee's event, in the order of their ids: sessions come before polls, everywhere."""
    sessions = Session.objects.select_for_update(no_key=True).filter(event=attendee.event_id)
    list(sessions.order_by("pk").values_list("pk", flat=True))


def end_pass(*, attendee: Attendee, now: datetime, user_id: int | None) -> None:
    """Write down that the attendee's pass opens nothing any more. Twice is once."""
    RevokedPass.objects.get_or_create(
        attendee_id=attendee.pk,
        defaults={"event_id": attendee.event_id, "revoked_at": now, "revoked_by_id": user_id},
    )


def _forget_ended_passes(now: datetime) -> None:
    """Delete what is kept of erased attendees' passes once the last of them has expired."""
    ended = RevokedPass.objects.filter(revoked_at__lt=now - timedelta(seconds=PASS_LIFETIME_S))
    ended.exclude(attendee_id__in=Attendee.objects.values("pk")).delete()


@transaction.atomic
def erase_sign_ups(*, sign_ups: Iterable[SignUp], in_pads: Collection[int], now: datetime) -> int:
    """Erase names from their lines, and tell; return how many there were.

    One of `in_pads` (ids) is nobody's from now on and waits there to be taken out: without its row the next reading
    of the pad would take it for somebody's who typed it.
    """
    by_line: dict[int, list[SignUp]] = {}
    for sign_up in sign_ups:
        by_line.setdefault(sign_up.line_id, []).append(sign_up)
    for line_id in sorted(by_line):
        line = lock_line(line_id)
        for sign_up in by_line[line_id]:
            _erase_sign_up(sign_up, now, waits=sign_up.pk in in_pads)
        count_and_tell(line)
    empty_log_after_commit()
    return sum(len(rows) for rows in by_line.values())


def _erase_sign_up(sign_up: SignUp, now: datetime, *, waits: bool) -> None:
    if not waits:
        SignUp.objects.filter(pk=sign_up.pk).delete()
        return
    forget_contact(sign_up)
    sign_up.source, sign_up.attendee, sign_up.same_as, sign_up.company = SignUp.Source.PAD, None, None, ""
    sign_up.shown = False
    sign_up.confirmed_at = sign_up.confirmed_by = None
    sign_up.removed_at = sign_up.removed_at or now
    sign_up.erased_at = now
    sign_up.save()


@transaction.atomic
def forget_erased_names(*, in_pads: Collection[int], now: datetime) -> int:
    """Delete the names of erased people that are out of their pads by now, or have waited a week; return how many.

    `in_pads` are the sign-ups (ids) that still stand in a pad.
    """
    waiting = SignUp.objects.filter(erased_at__isnull=False)
    gone = waiting.filter(~Q(pk__in=in_pads) | Q(erased_at__lt=now - LONGEST_IN_PAD))
    pks = list(gone.values_list("pk", flat=True))
    if pks:
        SignUp.objects.filter(pk__in=pks).delete()
        empty_log_after_commit()
    return len(pks)


@transaction.atomic
def erase_registration(*, registration: Registration) -> None:
    """Erase a registration, and what reports of imports kept of its address; its personal link leads nowhere."""
    rows = RegistrationRow.objects.filter(brought__event=registration.event_id)
    rows.filter(Q(email__iexact=registration.email) | Q(value__icontains=registration.email)).delete()
    registration.delete()
    empty_log_after_commit()
