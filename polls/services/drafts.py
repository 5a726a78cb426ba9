"""Writing polls: new ones, changes, another round."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed
from opendev.core.invisible import look_of
from opendev.core.text import clean_id, clean_line, clean_word, clean_yes_or_no, time_text
from polls import broadcasts
from polls.kinds import DEFAULT, MAX_OPTIONS, MIN_OPTIONS, NAMES, Kind, kind_named
from polls.kinds.right_answers import NONE, Offered, Right, check_right, moved_right, read_right
from polls.models import Ballot, Option, Poll
from polls.permissions import is_wider, may_see_tally
from polls.selectors import fresh_options, moderators_options
from polls.services.states import lock_poll_for, note_poll, save_and_tell
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.selectors import name_of_user
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note

log = logging.getLogger("polls")

MAX_QUESTION_LENGTH, MAX_OPTION_LENGTH = 300, 120
RULES = ("kind", "rules", "min", "max", "anonymous", "may_change")


class RulesAreFrozen(Conflict):
    code, message = (
        "rules_are_frozen",
        _("The rules of a poll cannot be changed once it has been launched. Run it again to change them."),
    )


class WordsAreFrozen(Conflict):
    code, message = (
        "words_are_frozen",
        _("Voting has closed, so the wording can no longer be changed. Run the poll again to change it."),
    )


class PlacesAreFrozen(Conflict):
    code, message = (
        "places_are_frozen",
        _(
            "Each option stands for a number by its place, so none can be moved, added or removed once the poll has "
            "been launched. Run it again to change them."
        ),
    )


class RightAnswerIsRevealed(Conflict):
    code, message = (
        "right_answer_is_revealed",
        _("The right answer has been revealed, so it can no longer be changed."),
    )


class OptionHasVotes(Conflict):
    code, message = "option_has_votes", _("An option that has votes cannot be removed.")


class VisibilityOnlyWidens(Conflict):
    code, message = (
        "visibility_only_widens",
        _("People have already been shown this result, so it cannot be hidden again."),
    )


@dataclass(frozen=True, slots=True)
class PollDraft:
    """What a poll is made of; `options` are (id or None, text). Made by `read_draft`, which checks it."""

    question: str
    options: tuple[tuple[int | None, str], ...]
    kind: str = DEFAULT
    rules: dict[str, Any] = field(default_factory=dict)
    min: int = 1
    max: int = 1
    anonymous: bool = True
    may_change: bool = True
    visibility: str = Poll.Visibility.AFTER_VOTING
    right_answer: Right = NONE


def read_draft(given: Mapping[str, Any], *, over: PollDraft | None = None) -> PollDraft:
    """Return a checked draft from the JSON form of a poll; what is not given stays as in `over`, or is the default.

    Raises:
        Malformed: a field of the wrong type, too long, out of range; `fields` names it.
    """
    values: dict[str, Any] = asdict(over) if over else {}
    if "kind" in given:
        values["kind"] = clean_word(given["kind"], field="kind", choices=NAMES)
    kind = kind_named(values.get("kind", DEFAULT))
    if kind.is_written:
        given = _without_options(given)
        values["options"] = ()
    for name, read in _READERS.items():
        if name in given or (not over and name == "question"):
            values[name] = read(given.get(name), name)
    _read_rules(values, kind, given, over)
    if "max" not in given and "kind" in given:  # the kind alone says enough: one, or as many as there are
        fewest, values["max"] = kind.default_range(len(values["options"]))
        values["min"] = values["min"] if "min" in given else fewest
    draft = PollDraft(**values)
    kind.check_draft(draft.rules, draft.min, draft.max, len(draft.options))
    return replace(draft, right_answer=_read_right_answer(draft, given, over))


def _read_right_answer(draft: PollDraft, given: Mapping[str, Any], over: PollDraft | None) -> Right:
    """Return the right answer that came in, else the one that the poll has, wherever its options are now."""
    kind = kind_named(draft.kind)
    offered = Offered(draft.rules, draft.min, draft.max, draft.options)
    if "right_answer" in given:
        return read_right(given["right_answer"], kind, offered)
    if over is None or over.kind != draft.kind:
        return NONE
    right = moved_right(over.right_answer, over.options, draft.options, kind)
    check_right(right, kind, offered)
    return right


def _without_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of a poll whose answers voters write.

    Raises:
        Malformed: it has options all the same.
    """
    if given.get("options") not in (None, [], ()):
        raise _wrong("options", _("People write the answers to this poll, so it has no options."))
    return {name: value for name, value in given.items() if name != "options"}


def _read_rules(values: dict[str, Any], kind: Kind, given: Mapping[str, Any], over: PollDraft | None) -> None:
    """Read the kind's own rules, and the options where the rules make them."""
    is_new = over is None or over.kind != kind.name
    before = {} if over is None or is_new else over.rules
    written = len(values["options"]) if "options" in given else None
    values["rules"] = rules = kind.read_rules(given.get("rules"), before, written)
    if "options" in given or kind.is_written:
        return
    made = (
        kind.make_options(rules) if is_new or kind.make_options(rules) != kind.make_options(before) else None
    )
    if made is not None:
        values["options"] = tuple((None, text) for text in made)
    elif over is None:
        _read_options(None)


def _read_options(given: Any, _field: str = "options") -> tuple[tuple[int | None, str], ...]:
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise _wrong("options", _("The options must be a list."))
    if not MIN_OPTIONS <= len(given) <= MAX_OPTIONS:
        raise _wrong("options", _("A poll needs 2 to 20 options."))
    options = []
    for option in given:
        if not isinstance(option, Mapping):
            raise _wrong("options", _("Each option must be an object with a text."))
        identity = option.get("id")
        text = clean_line(option.get("text"), field="options", most=MAX_OPTION_LENGTH)
        options.append((clean_id(identity, field="options") if identity is not None else None, text))
    if len({look_of(text) for _id, text in options}) != len(options):
        raise _wrong("options", _("Two options have the same text."))
    return tuple(options)


def _whole_number(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_OPTIONS:
        raise _wrong(field, _("This must be a whole number from 1 to 20."))
    return value


def _wrong(field: str, sentence: Any) -> Malformed:
    return Malformed(sentence, fields={field: sentence})


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "question": lambda value, field: clean_line(value, field=field, most=MAX_QUESTION_LENGTH),
    "options": _read_options,
    "visibility": lambda value, field: clean_word(value, field=field, choices=Poll.Visibility.values),
    "anonymous": lambda value, field: clean_yes_or_no(value, field=field),
    "may_change": lambda value, field: clean_yes_or_no(value, field=field),
    "min": _whole_number,
    "max": _whole_number,
}


def draft_of(poll: Poll, options: Sequence[Option]) -> PollDraft:
    """Return the draft that would make this poll."""
    return PollDraft(
        question=poll.question,
        options=tuple((option.pk, option.text) for option in options),
        visibility=poll.visibility,
        right_answer=tuple(poll.right_answer or ()),
        **{name: getattr(poll, name) for name in RULES},
    )


@transaction.atomic
def add_poll(*, session_id: int, caller: Caller, draft: PollDraft, now: datetime) -> Poll:
    """Add a poll to the session as a draft.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    return _create(session, draft, now, position=_next_position(session_id))


def _next_position(session_id: int) -> int:
    return (Poll.objects.filter(session=session_id).aggregate(Max("position"))["position__max"] or 0) + 1


def _create(session: Session, draft: PollDraft, now: datetime, **more: Any) -> Poll:
    poll = Poll(session=session, created_at=now, **more)
    _apply(draft, poll)
    poll.save()
    Option.objects.bulk_create(
        Option(poll=poll, position=position, text=text)
        for position, (_id, text) in enumerate(draft.options, 1)
    )
    broadcasts.poll_changed(poll, fresh_options(poll))
    return poll


@transaction.atomic
def edit_poll(*, poll_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> Poll:
    """Change a poll: a draft wholly; once launched its visibility towards wider, and its words until voting closes.

    What is reworded after the first vote leaves the old words, with who changed them and when, in the timeline and with
    the poll, where everybody reads them (docs/adr/0034).

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: see read_draft.
        WordsAreFrozen: voting has closed.
        RulesAreFrozen, PlacesAreFrozen, OptionHasVotes, VisibilityOnlyWidens: it was launched already.
        RightAnswerIsRevealed
    """
    poll = lock_poll_for(caller=caller, poll_id=poll_id)
    options = moderators_options(poll)
    before = draft_of(poll, options)
    draft = read_draft(given, over=before)
    if draft == before:
        return poll
    if poll.launched_at is not None:
        _check_launched_edit(before, draft, options)
        _check_words(poll, before, draft)
        if _has_ballots(poll):
            _note_rewording(poll, before, draft, caller, now)
        if draft.right_answer != before.right_answer:
            _note_right_answer(poll, caller, now)
    was_seen = may_see_tally(poll, is_moderator=False, has_voted=False)
    _apply(draft, poll)
    if not was_seen and may_see_tally(poll, is_moderator=False, has_voted=False):
        note_poll(poll, TimelineEntry.Verb.POLL_REVEALED, now, caller)
    poll.save(update_fields=["family"])  # the guards ask it whose options these may be
    _write_options(poll, options, draft)
    said = (poll.pk, poll.state, caller.user_id)
    transaction.on_commit(lambda: log.info("poll %d (%s) was edited by user %s", *said), robust=True)
    return save_and_tell(poll)


def _apply(draft: PollDraft, poll: Poll) -> None:
    """Set the poll's fields, and what its kind means for the tables."""
    for name in (*RULES, "visibility", "question"):
        setattr(poll, name, getattr(draft, name))
    kind = kind_named(draft.kind)
    poll.family, poll.single, poll.has_places = kind.family, kind.one_row, kind.has_places
    poll.value_sum = kind.value_sum(draft.rules)
    poll.right_answer = list(draft.right_answer) or None


def _check_launched_edit(before: PollDraft, draft: PollDraft, options: Sequence[Option]) -> None:
    for name in RULES:
        if getattr(before, name) != getattr(draft, name):
            raise RulesAreFrozen(fields={name: RulesAreFrozen.message})
    if not is_wider(draft.visibility, before.visibility):
        raise VisibilityOnlyWidens(fields={"visibility": VisibilityOnlyWidens.message})
    if kind_named(draft.kind).is_ordered and _places(before) != _places(draft):
        raise PlacesAreFrozen(fields={"options": PlacesAreFrozen.message})
    kept = {identity for identity, _text in draft.options}
    if any(option.count and option.pk not in kept for option in options):
        raise OptionHasVotes(fields={"options": OptionHasVotes.message})


def _places(draft: PollDraft) -> list[int | None]:
    """Return the options' ids in their order."""
    return [identity for identity, _text in draft.options]


def _check_words(poll: Poll, before: PollDraft, draft: PollDraft) -> None:
    """Let words stand after the close: who voted for them would otherwise have voted for others."""
    if poll.state == Poll.State.LIVE:
        return
    for name in ("question", "options"):
        if getattr(before, name) != getattr(draft, name):
            raise WordsAreFrozen(fields={name: WordsAreFrozen.message})


def _has_ballots(poll: Poll) -> bool:
    """Return True if somebody has voted, also where all votes were taken back since."""
    return Ballot.objects.filter(poll=poll).exists()


def _note_rewording(poll: Poll, before: PollDraft, draft: PollDraft, caller: Caller, now: datetime) -> None:
    """Keep the words that people voted for, where they change: of the question, and of options by their ids."""
    new = dict(draft.options)
    was = [before.question] if before.question != draft.question else []
    was += [text for identity, text in before.options if new.get(identity) != text]
    by = name_of_user(caller.user_id or 0, poll.session.event_id)[:150]
    for text in was:
        note(
            session=poll.session,
            verb=TimelineEntry.Verb.POLL_REWORDED,
            now=now,
            subject=poll.pk,
            title=text,
            caller=caller,
        )
    if was:
        record(
            AuditKind.POLL_REWORDED,
            caller=caller,
            event_id=poll.session.event_id,
            subject=f"poll {poll.pk}",
            texts=len(was),
        )
        kept = [{"at": time_text(now), "by": by, "was": text} for text in was]
        poll.reworded = [*(poll.reworded or []), *kept]


def _note_right_answer(poll: Poll, caller: Caller, now: datetime) -> None:
    """Write down that the right answer was changed after the launch, never what it was or is: it is secret still.

    Raises:
        RightAnswerIsRevealed
    """
    if poll.right_revealed_at is not None:
        raise RightAnswerIsRevealed(fields={"right_answer": RightAnswerIsRevealed.message})
    note_poll(poll, TimelineEntry.Verb.POLL_RIGHT_CHANGED, now, caller)
    record(
        AuditKind.POLL_RIGHT_CHANGED,
        caller=caller,
        event_id=poll.session.event_id,
        subject=f"poll {poll.pk}",
    )


def _write_options(poll: Poll, options: Sequence[Option], draft: PollDraft) -> None:
    """Bring the stored options in line: ids keep their votes, the order is the draft's."""
    known = {option.pk: option for option in options}
    kept = [identity for identity, _text in draft.options if identity is not None]
    if len(set(kept)) != len(kept) or not set(kept) <= known.keys():
        raise _wrong("options", _("An option’s id does not belong to this poll, or is listed twice."))
    Option.objects.filter(poll=poll, position__isnull=False).exclude(pk__in=kept).delete()
    # Positions are unique a poll: move what stays out of the way first.
    for option in known.values():
        if option.pk in kept:
            Option.objects.filter(pk=option.pk).update(position=(option.position or 0) + MAX_OPTIONS)
    for position, (identity, text) in enumerate(draft.options, 1):
        if identity is None:
            Option.objects.create(poll=poll, position=position, text=text)
        else:
            Option.objects.filter(pk=identity).update(position=position, text=text)


@transaction.atomic
def run_again(*, poll_id: int, caller: Caller, now: datetime) -> Poll:
    """Make another round of a poll: a new poll, as a draft. The first stays untouched.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    first = lock_poll_for(caller=caller, poll_id=poll_id)
    draft = draft_of(first, moderators_options(first))
    rounds = Poll.objects.filter(rerun_of=first.first_round_id).aggregate(Max("round"))["round__max"] or 1
    return _create(
        first.session,
        draft,
        now,
        position=first.position,
        rerun_of_id=first.first_round_id,
        round=rounds + 1,
        number=first.number,
    )
