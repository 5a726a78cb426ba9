"""Common polls that can be added as drafts. Each is a line, as somebody would type it."""

from django.utils.translation import gettext_lazy as _

LIBRARY = (
    _("Where are you with this topic? / running it / testing it / planning it / only curious"),
    _("What should we talk about first? [rank] / the state of things / open problems / what comes next"),
    _("One word: what blocks you most? [words 1]"),
    _("How confident are you that this will work? [confidence]"),
    _("Do we agree to go on this way? [fist of five]"),
    _("Shall we adopt this? [yes/no]"),
    _("This session was worth my time. [agree]"),
    _("What should we do differently next time? [open]"),
    _("How likely is it that you recommend this event? [nps]"),
    _("Where should the effort go? [points 100] / documentation / tests / features / performance"),
)
