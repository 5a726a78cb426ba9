"""Delete polls with all their votes, in the order that the guards allow."""

from typing import Any

from django.db.models import QuerySet

from polls.models import Ballot, MarkKey, Option, Participation, Poll, Selection


def clear_polls(*, session_id: int) -> None:
    """Delete a session's polls. The caller holds their locks, and has made sure that nobody needs them."""
    of_session: list[QuerySet[Any]] = [
        model.objects.filter(poll__session=session_id)
        for model in (Selection, Ballot, Participation, MarkKey)
    ]
    for rows in of_session:
        rows.delete()
    Option.objects.filter(poll__session=session_id).update(merged_into=None)
    Poll.objects.filter(session=session_id).delete()
