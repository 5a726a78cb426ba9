"""Deeds with a recap that need more than one app: drafting it from all of them, and publishing what may be told."""

from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.recap.document import to_publish
from opendev.recap.draft import draft
from opendev.recap.working import worked_recap
from sessions import services as sessions
from sessions.models import Event, RecapDraft, RecapVersion
from sessions.selectors.recap import recap_version


def draft_recap(*, event_id: int, caller: Caller, now: datetime) -> RecapDraft:
    """Draft the recap anew from the data; what the editor changed stays. For organisers.

    It reads outside of the transaction that keeps it: a large event takes seconds, and votes must not wait for it.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    sessions.check_organises(caller=caller, event_id=event_id)
    paragraphs = [paragraph.as_json() for paragraph in draft(event)]
    return sessions.keep_recap_draft(event_id=event_id, caller=caller, paragraphs=paragraphs, now=now)


@transaction.atomic
def publish_recap(*, event_id: int, caller: Caller, now: datetime) -> RecapVersion:
    """Publish the draft with its edits. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, NoRecapDraft
    """
    paragraphs = [paragraph.as_json() for paragraph in to_publish(worked_recap(event_id))]
    return sessions.publish_recap(event_id=event_id, caller=caller, paragraphs=paragraphs, now=now)


@transaction.atomic
def republish_recap(*, event_id: int, number: object, caller: Caller, now: datetime) -> RecapVersion:
    """Publish what an earlier version said, as a new version. For organisers.

    Raises:
        NotFound: no such event or version.
        NotSignedIn, NotOrganiser, NoRecapDraft
    """
    sessions.check_organises(caller=caller, event_id=event_id)
    version = recap_version(event_id, number) if isinstance(number, int) else None
    if version is None:
        raise NotFound
    return sessions.publish_recap(event_id=event_id, caller=caller, paragraphs=version.paragraphs, now=now)
