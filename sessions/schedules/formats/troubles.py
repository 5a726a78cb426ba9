"""Errors in a schedule, with line and field, collected so that all are reported at once."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.errors import Malformed
from sessions.schedules.formats.words import shown

MOST = 25  # errors that are reported; with more of them it is the wrong file


def sentences() -> dict[str, str]:
    """Return the possible errors in words."""
    return {
        "is_no_schedule": _("This is neither a schedule.json nor a schedule.xml."),
        "not_utf8": _("This is not text in an encoding that can be read (UTF-8 is best)."),
        "broken": _("The file is broken here, at column %(column)s: %(reason)s."),
        "too_deep": _("This is nested too deeply."),
        "entities": _("This has a document type or entities, which are not read."),
        "not_an_object": _("This must be an object, as in {…}."),
        "not_a_list": _("This must be a list, as in […]."),
        "missing": _("This is missing."),
        "no_text": _("This must be text."),
        "too_long": _("This can have at most %(most)s characters. It has %(count)s."),
        "no_date": _("This is not a date: %(value)s."),
        "no_time": _("This is not a time: %(value)s."),
        "no_duration": _("This is not a duration in hours and minutes such as 00:30: %(value)s."),
        "no_minutes": _("The end must be after the start."),
        "too_many_days": _("This lasts longer than a week."),
        "not_a_number": _("This must be a whole number."),
        "schedule2": _(
            "This is a schedule2, the next version of the C3VOC’s format, which is not read yet."
            " Export it as schedule.json or schedule.xml."
        ),
        "empty": _("It contains no session."),
    }


class BadSchedule(Malformed):
    code = "bad_schedule"
    message = gettext_lazy("The schedule has errors. Nothing was changed.")


class Troubles:
    """The errors found so far."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def add(self, line: int, field: str, what: str, **words: Any) -> None:
        """Record an error.

        Args:
            line: counted from 1; 0 if it is unknown.
            field: the path of the field, such as `days[0].rooms["Hall"][2].start`; "" for the file itself.
            what: one of `sentences()`, with its placeholders' values.
        """
        place = ", ".join(
            part for part in (_("line %(line)d") % {"line": line} if line else "", field) if part
        )
        self.found.setdefault(shown(place) or _("file"), shown(sentences()[what] % words))

    def raise_any(self) -> None:
        """Refuse the file if there were errors.

        Raises:
            BadSchedule
        """
        if not self.found:
            return
        told = dict(list(self.found.items())[:MOST])
        if len(self.found) > MOST:
            told[_("and more")] = _("%(count)d errors in all") % {"count": len(self.found)}
        raise BadSchedule(fields=told)

    @classmethod
    def only(cls, line: int, field: str, what: str, **words: Any) -> BadSchedule:
        """Return the error for a file with this single error."""
        troubles = cls()
        troubles.add(line, field, what, **words)
        return BadSchedule(fields=troubles.found)
