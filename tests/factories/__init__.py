"""Events, people and polls for tests, made by the product's own services wherever it has one for the deed."""

from tests.factories.follow_ups import make_line, put_name, withdraw
from tests.factories.polls import (
    NOW,
    as_tally,
    make_poll,
    options_of,
    record,
    vote_for,
    votes_counted,
    write_in,
)
from tests.factories.questions import make_helper, make_question, upvote, voters_of, votes_of
from tests.factories.sessions import make_attendee, make_event, make_moderator, make_organiser, make_session
from tests.factories.suggestions import make_suggestion, support, supporters_of

__all__ = [
    "NOW",
    "as_tally",
    "make_attendee",
    "make_event",
    "make_helper",
    "make_line",
    "make_moderator",
    "make_organiser",
    "make_poll",
    "make_question",
    "make_session",
    "make_suggestion",
    "options_of",
    "put_name",
    "record",
    "support",
    "supporters_of",
    "upvote",
    "vote_for",
    "voters_of",
    "votes_counted",
    "votes_of",
    "withdraw",
    "write_in",
]
