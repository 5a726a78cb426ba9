"""Ready answers for a question: common polls, with their kind, rules and options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.text import clean_word
from polls.kinds.refusals import wrong


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of answers for a question.

    Attributes:
        label: on pages.
        line: its bracket in a quick poll.
        kind, rules, labels, options, max: as in the JSON of a poll; `labels` are those in the rules of a scale.
    """

    label: Any
    line: str
    kind: str
    rules: Mapping[str, Any] = field(default_factory=dict)
    labels: tuple[Any, ...] = ()
    options: tuple[Any, ...] = ()
    max: int = 1

    def draft(self) -> dict[str, Any]:
        """Return the JSON form of a poll, without its question, in the language of the moderator who creates it."""
        said: dict[str, Any] = {"kind": self.kind, "max": self.max}
        rules = {**self.rules, **({"labels": [str(label) for label in self.labels]} if self.labels else {})}
        if rules:
            said["rules"] = rules
        if self.options:
            said["options"] = [{"text": str(text)} for text in self.options]
        return said


PRESETS = {
    "yes_no": Preset(
        gettext_lazy("Yes, no, abstain"),
        "yes/no",
        "single",
        options=(gettext_lazy("Yes"), gettext_lazy("No"), gettext_lazy("Abstain")),
    ),
    "agree": Preset(
        gettext_lazy("Agree in five steps"),
        "agree",
        "scale",
        {"from": 1},
        options=(
            gettext_lazy("Strongly disagree"),
            gettext_lazy("Disagree"),
            gettext_lazy("Neither"),
            gettext_lazy("Agree"),
            gettext_lazy("Strongly agree"),
        ),
    ),
    "fist": Preset(
        gettext_lazy("Fist of five (0–5)"),
        "fist of five",
        "scale",
        {"from": 0, "to": 5},
        (gettext_lazy("stop"), gettext_lazy("all in")),
    ),
    "confidence": Preset(
        gettext_lazy("Confidence (0–10)"),
        "confidence",
        "scale",
        {"from": 0, "to": 10},
        (gettext_lazy("not at all"), gettext_lazy("fully")),
    ),
    "nps": Preset(
        gettext_lazy("Net Promoter Score (0–10)"),
        "nps",
        "scale",
        {"from": 0, "to": 10, "nps": True},
        (gettext_lazy("not at all likely"), gettext_lazy("extremely likely")),
    ),
    "temperature": Preset(
        gettext_lazy("Room temperature (1–5)"),
        "temperature",
        "scale",
        {"from": 1, "to": 5},
        (gettext_lazy("cold"), gettext_lazy("hot")),
    ),
    "one_word": Preset(gettext_lazy("One word"), "one word", "words"),
    "open": Preset(gettext_lazy("Open answer, approved first"), "open", "text"),
}
_LINES = {preset.line: preset for preset in PRESETS.values()}
_OWN = ("kind", "rules", "options", "min", "max")


def preset_choices() -> list[tuple[str, Any]]:
    """Return (name, label) of each preset."""
    return [(name, preset.label) for name, preset in PRESETS.items()]


def draft_of_line(bracket: str) -> dict[str, Any] | None:
    """Return the JSON form of a quick poll's bracket; None if it is not a preset's."""
    preset = _LINES.get(" ".join(bracket.casefold().split()).replace(" / ", "/"))
    return None if preset is None else preset.draft()


def with_preset(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON form of a poll with its `preset` expanded, or unchanged if it has none.

    Raises:
        Malformed: an unknown preset, or one together with fields that it sets itself.
    """
    given = dict(sent)
    if given.get("preset") is None:
        given.pop("preset", None)
        return given
    name = clean_word(given.pop("preset"), field="preset", choices=list(PRESETS))
    if doubled := [own for own in _OWN if given.get(own) is not None]:
        sentence = _("A preset says these already: %(fields)s. Leave them out, or the preset.")
        raise wrong("preset", sentence % {"fields": ", ".join(doubled)})
    own = {field: value for field, value in given.items() if field not in _OWN}
    return {**own, **PRESETS[name].draft()}
