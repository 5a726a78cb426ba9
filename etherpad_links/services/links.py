"""A session's pad: linked by its address, or created on the operator's server."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from etherpad_links import configuration
from etherpad_links.broadcasts import pad_changed
from etherpad_links.models import EtherpadLink, PadCopy, PadLine, PadName, PadPassage
from etherpad_links.padserver.addresses import NoPadAddress, PadAddress, read_pad_address
from etherpad_links.padserver.errors import AddressForbidden
from etherpad_links.sealing import seal
from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_line
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates

MAX_URL_LENGTH = 500
MAX_KEY_LENGTH = 200
WRONG = {
    "scheme": _("Give an address that begins with http:// or https://."),
    "host": _("The address names no server."),
    "login": _("Leave the user name and password out of the address."),
    "path": _("This is not the address of a pad. It must end in /p/ and the pad’s name."),
    "name": _("A pad cannot have this name."),
}


class NotAPad(Malformed):
    code, message = "not_a_pad", _("This is not the address of a pad.")


class RehearsalHasNoPad(Conflict):
    code, message = "rehearsal_has_no_pad", _("A rehearsal has no notes: nothing of it is written to a pad.")


class PadNotAllowed(Malformed):
    code, message = "pad_not_allowed", _("Pads of this server may not be linked here.")


def clean_pad_url(value: Any) -> PadAddress:
    """Return the pad of a pasted address.

    Raises:
        NotAPad, PadNotAllowed, Malformed; `fields` names `url`
    """
    text = clean_line(value, field="url", most=MAX_URL_LENGTH)
    try:
        address = read_pad_address(text)
        configuration.reach().check_host(address.server)
    except NoPadAddress as error:
        sentence = WRONG[str(error)]
        raise NotAPad(sentence, fields={"url": sentence}) from None
    except AddressForbidden:
        raise PadNotAllowed(fields={"url": PadNotAllowed.message}) from None
    return address


@transaction.atomic
def link_pad(*, session_id: int, caller: Caller, url: Any, key: Any = "") -> EtherpadLink:
    """Link the session with a pad of any Etherpad server; with an API key, if there is one for it.

    If it is a different pad, everything that we knew about the old one is deleted, and names are written again.

    Raises:
        NotFound, NotSignedIn, NotModerator
        RehearsalHasNoPad, NotAPad, PadNotAllowed, Malformed
    """
    session = _session_of(session_id, caller)
    check_may_have_pad(session)
    address = clean_pad_url(url)
    key = clean_line(key, field="key", most=MAX_KEY_LENGTH, required=False)
    link = EtherpadLink.objects.filter(session=session).first() or EtherpadLink(session=session)
    if link.url != address.url:
        _forget_pad(link)
    link.url = address.url
    link.sealed_key = seal(key) if key else link.sealed_key
    link.version += 1
    link.save()
    _record(session, caller, linked=True, with_key=bool(key))
    pad_changed(session.pk)
    return link


@transaction.atomic
def unlink_pad(*, session_id: int, caller: Caller) -> None:
    """Unlink the session's pad; the pad itself and the sign-ups stay.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    session = _session_of(session_id, caller)
    link = EtherpadLink.objects.filter(session=session).first()
    if link is not None:
        _forget_pad(link)
        link.delete()
        _record(session, caller, linked=False)


def _record(session: Session, caller: Caller, **details: bool) -> None:
    subject = f"session {session.pk}"
    record(
        AuditKind.SETTINGS_CHANGED,
        caller=caller,
        event_id=session.event_id,
        subject=subject,
        setting="pad",
        **details,
    )


def check_may_have_pad(session: Session) -> None:
    """Refuse rehearsals.

    Raises:
        RehearsalHasNoPad
    """
    if session.event.rehearses_id is not None:
        raise RehearsalHasNoPad


def _session_of(session_id: int, caller: Caller) -> Session:
    session = Session.objects.select_for_update(no_key=True, of=("self",)).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    check_moderates(caller=caller, session_id=session_id)
    return session


def _forget_pad(link: EtherpadLink) -> None:
    """Delete what belongs to the linked pad; the link's own fields stay unsaved."""
    PadCopy.objects.filter(link=link.pk).delete()
    PadLine.objects.filter(line__session=link.session_id).delete()
    PadPassage.objects.filter(link=link.pk).delete()
    PadName.objects.filter(sign_up__line__session=link.session_id).delete()
    link.health, link.health_at = EtherpadLink.Health.UNKNOWN, None
    link.read_only_id = link.sealed_token = link.sealed_key = ""
