"""Who may see what of a poll: pure predicates, and the only place that decides."""

from polls.models import Poll

VOTED = "voted"  # the audience of those who voted in a poll
State, Visibility = Poll.State, Poll.Visibility
OVER = {State.CLOSED, State.PUBLISHED}
HIDDEN_FROM_ROOM = {State.DRAFT, State.ARCHIVED}
_WIDTH = {
    # How wide each is in each state: the audiences (0 moderators, 1 voted, 2 everybody) while live, closed, published.
    Visibility.MODERATORS: (0, 0, 0),
    Visibility.AFTER_PUBLISHING: (0, 0, 2),
    Visibility.AFTER_CLOSE: (0, 2, 2),
    Visibility.AFTER_VOTING: (1, 2, 2),
    Visibility.ALWAYS: (2, 2, 2),
}


def may_see_poll(poll: Poll, *, is_moderator: bool) -> bool:
    """Return True if the poll exists for this person: drafts and archived polls only do for moderators."""
    return is_moderator or poll.state not in HIDDEN_FROM_ROOM


def may_see_tally(poll: Poll, *, is_moderator: bool, has_voted: bool) -> bool:
    """Return True if this person may get counts, shares, order, and anything they could be derived from."""
    if is_moderator:
        return True
    match Visibility(poll.visibility):
        case Visibility.ALWAYS:
            return poll.state == State.LIVE or poll.state in OVER
        case Visibility.AFTER_VOTING:
            return poll.state in OVER or (poll.state == State.LIVE and has_voted)
        case Visibility.AFTER_CLOSE:
            return poll.state in OVER
        case Visibility.AFTER_PUBLISHING:
            return poll.state == State.PUBLISHED
        case Visibility.MODERATORS:
            return False


def may_see_right_answer(poll: Poll, *, is_moderator: bool) -> bool:
    """Return True if this person may get the right answer: before it is revealed, only moderators may."""
    return is_moderator or poll.right_revealed_at is not None


def is_wider(new: str, old: str) -> bool:
    """Return True if nobody who could see the tally under `old` loses it under `new`, in any state."""
    return all(n >= o for n, o in zip(_WIDTH[Visibility(new)], _WIDTH[Visibility(old)], strict=True))


def close_shows_something_new(poll: Poll) -> bool:
    """Return True if closing shows a tally to somebody who could not see it before; then a close cannot be undone."""
    return poll.visibility in {Visibility.AFTER_VOTING, Visibility.AFTER_CLOSE}
