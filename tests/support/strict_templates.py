"""Templates of ours that name an attribute which its object has not fail the test; in production they print nothing.

A name that a page does not give, a key of a mapping, a place in a list, and whatever would follow None or "" may be
missing: partials have parameters that are not always said. Templates of others may name anything: allauth's and those
of the administration name much that is not there.
"""

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, VariableDoesNotExist
from django.template.base import FilterExpression, Variable

OURS = settings.ROOT / "opendev" / "templates"

resolve = FilterExpression.resolve


class MissingAttribute(AssertionError):
    """A template names something that the object before the dot has not."""


def resolve_strictly(self: FilterExpression, context: Context, ignore_failures: bool = False) -> Any:
    """Resolve as Django does, printed or asked by `if` and `for`; look again at what came to nothing."""
    value = resolve(self, context, ignore_failures)
    is_told = value and not any(function.__name__ == "default" for function, _arguments in self.filters)
    if is_told or not isinstance(self.var, Variable) or not is_ours(context):
        return value
    if owner := owner_of(self.var, context):
        template = context.render_context.template
        name = template.name if template else None
        raise MissingAttribute(f"{name} names {self.var}, and there is no such attribute of {owner}")
    return value


def is_ours(context: Context) -> bool:
    """Return True if the template that is being rendered is one of the product's."""
    template = context.render_context.template
    return template is not None and OURS in Path(template.origin.name).parents


def owner_of(variable: Variable, context: Context) -> str:
    """Return the type of the object that lacks an attribute; "" where nothing is missing, or what may be missing."""
    names = list(variable.lookups or ())
    for count in range(1, len(names)):
        value = value_of(names[:count], context)
        if value is None or value == "" or isinstance(value, Mapping):
            return ""
        is_place = isinstance(value, Sequence) and names[count].isdigit()
        if not is_place and not has(value, names[count]):
            return type(value).__name__
    return ""


def has(value: Any, name: str) -> bool:
    """Return True if an object has an attribute, without asking for its value: a property may ask the database."""
    if inspect.getattr_static(value, name, None) is not None or name in getattr(value, "__dict__", {}):
        return True
    try:
        Variable(f"value.{name}").resolve(Context({"value": value}))
    except VariableDoesNotExist:
        return False
    return True


def value_of(names: list[str], context: Context) -> Any:
    try:
        return Variable(".".join(names)).resolve(context)
    except VariableDoesNotExist:
        return None


def be_strict() -> None:
    """Read all templates of this process so."""
    setattr(FilterExpression, "resolve", resolve_strictly)  # noqa: B010  # mypy lets nobody assign a method
