"""The models of a programme, one file each."""

from sessions.programme.models.events import Event, EventDay
from sessions.programme.models.people import Person, SessionRole
from sessions.programme.models.resources import Resource
from sessions.programme.models.sessions import BREAK, Session
from sessions.programme.models.stars import Star, StarList

__all__ = [
    "BREAK",
    "Event",
    "EventDay",
    "Person",
    "Resource",
    "Session",
    "SessionRole",
    "Star",
    "StarList",
]
