"""Several choices: each option's share is of the people, so the shares may add up to more than 100 %."""

from django.utils.translation import gettext_lazy as _

from polls.kinds.other import Choice


class Multiple(Choice):
    """Several options per person."""

    name, label, choice = "multiple", _("Several choices"), _("several")
    is_usual = True
    one_row = False
    input = "checkbox"
    footnote = _("People could choose several options, so shares may add up to more than 100%.")

    def default_range(self, options: int) -> tuple[int, int]:
        """Return one to all."""
        return 1, options
