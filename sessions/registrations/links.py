"""Personal links: signed, so that they need not be stored, and nobody can make one up."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from opendev.core.errors import NotFound
from opendev.core.text import id_in_address
from sessions.registrations.models import Registration
from sessions.registrations.selectors import registration_by_id

_signer = Signer(salt="opendev.registration", sep=".")


def personal_link(registration_id: int) -> str:
    """Return the address with which a registered person joins."""
    return reverse("join-registered", kwargs={"token": _signer.sign(str(registration_id))})


def registration_of(token: str) -> Registration:
    """Return the registration of a personal link.

    Raises:
        NotFound: the link was made up, was revoked, or the registration is gone.
    """
    try:
        found = registration_by_id(id_in_address(_signer.unsign(token)))
    except BadSignature:
        found = None
    if found is None or found.link_revoked_at is not None:
        raise NotFound
    return found
