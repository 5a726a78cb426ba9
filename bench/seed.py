"""`python -m bench.seed`: fills the database that DATABASE_URL names with a session, polls and attendees.

It reads JSON from standard input, and writes what was created to standard output. Polls are created by the product's
services; attendees in bulk, because ten thousand single joins would take longer than the measurement.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import django

django.setup()

from bench.kinds import OPTIONS, SAMPLES  # noqa: E402
from opendev.core.attendance import new_pass, sign_pass  # noqa: E402  # needs the settings
from polls.services import Vote, record_ballots  # noqa: E402
from sessions.attendees.models import Attendance, Attendee  # noqa: E402
from sessions.programme.models import Session  # noqa: E402
from tests.factories import NOW, make_poll, make_question, make_session  # noqa: E402

BATCH = 2_000
QUESTION = "Where do your containers run in production today?"


def seed(
    *, attendees: int, polls: int, visibility: str, questions: int = 0, kinds: Sequence[str] = ()
) -> dict[str, Any]:
    """Create one live session with live polls, open questions, and people who joined it.

    With `kinds` there are as many polls of each named kind, and no others.
    """
    session = make_session()
    made = [
        make_poll(session, question=QUESTION, options=OPTIONS, visibility=visibility)
        for _ in range(0 if kinds else polls)
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
        "kinds": {kind: [_of_kind(session, kind, visibility) for _ in range(polls)] for kind in kinds},
        "questions": [str(make_question(session, f"{QUESTION} ({n})").pk) for n in range(questions)],
        "tokens": [sign_pass(new_pass(session.event_id, one.pk)) for one in people],
    }


def _of_kind(session: Session, kind: str, visibility: str) -> dict[str, Any]:
    """Create a live poll of a kind, with the texts that are already in it."""
    sample = SAMPLES[kind]
    options = sample.draft.get("options")
    texts = [option["text"] for option in options] if options else None
    more = {name: value for name, value in sample.draft.items() if name != "options"}
    poll = make_poll(session, question=QUESTION, kind=kind, options=texts, visibility=visibility, **more)
    people = Attendee.objects.bulk_create(
        Attendee(event=session.event, joined_at=NOW) for _text in sample.before
    )
    for first in range(0, len(people), BATCH):
        votes = [
            Vote(poll.pk, new_pass(session.event_id, person.pk), (text,), NOW, 1, None, field=sample.field)
            for person, text in zip(people[first : first + BATCH], sample.before[first:], strict=False)
        ]
        record_ballots(votes, NOW)
    ids = [str(option.pk) for option in poll.options.filter(position__isnull=False).order_by("position")]
    return {"id": str(poll.pk), "field": sample.field, "answers": sample.answers(ids)}


if __name__ == "__main__":
    json.dump(seed(**json.load(sys.stdin)), sys.stdout)
