"""One choice: the votes for each option add up to the people who voted."""

from django.utils.translation import gettext_lazy as _

from polls.kinds.other import Choice


class Single(Choice):
    """One option per person."""

    name, label, choice = "single", _("One choice"), _("one option")
    is_usual = True
