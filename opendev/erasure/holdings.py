"""The data that we hold about one attendee, for them: everything that their device leads to, and what it cannot."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from etherpad_links.models import PadName
from opendev.core.attendance import AttendeePass
from opendev.core.text import time_text
from polls.kinds import kind_named
from polls.models import Poll
from polls.selectors import Mine, option_texts, own_answers
from sessions.attendees.models import Attendance, Attendee
from sessions.attendees.selectors import is_revoked
from sessions.audit.models import AuditEntry
from sessions.follow_ups.models import SignUp
from sessions.questions.models import Question, QuestionVote
from sessions.registrations.models import Registration, RegistrationRow
from sessions.suggestions.models import Suggestion, SuggestionSupport

Json = dict[str, Any]


def attendee_of_pass(device: AttendeePass | None, event_id: int) -> Attendee | None:
    """Return the attendee whose pass a device holds, even if the pass was revoked: the data is still theirs."""
    if device is None or device.event_id != event_id:
        return None
    return Attendee.objects.filter(pk=device.attendee_id, event=event_id).select_related("event").first()


def holdings_of(attendee: Attendee, now: datetime, *, device: AttendeePass | None = None) -> Json:
    """Return the data held about an attendee, as JSON: the same for page, REST and file.

    Args:
        device: the pass of the attendee's own device; without it, as for an organiser, votes in anonymous polls cannot
            be found.
    """
    return {
        "made_at": time_text(now),
        "event": {"slug": attendee.event.slug, "name": attendee.event.name},
        "attendee": {
            "id": str(attendee.pk),
            "name": attendee.name,
            "company": attendee.company,
            "country": attendee.country,
            "joined_at": time_text(attendee.joined_at),
            "pass_revoked": is_revoked(attendee.pk),
            "pass_ends_at": time_text(datetime.fromtimestamp(device.expires_at, UTC)) if device else None,
        },
        "attendances": _attendances(attendee),
        "votes": _votes(attendee, device),
        "questions": _questions(attendee),
        "upvotes": _upvotes(attendee),
        "suggestions": _suggestions(attendee),
        "sign_ups": _sign_ups(attendee),
        "registration": _registration(attendee),
        "audit_entries": AuditEntry.objects.filter(subject=f"attendee {attendee.pk}").count(),
        "not_found": not_found(with_device=device is not None),
    }


def not_found(*, with_device: bool) -> list[str]:
    """Return data that may be about somebody but is not listed, because nothing links them to it."""
    sentences = [
        _("Votes in anonymous polls from another device or browser: only that device finds them."),
        _("Names typed in the shared notes that no moderator joined with you, and what is written there."),
        _("What you said in a session and moderators wrote down, in a summary or in the recap."),
        _("Words of yours that a moderator made an option of a poll."),
        _("Copies: the server’s backups, and exports that organisers downloaded."),
    ]
    if not with_device:
        sentences[0] = _("Votes in anonymous polls: only the device that voted finds them.")
    return sentences


def _attendances(attendee: Attendee) -> list[Json]:
    rows = Attendance.objects.filter(attendee=attendee).select_related("session").order_by("joined_at", "pk")
    return [{"session": row.session.title_with_part, "joined_at": time_text(row.joined_at)} for row in rows]


def _votes(attendee: Attendee, device: AttendeePass | None) -> list[Json]:
    polls = Poll.objects.filter(session__event=attendee.event_id).exclude(state=Poll.State.DRAFT)
    if device is None:
        polls = polls.filter(anonymous=False)
        device = AttendeePass(attendee.event_id, attendee.pk, "", 0)  # named ballots only need the number
    by_id = {poll.pk: poll for poll in polls.select_related("session").order_by("session", "pk")}
    answers = own_answers([(device, list(by_id), None)], polls=by_id)[0] if by_id else {}
    return [_vote(by_id[pk], mine) for pk, mine in answers.items() if mine.voted]


def _vote(poll: Poll, mine: Mine) -> Json:
    """Return a vote; `answer` is None if there is only a mark of a vote, from another device."""
    return {
        "session": poll.session.title_with_part,
        "poll": str(poll.pk),
        "question": poll.question,
        "anonymous": poll.anonymous,
        "answer": None if mine.options is None else _answer(poll, mine),
    }


def _answer(poll: Poll, mine: Mine) -> list[str]:
    kind, own = kind_named(poll.kind), [] if mine.own is None else mine.own[1]
    written = [str(text) for text in (own if isinstance(own, list | tuple) else [own])]
    if kind.is_written:
        return written
    texts = option_texts(poll)
    return kind.answer_words([texts[option] for option in mine.options or ()], mine.values) + written


def _questions(attendee: Attendee) -> list[Json]:
    rows = Question.objects.filter(attendee=attendee).select_related("session").order_by("asked_at", "pk")
    return [
        {
            "session": row.session.title_with_part,
            "id": str(row.pk),
            "text": row.text,
            "name": row.name,
            "state": row.state,
            "asked_at": time_text(row.asked_at),
            "votes": row.votes,
        }
        for row in rows
    ]


def _upvotes(attendee: Attendee) -> list[Json]:
    rows = QuestionVote.objects.filter(attendee=attendee).select_related("question__session").order_by("pk")
    return [{"session": row.question.session.title_with_part, "question": row.question.text} for row in rows]


def _suggestions(attendee: Attendee) -> list[Json]:
    """Return follow-ups that the attendee suggested, and those of others that they support."""
    own = Suggestion.objects.filter(attendee=attendee).select_related("session").order_by("pk")
    supports = SuggestionSupport.objects.filter(attendee=attendee).select_related("suggestion__session")
    rows = [(row, "suggested") for row in own]
    rows += [(row.suggestion, "supported") for row in supports.order_by("pk")]
    return [{"session": row.session.title_with_part, "title": row.title, "part": part} for row, part in rows]


def _sign_ups(attendee: Attendee) -> list[Json]:
    rows = list(
        SignUp.objects.filter(attendee=attendee)
        .select_related("line__session")
        .order_by("signed_up_at", "pk")
    )
    in_pads: Mapping[int, str] = dict(
        PadName.objects.filter(sign_up__in=rows).values_list("sign_up", "state")
    )
    return [
        {
            "session": row.line.session.title_with_part,
            "follow_up": row.line.title,
            "name": row.name,
            "company": row.company,
            "source": row.source,
            "listed": row.shown,
            "email": row.email,
            "consent": row.consent,
            "consented_at": time_text(row.consented_at),
            "contact_until": None if row.contact_until is None else row.contact_until.isoformat(),
            "signed_up_at": time_text(row.signed_up_at),
            "withdrawn_at": time_text(row.withdrawn_at),
            "removed_at": time_text(row.removed_at),
            "in_notes": in_pads.get(row.pk) == PadName.State.WRITTEN,
        }
        for row in rows
    ]


def _registration(attendee: Attendee) -> Json | None:
    row = Registration.objects.filter(attendee=attendee).first()
    if row is None:
        return None
    imports = RegistrationRow.objects.filter(brought__event=row.event_id, email__iexact=row.email).count()
    return {
        "email": row.email,
        "name": row.name,
        "company": row.company,
        "country": row.country,
        "call_url": row.call_url,
        "registered_at": time_text(row.registered_at),
        "rows_of_imports": imports,
    }
