"""What can be done with events, sessions and attendees: a file a subject, the only writers."""

from sessions.services.follow_up_groups import dissolve_group, edit_group, make_group
from sessions.services.joining import MAX_NAME_LENGTH, SessionIsOver, join_session
from sessions.services.pad_names import (
    NotFromThePad,
    fold_name,
    join_pad_name,
    part_pad_name,
    record_pad_name,
    update_pad_name,
    withdraw_pad_name,
)
from sessions.services.rights import (
    NotJoined,
    NotModerator,
    NotOrganiser,
    NotOwner,
    check_moderates,
    check_organises,
    check_sees_contacts,
)
from sessions.services.sign_in import (
    LinkIsSpent,
    find_sign_in_link,
    make_api_token,
    make_sign_in_link,
    revoke_api_token,
    spend_sign_in_link,
)
from sessions.services.sign_up_lines import edit_line, open_line, remove_name, restore_name
from sessions.services.sign_ups import (
    LineIsClosed,
    NameNeeded,
    NameWasRemoved,
    NoSignUp,
    SignedUp,
    SignUpWish,
    forget_expired_contacts,
    read_wish,
    record_sign_ups,
    sign_up,
)
from sessions.services.states import SESSION_MOVES, IllegalSessionMove, set_session_state
from sessions.services.team import invite_moderator, remove_moderator

__all__ = [
    "MAX_NAME_LENGTH",
    "SESSION_MOVES",
    "IllegalSessionMove",
    "LineIsClosed",
    "LinkIsSpent",
    "NameNeeded",
    "NameWasRemoved",
    "NoSignUp",
    "NotFromThePad",
    "NotJoined",
    "NotModerator",
    "NotOrganiser",
    "NotOwner",
    "SessionIsOver",
    "SignUpWish",
    "SignedUp",
    "check_moderates",
    "check_organises",
    "check_sees_contacts",
    "dissolve_group",
    "edit_group",
    "edit_line",
    "find_sign_in_link",
    "fold_name",
    "forget_expired_contacts",
    "invite_moderator",
    "join_pad_name",
    "join_session",
    "make_api_token",
    "make_group",
    "make_sign_in_link",
    "open_line",
    "part_pad_name",
    "read_wish",
    "record_pad_name",
    "record_sign_ups",
    "remove_moderator",
    "remove_name",
    "restore_name",
    "revoke_api_token",
    "set_session_state",
    "sign_up",
    "spend_sign_in_link",
    "update_pad_name",
    "withdraw_pad_name",
]
