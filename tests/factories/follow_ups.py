"""Sign-up lines and the names under them, made by the product's own services."""

from typing import Any

from opendev.core.attendance import AttendeePass
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.follow_ups.services.lines import open_line
from sessions.follow_ups.services.sign_ups import read_wish, sign_up
from sessions.programme.models import Session
from tests.factories.sessions import NOW, organiser_of


def make_line(session: Session, title: str = "Networking API for Kubernetes", **given: Any) -> SignUpLine:
    """An open line of the session, by an organiser of its event."""
    given = {"title": title, **given}
    return open_line(session_id=session.pk, caller=organiser_of(session.event), given=given, now=NOW)


def put_name(line: SignUpLine, attendee: AttendeePass, *, now: Any = NOW, **said: Any) -> SignUp:
    """The sign-up of an attendee on the line, listed unless `shown` says otherwise."""
    wish = read_wish({"shown": True, **said}, line=str(line.pk), attendee=attendee, now=now)
    return sign_up(wish=wish, now=now).sign_up


def withdraw(line: SignUpLine, attendee: AttendeePass, *, now: Any = NOW) -> SignUp:
    """The attendee's sign-up, taken back."""
    wish = read_wish({}, line=str(line.pk), attendee=attendee, withdraws=True, now=now)
    return sign_up(wish=wish, now=now).sign_up
