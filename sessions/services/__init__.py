"""What can be done with events, sessions and attendees: a file a subject, the only writers."""

from sessions.services.calendar_entries import calendar_state, keep_calendar, keep_calendars_of_people
from sessions.services.cloning import clone_event
from sessions.services.displays import (
    LinkIsRevoked,
    ScreenIsClosed,
    check_opens_screen,
    find_display_link,
    make_display_link,
    revoke_display_link,
    set_screen_access,
)
from sessions.services.events import (
    AddressTaken,
    DayHasSessions,
    DayIsThere,
    add_day,
    check_makes_events,
    create_event,
    edit_event,
    move_day,
    remove_day,
    set_committee,
)
from sessions.services.first_organiser import (
    check_first_organiser_token,
    has_organiser,
    make_first_organiser,
    make_first_organiser_token,
)
from sessions.services.joining import (
    MAX_NAME_LENGTH,
    SAID,
    PassIsRevoked,
    SessionIsCancelled,
    SessionIsOver,
    join_session,
)
from sessions.services.passes import set_pass
from sessions.services.programme import (
    SessionHasBegun,
    cancel_session,
    lock_event,
    move_session,
    restore_session,
)
from sessions.services.resources import add_resource, remove_resource
from sessions.services.rights import (
    NotJoined,
    NotModerator,
    NotOrganiser,
    check_moderates,
    check_organises,
)
from sessions.services.sessions import (
    add_to_stage,
    create_session,
    edit_session,
    order_sessions,
    split_session,
    step_session,
    take_off_stage,
)
from sessions.services.sign_in import (
    LinkIsSpent,
    find_sign_in_link,
    make_api_token,
    make_sign_in_link,
    revoke_api_token,
    spend_sign_in_link,
)
from sessions.services.stars import star_session
from sessions.services.states import (
    SESSION_MOVES,
    ClockIsPast,
    IllegalSessionMove,
    change_state,
    move_by_clock,
    set_session_clock,
)
from sessions.services.team import invite_moderator, remove_moderator
from sessions.services.timeline import note

__all__ = [
    "MAX_NAME_LENGTH",
    "SAID",
    "SESSION_MOVES",
    "AddressTaken",
    "ClockIsPast",
    "DayHasSessions",
    "DayIsThere",
    "IllegalSessionMove",
    "LinkIsRevoked",
    "LinkIsSpent",
    "NotJoined",
    "NotModerator",
    "NotOrganiser",
    "PassIsRevoked",
    "ScreenIsClosed",
    "SessionHasBegun",
    "SessionIsCancelled",
    "SessionIsOver",
    "add_day",
    "add_resource",
    "add_to_stage",
    "calendar_state",
    "cancel_session",
    "change_state",
    "check_first_organiser_token",
    "check_makes_events",
    "check_moderates",
    "check_opens_screen",
    "check_organises",
    "clone_event",
    "create_event",
    "create_session",
    "edit_event",
    "edit_session",
    "find_display_link",
    "find_sign_in_link",
    "has_organiser",
    "invite_moderator",
    "join_session",
    "keep_calendar",
    "keep_calendars_of_people",
    "lock_event",
    "make_api_token",
    "make_display_link",
    "make_first_organiser",
    "make_first_organiser_token",
    "make_sign_in_link",
    "move_by_clock",
    "move_day",
    "move_session",
    "note",
    "order_sessions",
    "remove_day",
    "remove_moderator",
    "remove_resource",
    "restore_session",
    "revoke_api_token",
    "revoke_display_link",
    "set_committee",
    "set_pass",
    "set_screen_access",
    "set_session_clock",
    "spend_sign_in_link",
    "split_session",
    "star_session",
    "step_session",
    "take_off_stage",
]
