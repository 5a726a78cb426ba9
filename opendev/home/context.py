"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def public_url(request: HttpRequest) -> dict[str, str]:
    """Return the address that people open, for whole addresses in pages. The request's Host may be anybody's."""
    return {"public_url": settings.PUBLIC_URL}
