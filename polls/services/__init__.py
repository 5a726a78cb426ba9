"""Services for polls and ballots, the only code that writes them."""

from polls.kinds import DuplicateOption, UnknownOption, WrongAnswer, WrongNumberOfOptions
from polls.services.ballots import (
    AlreadyVoted,
    NoBallot,
    PollNotLive,
    Recorded,
    RecordedBatch,
    VoteIsFinal,
    record_ballots,
)
from polls.services.clearing import clear_polls
from polls.services.closing import close_due_polls, close_live_polls, finalise_due_polls
from polls.services.copies import copy_polls
from polls.services.drafts import add_poll, edit_poll, run_again
from polls.services.erasing import erase_ballots, release_ballots
from polls.services.folding import fold, fold_left_over
from polls.services.poll_batch import Vote
from polls.services.promoting import promote_answer, promote_answers
from polls.services.reading import PollDraft
from polls.services.recount import WrongTally, recount_polls
from polls.services.right_answers import NoRightAnswer, PollNotClosed, reveal_right_answer
from polls.services.states import IllegalMove, prolong, set_closing_time, set_poll_state

__all__ = [
    "AlreadyVoted",
    "DuplicateOption",
    "IllegalMove",
    "NoBallot",
    "NoRightAnswer",
    "PollDraft",
    "PollNotClosed",
    "PollNotLive",
    "Recorded",
    "RecordedBatch",
    "UnknownOption",
    "Vote",
    "VoteIsFinal",
    "WrongAnswer",
    "WrongNumberOfOptions",
    "WrongTally",
    "add_poll",
    "clear_polls",
    "close_due_polls",
    "close_live_polls",
    "copy_polls",
    "edit_poll",
    "erase_ballots",
    "finalise_due_polls",
    "fold",
    "fold_left_over",
    "prolong",
    "promote_answer",
    "promote_answers",
    "record_ballots",
    "recount_polls",
    "release_ballots",
    "reveal_right_answer",
    "run_again",
    "set_closing_time",
    "set_poll_state",
]
