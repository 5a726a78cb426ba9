"""What can be done with events, sessions and attendees: a file a subject, the only writers."""

from sessions.services.joining import MAX_NAME_LENGTH, NotJoined, SessionIsOver, join_session
from sessions.services.question_queue import (
    IllegalQuestionMove,
    merge_question,
    pin_question,
    set_question_state,
    undo_question,
    write_answer,
)
from sessions.services.questions import (
    ask_question,
    edit_question,
    set_question_rules,
    withdraw_question,
)
from sessions.services.rights import (
    NotHelper,
    NotModerator,
    NotOrganiser,
    check_keeps_queue,
    check_moderates,
    check_organises,
)
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
from sessions.services.upvotes import Upvote, Upvoted, record_upvotes

__all__ = [
    "MAX_NAME_LENGTH",
    "SESSION_MOVES",
    "IllegalQuestionMove",
    "IllegalSessionMove",
    "LinkIsSpent",
    "NotHelper",
    "NotJoined",
    "NotModerator",
    "NotOrganiser",
    "SessionIsOver",
    "Upvote",
    "Upvoted",
    "ask_question",
    "check_keeps_queue",
    "check_moderates",
    "check_organises",
    "edit_question",
    "find_sign_in_link",
    "invite_moderator",
    "join_session",
    "make_api_token",
    "make_sign_in_link",
    "merge_question",
    "pin_question",
    "record_upvotes",
    "remove_moderator",
    "revoke_api_token",
    "set_question_rules",
    "set_question_state",
    "set_session_state",
    "spend_sign_in_link",
    "undo_question",
    "withdraw_question",
    "write_answer",
]
