"""Addresses in templates."""

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def full_address(address: str) -> str:
    """Return an address that works anywhere, for example on paper: ours get the public host as a prefix."""
    return f"{settings.PUBLIC_URL}{address}" if address.startswith("/") else address
