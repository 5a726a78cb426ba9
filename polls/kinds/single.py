"""One choice: the votes for each option add up to the people who voted."""

from django.utils.translation import gettext_lazy as _

from polls.kinds.base import Kind


class Single(Kind):
    """One option a person."""

    name, label, choice = "single", _("One choice"), _("one option")
    may_have_right = True
