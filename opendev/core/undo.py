"""How long an action can be undone: five seconds, or the operator's setting.

People who use a switch or a screen reader need longer, and time limits have to be adjustable (WCAG 2.2, 2.2.1).
"""

from datetime import timedelta

from django.conf import settings


def undo_window() -> timedelta:
    return timedelta(seconds=settings.UNDO_SECONDS)
