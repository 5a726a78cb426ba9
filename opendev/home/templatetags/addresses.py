"""Addresses in templates."""

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def full_address(address: str) -> str:
    """Return an address that works from anywhere, as on paper: one of ours gets the public host in front."""
    return f"{settings.PUBLIC_URL}{address}" if address.startswith("/") else address
