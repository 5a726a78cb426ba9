"""Where a merged migration looks for it."""

from sessions.questions.models import new_question_id

__all__ = ["new_question_id"]
