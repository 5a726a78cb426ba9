"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from opendev.door.threads import SHARED


def public_url(request: HttpRequest) -> dict[str, str]:
    """Return the address that people open, for whole addresses in pages. The request's Host may be anybody's."""
    return {"public_url": settings.PUBLIC_URL}


def shared_forms(request: HttpRequest) -> dict[str, str]:
    """Leave the token out of a page that is the same for everybody: its forms are judged by their origin."""
    return {"csrf_token": ""} if request.META.get(SHARED) else {}
