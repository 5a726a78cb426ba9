"""Option ids in a vote, and the number of options in a poll."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from opendev.core.text import clean_id
from polls.kinds.refusals import wrong

MIN_OPTIONS, MAX_OPTIONS = 2, 20


def read_option_ids(value: Any) -> tuple[int, ...]:
    """Return option ids from a list of texts; only the shape is checked.

    Raises:
        Malformed
    """
    if not isinstance(value, list | tuple) or len(value) > MAX_OPTIONS:
        raise wrong("options", _("The options must be a list of up to 20 ids."))
    return tuple([clean_id(option, field="options") for option in value])
