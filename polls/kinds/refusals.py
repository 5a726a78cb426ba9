"""The errors for a poll's answers and rules."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from opendev.core.errors import Malformed


class UnknownOption(Malformed):
    code, message = "unknown_option", _("This poll does not have that option.")


class DuplicateOption(Malformed):
    code, message = "duplicate_option", _("An option can be chosen once.")


class WrongNumberOfOptions(Malformed):
    code, message = "wrong_number_of_options", _("That is not the number of options this poll asks for.")


class WrongAnswer(Malformed):
    code, message = "wrong_answer", _("This poll takes another kind of answer.")


def wrong(field: str, sentence: Any) -> Malformed:
    """Return the error for a field."""
    return Malformed(sentence, fields={field: sentence})
