"""Pads for the demo event, on the operator's server: each with text as people would have left it."""

from etherpad_links.selectors import notes_urls
from etherpad_links.services import keep_made_pad, make_pad
from opendev.core.languages import shared_language
from opendev.home.demo.files import text_of
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Event, Session

NOTES, TELCO_NOTES = "notes.txt", "telco_notes.txt"


def make_demo_pads(event: Event) -> int:
    """Make and link a pad for each session of the demo event that has none; return how many were made.

    Raises:
        NoPadServer, PadNotMade
    """
    sessions = Session.objects.filter(event=event).prefetch_related("roles__person").order_by("pk")
    linked = notes_urls([session.pk for session in sessions])
    lacking = [session for session in sessions if session.pk not in linked]
    for session in lacking:
        # The code differs per database, so that nobody gets the pads of an earlier demo.
        name = f"{event.slug[:8].rstrip('-')}-{session.slug[:30].rstrip('-')}-{session.code}"
        url, read_only_id = make_pad(name=name, text=body_of(session))
        keep_made_pad(session_id=session.pk, url=url, read_only_id=read_only_id)
    return len(lacking)


def body_of(session: Session) -> str:
    """Return the notes of a session, in its language.

    In the telco session two lines of the pad were announced; their headings are where people said they are.
    """
    announced = SignUpLine.objects.filter(session=session, announced_line__isnull=False)
    headings = [line.title for line in announced.order_by("announced_line")]
    language = session.event.spoken_language
    with shared_language(language):
        words = {
            "title": session.title,
            "event": session.event.name,
            "moderator": session.by_line,
            "topic": session.topic,
        }
    if len(headings) == 2:
        words |= {"first_heading": headings[0], "second_heading": headings[1]}
        return text_of(TELCO_NOTES, language).format(**words)
    return text_of(NOTES, language).format(**words)
