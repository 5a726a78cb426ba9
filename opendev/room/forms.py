"""Converting moderators' forms into the JSON form of a poll; the services validate it."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from opendev.room.poll_files.lines import BadLine, is_all_question, read_head, read_line
from polls.kinds import DEFAULT, DEFAULT_FIELD, KINDS, Kind, protect, restore, with_preset

VISIBILITY_HELP = {
    "always": _("Everybody sees the bars move."),
    "after_voting": _("Those who voted see the bars. Everybody does after the close."),
    "after_close": _("You see the bars. Everybody does after the close."),
    "after_publishing": _("Only you see the bars until you reveal or publish them."),
    "moderators": _("Nobody but moderators sees the bars, ever."),
}


PRESET_ALONE = _("With ready answers, write the question alone. Or choose “Write them yourself”.")
GENERAL = ("anonymous", "may_change", "visibility")  # fields of every kind of poll


def read_rules(post: QueryDict) -> dict[str, Any]:
    """Return the rules from the fields; a value that should be a number but is not stays, to be refused."""
    given: dict[str, Any] = {"anonymous": "anonymous" in post, "may_change": "may_change" in post}
    for field in ("kind", "visibility"):
        if field in post:
            given[field] = post[field]
    for field in ("min", "max"):
        if value := post.get(field, "").strip():
            given[field] = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else value
    kind = KINDS.get(given.get("kind", ""))
    if kind and kind.one_row:
        given["min"] = given["max"] = 1
    if kind and (rules := kind.rules_of_form(post)) is not None:
        given["rules"] = rules
    return given


def read_quick(post: QueryDict) -> dict[str, Any]:
    """Return the JSON form of a quick poll. A kind in the line takes precedence over a ticked one, and a preset
    over both.

    Raises:
        BadLine
        Malformed: an unknown preset.
    """
    rules, line = read_rules(post), protect(post.get("line", ""))
    if preset := post.get("preset"):
        if not line.strip() or not is_all_question(line) or read_head(line) is not None:
            raise BadLine(PRESET_ALONE, fields={"line": PRESET_ALONE})
        general = {name: rules[name] for name in GENERAL if name in rules}
        return with_preset({**general, "question": restore(line.strip()), "preset": preset})
    kind, in_bracket = KINDS.get(rules.get("kind", DEFAULT)), read_head(line)
    if (
        kind
        and (kind.makes_options or kind.is_written)
        and line.strip()
        and is_all_question(line)
        and (in_bracket is None or "kind" not in in_bracket)
    ):
        said = {"question": line.strip(), **(in_bracket or {})}  # the options follow from the kind
        return {**rules, **restore(said)}
    said = read_line(post.get("line", ""))
    if "kind" in said:
        rules = {name: value for name, value in rules.items() if name not in {"min", "max"}}
    return {**rules, **said}


def read_right(post: QueryDict, kind: Kind | None) -> dict[str, Any]:
    """Return `{right_answer}` from the edit form, or nothing if it has no such fields.

    Choices have a tick next to each option; a ranking's order and a number are typed.
    """
    if "right" not in post:
        return {}
    rows = [str(row) for row, text in enumerate(post.getlist("option_text"), 1) if text.strip()]
    ticked = [place for place, row in enumerate(rows, 1) if row in post.getlist("option_right")]
    if ticked and kind is not None and (kind.field == DEFAULT_FIELD or not kind.may_have_right):
        return {"right_answer": {kind.field: ticked}}
    return {"right_answer": post.get("right_text", "")}


def read_options(post: QueryDict) -> list[dict[str, str]]:
    """Return the options of the edit form; an empty text drops its option."""
    ids, texts = post.getlist("option_id"), post.getlist("option_text")
    rows = []
    for identity, text in zip([*ids, *[""] * len(texts)], texts, strict=False):
        if text.strip():
            rows.append({"id": identity, "text": text} if identity else {"text": text})
    return rows


QUICK_DEFAULTS: dict[str, Any] = {
    "line": "",
    "preset": "",
    "kind": DEFAULT,
    "anonymous": True,
    "may_change": True,
    "visibility": "after_voting",
}


def kept_quick(post: QueryDict) -> dict[str, Any]:
    """Return the quick form's values, so that an error loses nothing."""
    return {
        "line": post.get("line", ""),
        "preset": post.get("preset", ""),
        "kind": post.get("kind", DEFAULT),
        "anonymous": "anonymous" in post,
        "may_change": "may_change" in post,
        "visibility": post.get("visibility", "after_voting"),
    }


def kept_edit(post: QueryDict) -> dict[str, Any]:
    """Return the edit form's values, so that an error loses nothing."""
    ids, texts = post.getlist("option_id"), post.getlist("option_text")
    return {
        **kept_quick(post),
        "question": post.get("question", ""),
        "min": post.get("min", "1"),
        "max": post.get("max", "1"),
        **{name: post[name] for kind in KINDS.values() for name in kind.form_of_rules({}) if name in post},
        "right_text": post.get("right_text", ""),
        "options": [
            {"id": i, "text": t, "right": str(row) in post.getlist("option_right")}
            for row, (i, t) in enumerate(zip([*ids, *[""] * len(texts)], texts, strict=False), 1)
        ],
    }
