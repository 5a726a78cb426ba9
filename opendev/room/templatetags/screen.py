"""How large the presenter screen's words may be at first; `screen_fit.js` measures afterwards."""

from django import template

register = template.Library()


@register.filter
def steps(number: int | str, limits: str) -> int:
    """Return how many of the limits, "70,120,200", the number is above."""
    return sum(int(number or 0) > int(limit) for limit in limits.split(","))
