"""The nouns of an event, a file each."""

from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine, new_line_code
from sessions.models.attendees import Attendance, Attendee, RevokedPass
from sessions.models.displays import DisplayLink
from sessions.models.events import Event, EventDay
from sessions.models.people import Person, SessionRole
from sessions.models.resources import Resource
from sessions.models.sessions import BREAK, Session, new_code
from sessions.models.sign_in import ApiToken, SignInLink
from sessions.models.stars import Star, StarList
from sessions.models.timeline import TimelineEntry
from sessions.questions.models import Question, QuestionDismissal, QuestionVote
from sessions.recap.models import NextStep, RecapDraft, RecapEdit, RecapVersion, SessionSummary
from sessions.recordings.models import Chapter, Recording
from sessions.registrations.models import FigureNote, Registration, RegistrationImport, RegistrationRow
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.schedules.models import ScheduleUpload

__all__ = [
    "BREAK",
    "ApiToken",
    "Attendance",
    "Attendee",
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
    "RevokedPass",
    "RunSheet",
    "RunSheetItem",
    "ScheduleUpload",
    "Session",
    "SessionRole",
    "SessionSummary",
    "SignInLink",
    "SignUp",
    "SignUpLine",
    "Star",
    "StarList",
    "TimelineEntry",
    "new_code",
    "new_line_code",
]
