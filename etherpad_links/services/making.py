"""Creating pads on the operator's server, by an event's rules or the operator's."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from etherpad_links import configuration
from etherpad_links.broadcasts import pad_changed
from etherpad_links.models import EtherpadLink, PadRules
from etherpad_links.padserver.addresses import NoPadAddress, server_name
from etherpad_links.padserver.errors import KeyRefused, PadTrouble
from etherpad_links.services.links import check_may_have_pad
from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_line
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Event, Session
from sessions.programme.services.rights import check_moderates, check_organises

log = logging.getLogger("etherpad_links.making")

MAX_NAME_LENGTH = 50  # Etherpad's own limit
KEY_ADVICE = (
    '%s made no pad: %s. Etherpad 2 and 3 take an API key only with authenticationMethod "apikey" in their settings.'
    ' With "sso", their default, add a client with the grant client_credentials to sso.clients there, and name it in'
    " ETHERPAD_CLIENT_ID and ETHERPAD_CLIENT_SECRET."
)
PLACES = re.compile(r"\{[^{}]*\}")


class NoPadServer(Conflict):
    code, message = (
        "no_pad_server",
        _("No Etherpad server is configured. Link an existing pad, or ask your administrator to set one up."),
    )


class PadNotMade(Conflict):
    code, message = "pad_not_made", _("The pad server did not make the pad. Try again in a moment.")


class PadKeyRefused(PadNotMade):
    code, message = (
        "pad_key_refused",
        _(
            "The pad server does not accept our key, so no pad was made. "
            "Ask your administrator to check its sign-in settings."
        ),
    )


@transaction.atomic
def set_pad_rules(*, event_id: int, caller: Caller, given: Mapping[str, Any]) -> PadRules:
    """Set the names of new pads of the event, and the pad that they are copied from; "" means the operator's settings.

    In `name_pattern`, {event} and {session} are replaced by the slugs; {session} is required, or all
    sessions would share one pad.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed
    """
    if not Event.objects.filter(pk=event_id).exists():
        raise NotFound
    check_organises(caller=caller, event_id=event_id)
    rules = PadRules.objects.filter(event=event_id).first() or PadRules(event_id=event_id)
    if "name_pattern" in given:
        rules.name_pattern = _clean_pattern(given["name_pattern"])
    if "template" in given:
        rules.template = _clean_template(given["template"])
    rules.save()
    record(AuditKind.SETTINGS_CHANGED, caller=caller, event_id=event_id, setting="pads")
    return rules


def _clean_pattern(value: Any) -> str:
    pattern = clean_line(value, field="name_pattern", most=80, required=False)
    if not pattern:
        return ""
    places = PLACES.findall(pattern)
    rest = PLACES.sub("", pattern)
    if "{session}" not in places or not {*places} <= {"{session}", "{event}"} or "{" in rest or "}" in rest:
        sentence = _("Use {session} where the session’s name goes. The only other placeholder is {event}.")
        raise Malformed(sentence, fields={"name_pattern": sentence})
    _check_name(pattern.format(event="event", session="session"), "name_pattern")
    return pattern


def _clean_template(value: Any) -> str:
    template = clean_line(value, field="template", most=MAX_NAME_LENGTH, required=False)
    if template:
        _check_name(template, "template")
    return template


def _check_name(name: str, field: str) -> None:
    try:
        server_name(name)
    except NoPadAddress:
        sentence = _("A pad cannot have this name.")
        raise Malformed(sentence, fields={field: sentence}) from None


def make_pad_for(*, session: Session, caller: Caller) -> EtherpadLink:
    """Create a pad for the session and link it, unless one is linked already.

    The pad is created first, outside any transaction: a pad without a link does no harm.

    Raises:
        NotSignedIn, NotModerator
        RehearsalHasNoPad, NoPadServer, PadNotMade, PadKeyRefused
    """
    check_moderates(caller=caller, session_id=session.pk)
    check_may_have_pad(session)
    linked = EtherpadLink.objects.filter(session=session).first()
    if linked is not None:
        return linked
    rules = PadRules.objects.filter(event=session.event_id).first() or PadRules()
    pattern = rules.name_pattern or settings.ETHERPAD_PAD_NAME
    name = pattern.format(event=session.event.slug, session=session.slug)[:MAX_NAME_LENGTH]
    text = f"{session.title}\n{session.event.name}\n\n"
    url, read_only_id = make_pad(name=name, text=text, template=rules.template or settings.ETHERPAD_TEMPLATE)
    return keep_made_pad(session_id=session.pk, url=url, read_only_id=read_only_id)


def make_pad(*, name: str, text: str, template: str = "") -> tuple[str, str]:
    """Create a pad on the operator's server, from a text or a template pad; return its address and read-only name.

    Nobody has it open yet, so the HTTP API may be used. An existing pad is not changed. Communicates with the
    server: never call it inside a transaction.

    Raises:
        NoPadServer, PadNotMade, PadKeyRefused
    """
    api = configuration.own_api()
    if api is None:
        raise NoPadServer
    server = api.server
    address = server.pad(name)
    try:
        if template:
            api.copy_pad(server.pad(template).name, address.name)
        else:
            api.create_pad(address.name, text)
        return address.url, api.read_only_id(address.name)
    except KeyRefused as trouble:
        log.error(KEY_ADVICE, server.url, trouble)
        raise PadKeyRefused from trouble
    except PadTrouble as trouble:
        log.warning("%s made no pad: %s.", server.url, trouble)
        raise PadNotMade from trouble


@transaction.atomic
def keep_made_pad(*, session_id: int, url: str, read_only_id: str) -> EtherpadLink:
    """Link a session with the pad that was created for it, unless one is linked already."""
    link, _is_new = EtherpadLink.objects.get_or_create(
        session_id=session_id, defaults={"url": url, "read_only_id": read_only_id}
    )
    pad_changed(session_id)
    return link
