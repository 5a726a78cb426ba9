"""The public JSON of sign-up lines and sign-ups."""

from datetime import date
from typing import Any

from django.conf import settings

from opendev.core.text import time_text
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.follow_ups.selectors.lines import LineWithNames, contact_of
from sessions.programme.models import Person


def owner_json(owner: Person | None) -> dict[str, Any] | None:
    """Return the owner of a follow-up: `{id, name, company}`, or None."""
    return {"id": str(owner.pk), "name": owner.name, "company": owner.company} if owner else None


def name_json(sign_up: SignUp) -> dict[str, Any]:
    """Return a name as everybody may read it."""
    return {"name": sign_up.name, "company": sign_up.company, "source": sign_up.source}


def line_json(found: LineWithNames) -> dict[str, Any]:
    """Return a line for everybody: the names of people who agreed to be listed, and the total number."""
    line = found.line
    return {
        "id": str(line.pk),
        "session": str(line.session_id),
        "title": line.title,
        "summary": line.summary,
        "code": line.code,
        "url": line.get_absolute_url(),
        "state": line.state,
        "announced_line": line.announced_line,
        "owner": owner_json(line.owner),
        "position": line.position,
        "version": line.version,
        "opened_at": time_text(line.opened_at),
        "count": found.count,
        "names": [name_json(sign_up) for sign_up in found.names],
    }


def told_line(line: SignUpLine) -> dict[str, Any]:
    """Return a webhook's payload about a line: without names, neither of those who signed up nor of the owner."""
    return {
        "id": str(line.pk),
        "title": line.title,
        "summary": line.summary,
        "url": settings.PUBLIC_URL + line.get_absolute_url(),
        "opened_at": time_text(line.opened_at),
    }


def mine_json(sign_up: SignUp | None) -> dict[str, Any]:
    """Return an attendee's own sign-up on a line, for themselves."""
    if sign_up is None or not (sign_up.is_present or sign_up.removed_at):
        return {"signed_up": False, "removed": False}
    return {
        "signed_up": sign_up.is_present,
        "removed": sign_up.removed_at is not None,
        "name": sign_up.name,
        "company": sign_up.company,
        "shown": sign_up.shown,
        "email": sign_up.email,
        "contact_until": sign_up.contact_until.isoformat() if sign_up.contact_until else None,
    }


def sign_up_json(sign_up: SignUp, today: date) -> dict[str, Any]:
    """Return a name with everything that the line's owner and moderators may see."""
    return {
        "id": str(sign_up.pk),
        **name_json(sign_up),
        "shown": sign_up.shown,
        "email": contact_of(sign_up, today),
        "signed_up_at": time_text(sign_up.signed_up_at),
        "removed": sign_up.removed_at is not None,
        "claim": sign_up.is_claim,
    }
