"""How long an act can be taken back: five seconds, or what the operator set.

Who works with a switch or a screen reader needs longer, and time limits have to be adjustable (WCAG 2.2, 2.2.1).
"""

from datetime import timedelta

from django.conf import settings


def undo_window() -> timedelta:
    return timedelta(seconds=settings.UNDO_SECONDS)
