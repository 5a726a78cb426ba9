"""Pads for the demo event, on the operator's server: each with a body as people would have left it."""

from pathlib import Path

from etherpad_links.selectors import notes_urls
from etherpad_links.services import keep_made_pad, make_pad
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Event, Session

TELCO = "telco-network-function"
TELCO_NOTES = Path(__file__).with_name("telco_notes.txt")
NOTES = """{title}
{event}
Moderator: {moderator}

Everything here is public, and becomes part of the recap. Type "+1" beside a point that you share.

Notes
* {topic}

Links
* Recording: to come, on the programme
"""


def make_demo_pads(event: Event) -> int:
    """Make and link a pad for each session of the demo event that has none; return how many were made.

    Raises:
        NoPadServer, PadNotMade
    """
    sessions = Session.objects.filter(event=event).prefetch_related("roles__person").order_by("pk")
    linked = notes_urls([session.pk for session in sessions])
    lacking = [session for session in sessions if session.pk not in linked]
    for session in lacking:
        # The code is another one in each database, so that nobody finds the pads of an earlier demo.
        name = f"{event.slug[:8].rstrip('-')}-{session.slug[:30].rstrip('-')}-{session.code}"
        url, read_only_id = make_pad(name=name, text=body_of(session))
        keep_made_pad(session_id=session.pk, url=url, read_only_id=read_only_id)
    return len(lacking)


def body_of(session: Session) -> str:
    """Return the notes of a session. In the telco session's, the headings stand where people said they do."""
    words = {
        "title": session.title,
        "event": session.event.name,
        "moderator": session.by_line,
        "topic": session.topic,
    }
    headings = list(SignUpLine.objects.filter(session=session).order_by("announced_line"))
    if session.slug == TELCO and len(headings) == 2:
        first, second = headings
        words |= {"first_heading": first.title, "second_heading": second.title}
        return TELCO_NOTES.read_text(encoding="utf-8").format(**words)
    return NOTES.format(**words)
