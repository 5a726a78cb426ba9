"""All models, for Django, which looks for them here. All other code imports them from their slices."""

from sessions.access.models import ApiToken, SignIn, SignInLink
from sessions.attendees.models import Attendance, Attendee, RevokedPass
from sessions.audit.models import AuditEntry
from sessions.displays.models import DisplayLink
from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from sessions.programme.models import (
    BREAK,
    Event,
    EventDay,
    Person,
    Resource,
    Session,
    SessionRole,
    Star,
    StarList,
)
from sessions.questions.models import Question, QuestionDismissal, QuestionVote
from sessions.recap.models import NextStep, RecapDraft, RecapEdit, RecapVersion, SessionSummary
from sessions.recordings.models import Chapter, Recording
from sessions.registrations.models import FigureNote, Registration, RegistrationImport, RegistrationRow
from sessions.retention.models import RetentionRule
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.schedules.models import ScheduleUpload
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.timeline.models import TimelineEntry
from sessions.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery

__all__ = [
    "BREAK",
    "ApiToken",
    "Attendance",
    "Attendee",
    "AuditEntry",
    "Chapter",
    "DisplayLink",
    "Event",
    "EventDay",
    "FigureNote",
    "FollowUpGroup",
    "NextStep",
    "Person",
    "Question",
    "QuestionDismissal",
    "QuestionVote",
    "RecapDraft",
    "RecapEdit",
    "RecapVersion",
    "Recording",
    "Registration",
    "RegistrationImport",
    "RegistrationRow",
    "Resource",
    "RetentionRule",
    "RevokedPass",
    "RunSheet",
    "RunSheetItem",
    "ScheduleUpload",
    "Session",
    "SessionRole",
    "SessionSummary",
    "SignIn",
    "SignInLink",
    "SignUp",
    "SignUpLine",
    "Star",
    "StarList",
    "Suggestion",
    "SuggestionSupport",
    "TimelineEntry",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
]
