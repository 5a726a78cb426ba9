"""The initial size of the presenter screen's text; `screen_fit.js` measures afterwards."""

from django import template

register = template.Library()


@register.filter
def steps(number: int | str, limits: str) -> int:
    """Return how many of the limits, "70,120,200", the number exceeds."""
    return sum(int(number or 0) > int(limit) for limit in limits.split(","))
