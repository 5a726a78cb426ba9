"""The nouns of an event, a file each."""

from sessions.models.attendees import Attendance, Attendee
from sessions.models.events import Event, EventDay
from sessions.models.follow_ups import FollowUpGroup, SignUp, SignUpLine, new_line_code
from sessions.models.people import Person, SessionRole
from sessions.models.sessions import Session, new_code
from sessions.models.sign_in import ApiToken, SignInLink

__all__ = [
    "ApiToken",
    "Attendance",
    "Attendee",
    "Event",
    "EventDay",
    "FollowUpGroup",
    "Person",
    "Session",
    "SessionRole",
    "SignInLink",
    "SignUp",
    "SignUpLine",
    "new_code",
    "new_line_code",
]
