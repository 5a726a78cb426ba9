"""Drafting, editing, publishing and withdrawing the recap, and moderators' summaries for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, NotFound
from opendev.core.text import clean_text, clean_yes_or_no, time_text
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates, check_organises
from sessions.recap.models import MAX_PARAGRAPH_LENGTH, RecapDraft, RecapEdit, RecapVersion, SessionSummary
from sessions.webhooks.models import WebhookType
from sessions.webhooks.services.outbox import tell_webhooks

MAX_OPENING_LENGTH = 2000
SUMMARY_LENGTHS = {
    "opening": MAX_OPENING_LENGTH,
    "discussion": MAX_PARAGRAPH_LENGTH,
    "onward": MAX_OPENING_LENGTH,
}


class NoRecapDraft(Conflict):
    code, message = "no_recap_draft", _("There is no draft yet. Draft the recap first.")


class NothingPublished(Conflict):
    code, message = "nothing_published", _("No recap is published.")


@transaction.atomic
def write_summary(
    *, session_id: int, caller: Caller, given: Mapping[str, Any], now: datetime
) -> SessionSummary:
    """Write how a session opened, what was discussed and what comes next; missing fields stay. For moderators.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: a text that is too long or not valid.
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    texts = {
        field: clean_text(given[field], field=field, most=most, required=False)
        for field, most in SUMMARY_LENGTHS.items()
        if field in given
    }
    summary = SessionSummary.objects.filter(session=session).first() or SessionSummary(session=session)
    for field, text in texts.items():
        setattr(summary, field, text)
    summary.written_at, summary.written_by = now, _name(caller, session.event_id)
    summary.save()
    return summary


@transaction.atomic
def keep_recap_draft(
    *, event_id: int, caller: Caller, language: str, paragraphs: Sequence[Mapping[str, Any]], now: datetime
) -> RecapDraft:
    """Store a new draft from the data, replacing the old one. Edits are not changed. For organisers.

    Args:
        language: the code of the language that the paragraphs are written in.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    _lock_event(event_id, caller)
    values = {
        "language": language,
        "paragraphs": list(paragraphs),
        "drafted_at": now,
        "drafted_by": _name(caller, event_id),
    }
    draft, _is_new = RecapDraft.objects.update_or_create(event_id=event_id, defaults=values)
    return draft


@transaction.atomic
def edit_recap(
    *, event_id: int, caller: Caller, key: str, given: Mapping[str, Any], now: datetime
) -> RecapEdit:
    """Rewrite a paragraph, leave it out, or use the drafted text again (`text` None). For organisers.

    `text`, if given, becomes the paragraph's; `base` is the drafted text on which it is based, by default the
    current one; `left_out` leaves the paragraph out, or puts it back.

    Raises:
        NotFound: no such event, or no such paragraph in the draft or among the edits.
        NotSignedIn, NotOrganiser, NoRecapDraft
        Malformed: a text that is too long or not valid.
    """
    _lock_event(event_id, caller)
    drafted = _drafted_texts(event_id)
    before = RecapEdit.objects.filter(event=event_id, key=key).order_by("-pk").first()
    if key not in drafted and before is None:
        raise NotFound
    edit = RecapEdit(event_id=event_id, key=key, edited_at=now, edited_by=_name(caller, event_id))
    if before is not None:
        edit.text, edit.base, edit.is_left_out = before.text, before.base, before.is_left_out
    if "text" in given:
        text = given["text"]
        edit.text = None if text is None else clean_text(text, field="text", most=MAX_PARAGRAPH_LENGTH)
        base = given.get("base")
        edit.base = (
            drafted.get(key, edit.base)
            if base is None
            else clean_text(base, field="base", most=MAX_PARAGRAPH_LENGTH, required=False)
        )
        if edit.text == edit.base:
            edit.text = None
    if "left_out" in given:
        edit.is_left_out = clean_yes_or_no(given["left_out"], field="left_out")
    is_same = before is not None and _said(before) == _said(edit)
    if before is not None and is_same:
        return before
    edit.save()
    return edit


def _said(edit: RecapEdit) -> tuple[object, ...]:
    return edit.text, edit.base, edit.is_left_out


@transaction.atomic
def record_version(
    *, event_id: int, caller: Caller, language: str, paragraphs: Sequence[Mapping[str, Any]], now: datetime
) -> RecapVersion:
    """Publish these paragraphs as the recap's next version; earlier versions stay as its history. For organisers.

    Args:
        language: the code of the language that the paragraphs are written in.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, NoRecapDraft
    """
    event = _lock_event(event_id, caller)
    _drafted_texts(event_id)
    newest = RecapVersion.objects.filter(event=event_id).order_by("-number").first()
    is_same = newest is not None and (newest.language, newest.paragraphs) == (language, list(paragraphs))
    if newest is not None and newest.withdrawn_at is None and is_same:
        return newest
    number = newest.number + 1 if newest else 1
    record(AuditKind.RECAP_PUBLISHED, caller=caller, event_id=event_id, subject=f"version {number}")
    version = RecapVersion.objects.create(
        event_id=event_id,
        number=number,
        language=language,
        paragraphs=list(paragraphs),
        published_at=now,
        published_by=_name(caller, event_id),
    )
    tell_webhooks(
        WebhookType.RECAP_PUBLISHED, event=event, data=lambda: {"recap": _told_recap(event, version)}, now=now
    )
    return version


def _told_recap(event: Event, version: RecapVersion) -> dict[str, Any]:
    """Return a webhook's payload about a recap: its address."""
    url = settings.PUBLIC_URL + reverse("recap", kwargs={"event": event.slug})
    return {"version": version.number, "published_at": time_text(version.published_at), "url": url}


@transaction.atomic
def withdraw_recap(*, event_id: int, caller: Caller, now: datetime) -> RecapVersion:
    """Withdraw the published recap; it stays in the history. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, NothingPublished
    """
    _lock_event(event_id, caller)
    newest = RecapVersion.objects.filter(event=event_id).order_by("-number").first()
    if newest is None:
        raise NothingPublished
    if newest.withdrawn_at is None:
        newest.withdrawn_at, newest.withdrawn_by_id = now, caller.user_id
        newest.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record(
            AuditKind.RECAP_WITHDRAWN, caller=caller, event_id=event_id, subject=f"version {newest.number}"
        )
    return newest


def _lock_event(event_id: int, caller: Caller) -> Event:
    event = Event.objects.select_for_update(no_key=True).filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event_id)
    return event


def _drafted_texts(event_id: int) -> dict[str, str]:
    draft = RecapDraft.objects.filter(event=event_id).first()
    if draft is None:
        raise NoRecapDraft
    return {
        paragraph["key"]: " ".join(sentence["text"] for sentence in paragraph["sentences"])
        for paragraph in draft.paragraphs
    }


def _name(caller: Caller, event_id: int) -> str:
    return selectors.name_of_user(caller.user_id, event_id)[:150] if caller.user_id is not None else ""
