"""What can be done with events, sessions and attendees: a file a subject, the only writers."""

from sessions.services.displays import (
    LinkIsRevoked,
    ScreenIsClosed,
    check_opens_screen,
    find_display_link,
    make_display_link,
    revoke_display_link,
    set_screen_access,
)
from sessions.services.joining import MAX_NAME_LENGTH, SessionIsOver, join_session
from sessions.services.rights import NotModerator, NotOrganiser, check_moderates, check_organises
from sessions.services.sign_in import (
    LinkIsSpent,
    find_sign_in_link,
    make_api_token,
    make_sign_in_link,
    revoke_api_token,
    spend_sign_in_link,
)
from sessions.services.states import SESSION_MOVES, IllegalSessionMove, set_session_state
from sessions.services.team import invite_moderator, remove_moderator

__all__ = [
    "MAX_NAME_LENGTH",
    "SESSION_MOVES",
    "IllegalSessionMove",
    "LinkIsRevoked",
    "LinkIsSpent",
    "NotModerator",
    "NotOrganiser",
    "ScreenIsClosed",
    "SessionIsOver",
    "check_moderates",
    "check_opens_screen",
    "check_organises",
    "find_display_link",
    "find_sign_in_link",
    "invite_moderator",
    "join_session",
    "make_api_token",
    "make_display_link",
    "make_sign_in_link",
    "remove_moderator",
    "revoke_api_token",
    "revoke_display_link",
    "set_screen_access",
    "set_session_state",
    "spend_sign_in_link",
]
