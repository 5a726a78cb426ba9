"""Erasing names from sign-up lines, and from the pads that contain them."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.services.lines import count_and_tell, forget_contact, lock_line

LONGEST_IN_PAD = timedelta(days=7)  # then the name is deleted here, even if its pad could not be reached


@transaction.atomic
def erase_names(*, sign_ups: Iterable[SignUp], in_pads: Collection[int], now: datetime) -> int:
    """Erase names from their lines, and publish that; return how many there were.

    Names of `in_pads` (ids) are anonymous from now on, and their rows wait until they are removed from the pad: without
    a row, the next reading of the pad would take the name for one that somebody typed.
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
def forget_names(*, in_pads: Collection[int], now: datetime) -> int:
    """Delete the names of erased people that have been removed from their pads, or have waited a week; return how many.

    `in_pads` are the sign-ups (ids) that are still in a pad.
    """
    waiting = SignUp.objects.filter(erased_at__isnull=False)
    gone = waiting.filter(~Q(pk__in=in_pads) | Q(erased_at__lt=now - LONGEST_IN_PAD))
    pks = list(gone.values_list("pk", flat=True))
    if pks:
        SignUp.objects.filter(pk__in=pks).delete()
        empty_log_after_commit()
    return len(pks)
