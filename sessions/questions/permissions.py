"""Who may see a question: pure predicates, and the only place that decides."""

from sessions.questions.models import Question

AUTHOR = "author"  # the audience of one attendee for their own question
PUBLIC = frozenset({Question.State.OPEN, Question.State.ON_AIR, Question.State.ANSWERED})


def is_public(question: Question) -> bool:
    """Return True if everybody may see the question: approved, not hidden again and not merged."""
    return question.state in PUBLIC and question.merged_into_id is None


def may_see_question(question: Question, *, keeps_queue: bool, attendee_id: int | None) -> bool:
    """Return True if this person may see the question: its text, its votes, and that it exists."""
    is_author = attendee_id is not None and question.attendee_id == attendee_id
    return keeps_queue or is_author or is_public(question)
