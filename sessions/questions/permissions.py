"""Who may know of a question: pure predicates, the only place that knows."""

from sessions.questions.models import Question

PUBLIC = frozenset({Question.State.OPEN, Question.State.ON_AIR, Question.State.ANSWERED})


def is_public(question: Question) -> bool:
    """Tell whether everybody may know of the question: it was let through, not hidden again, and stands for itself."""
    return question.state in PUBLIC and question.merged_into_id is None


def may_see_question(question: Question, *, keeps_queue: bool, attendee_id: int | None) -> bool:
    """Tell whether the question, its text, its votes and that it exists may reach this person."""
    is_author = attendee_id is not None and question.attendee_id == attendee_id
    return keeps_queue or is_author or is_public(question)
