"""`python -m bench.seed`: fills the database that DATABASE_URL names with a session, polls and attendees.

The order comes in by standard input as JSON, and what was made goes out the same way. Polls are made by the product's
services; attendees in bulk, as ten thousand single joins would take longer than the measurement.
"""

import json
import sys
from typing import Any

import django

django.setup()

from opendev.core.attendance import new_pass, sign_pass  # noqa: E402  # needs the settings
from sessions.attendees.models import Attendance, Attendee  # noqa: E402
from tests.factories import NOW, make_poll, make_question, make_session  # noqa: E402

OPTIONS = ("Bare metal", "Virtual machines", "Both, by workload", "We are still deciding")
QUESTION = "Where do your containers run in production today?"


def seed(*, attendees: int, polls: int, visibility: str, questions: int = 0) -> dict[str, Any]:
    """Make one live session with live polls, open questions, and people who joined it."""
    session = make_session()
    made = [
        make_poll(session, question=QUESTION, options=OPTIONS, visibility=visibility) for _ in range(polls)
    ]
    people = Attendee.objects.bulk_create(
        Attendee(event=session.event, joined_at=NOW) for _ in range(attendees)
    )
    Attendance.objects.bulk_create(Attendance(session=session, attendee=one, joined_at=NOW) for one in people)
    return {
        "session": session.pk,
        "polls": [
            {"id": str(poll.pk), "options": [str(option.pk) for option in poll.options.order_by("position")]}
            for poll in made
        ],
        "questions": [str(make_question(session, f"{QUESTION} ({n})").pk) for n in range(questions)],
        "tokens": [sign_pass(new_pass(session.event_id, one.pk)) for one in people],
    }


if __name__ == "__main__":
    json.dump(seed(**json.load(sys.stdin)), sys.stdout)
