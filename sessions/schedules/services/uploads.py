"""A schedule file between upload and import: previewed, then imported as it was shown, or dropped."""

from datetime import datetime, timedelta

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound, NotSignedIn
from sessions.programme.models import Event
from sessions.programme.services.rights import check_organises
from sessions.schedules.formats import read_schedule
from sessions.schedules.models import ScheduleUpload
from sessions.schedules.services.importing import ImportPlan, import_schedule, plan_import

KEPT = timedelta(days=1)
MAX_FILE_NAME_LENGTH = 200


def upload_schedule(
    *, event_id: int, caller: Caller, name: str, content: bytes, now: datetime
) -> tuple[ScheduleUpload, ImportPlan]:
    """Store a file for its import, and return it with the plan. An invalid file is not stored.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, BadSchedule
    """
    event, user_id = _event_of(event_id, caller)
    schedule = read_schedule(content, zone=event.time_zone)
    plan = plan_import(event_id=event_id, caller=caller, schedule=schedule)
    with transaction.atomic():
        ScheduleUpload.objects.filter(uploaded_at__lt=now - KEPT).delete()
        ScheduleUpload.objects.filter(event=event, user_id=user_id).delete()
        upload = ScheduleUpload.objects.create(
            event=event,
            user_id=user_id,
            name=name[:MAX_FILE_NAME_LENGTH],
            content=content,
            uploaded_at=now,
        )
    return upload, plan


def take_upload(
    *, event_id: int, upload_id: int, caller: Caller, cancel_gone: bool, now: datetime
) -> ImportPlan:
    """Import a file that the same organiser uploaded before; return the executed plan.

    Raises:
        NotSignedIn, NotOrganiser
        NotFound: no such event, or the upload has been used, belongs to somebody else, or is older than a day.
    """
    event, user_id = _event_of(event_id, caller)
    upload = ScheduleUpload.objects.filter(
        pk=upload_id, event=event, user_id=user_id, uploaded_at__gte=now - KEPT
    ).first()
    if upload is None:
        raise NotFound
    schedule = read_schedule(bytes(upload.content), zone=event.time_zone)
    plan = import_schedule(
        event_id=event_id, caller=caller, schedule=schedule, cancel_gone=cancel_gone, now=now
    )
    upload.delete()
    return plan


def _event_of(event_id: int, caller: Caller) -> tuple[Event, int]:
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event.pk)
    if caller.user_id is None:  # check_organises lets nobody else pass
        raise NotSignedIn
    return event, caller.user_id
