"""Moderating written answers: approve, hide, merge spellings, and block words at an event.

A hidden answer disappears everywhere at once, since every page, file and frame reads the same rows. It is not
recorded in the timeline, which would keep the words. The audit log records who did it in which poll, and for how many
answers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_line, clean_word, clean_yes_or_no, time_text
from polls import written_store
from polls.kinds import MAX_WORD_LENGTH, Family, merge_key
from polls.models import BlockedWord, Option, Poll
from polls.selectors import has_written
from polls.services.states import lock_poll_for, save_and_tell
from polls.services.writing import Answers, answers_of, blocked_keys, first_state, fold_answers
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.selectors import name_of_user
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates

MAX_BLOCKED = 500
STATES = ("shown", "hidden")
RECORDED = {Option.State.SHOWN: AuditKind.WRITTEN_SHOWN, Option.State.HIDDEN: AuditKind.WRITTEN_HIDDEN}


class NotWritten(Conflict):
    code, message = (
        "answers_are_not_written",
        _("People choose among options in this poll; there is nothing to moderate."),
    )


def _lock(caller: Caller, poll_id: int) -> tuple[Poll, Answers]:
    poll = lock_poll_for(caller=caller, poll_id=poll_id)
    answers = answers_of(poll)
    if not has_written(poll):
        raise NotWritten
    return poll, answers


def _answer(answers: Answers, option_id: int) -> written_store.Spelling:
    row = answers.rows.get(option_id)
    if row is None or row.merged_into is not None:
        raise NotFound
    return row


@transaction.atomic
def set_answer_states(*, poll_id: int, caller: Caller, option_ids: Sequence[int], state: Any) -> Poll:
    """Approve answers, or hide them, with all their present and future spellings.

    Raises:
        NotFound, NotSignedIn, NotModerator, NotWritten
        Malformed: the state is neither "shown" nor "hidden".
    """
    poll, answers = _lock(caller, poll_id)
    new_state = clean_word(state, field="state", choices=STATES)
    for option_id in option_ids:
        row = _answer(answers, option_id)
        answers.rows[row.id] = row._replace(state=new_state)
    _note(RECORDED[Option.State(new_state)], poll, caller, len(_changed(answers)))
    return _save(poll, answers)


@transaction.atomic
def approve_all(*, poll_id: int, caller: Caller) -> Poll:
    """Approve every waiting answer.

    Raises:
        NotFound, NotSignedIn, NotModerator, NotWritten
    """
    poll, answers = _lock(caller, poll_id)
    for row in list(answers.rows.values()):
        if row.merged_into is None and row.state == Option.State.WAITING:
            answers.rows[row.id] = row._replace(state=Option.State.SHOWN)
    _note(AuditKind.WRITTEN_SHOWN, poll, caller, len(_changed(answers)))
    return _save(poll, answers)


@transaction.atomic
def pick_answers(*, poll_id: int, caller: Caller, option_ids: Sequence[int], picked: Any) -> Poll:
    """Pick answers for the recap, or unpick them.

    Raises:
        NotFound, NotSignedIn, NotModerator, NotWritten
        Malformed: picked is neither true nor false.
    """
    poll, answers = _lock(caller, poll_id)
    chosen = [_answer(answers, option_id).id for option_id in option_ids]
    Option.objects.filter(pk__in=chosen).update(is_picked=clean_yes_or_no(picked, field="picked"))
    return save_and_tell(poll)


@transaction.atomic
def merge_answers(
    *, poll_id: int, caller: Caller, option_ids: Sequence[int], into_id: int, now: datetime
) -> Poll:
    """Merge answers into another one, now and in the future. A person who gave both is counted once.

    Once voting has closed the poll's card says who did it.

    Raises:
        NotFound, NotSignedIn, NotModerator, NotWritten
    """
    poll, answers = _lock(caller, poll_id)
    into = _answer(answers, into_id)
    merged = [_answer(answers, option_id) for option_id in option_ids if option_id != into_id]
    if not merged:
        return poll
    moved = {row.id for row in merged}
    spellings = [row for row in answers.rows.values() if row.id in moved or row.merged_into in moved]
    Option.objects.filter(pk__in=[row.id for row in spellings if row.id not in moved]).update(
        merged_into=into.id
    )
    Option.objects.filter(pk__in=moved).update(merged_into=into.id, total=0, shown_as="", is_picked=False)
    _count_once(poll, into)
    _note(AuditKind.WRITTEN_MERGED, poll, caller, len(merged))
    _note_regrouping(poll, caller, act="merged", answers=len(merged), now=now)
    return _recounted(poll)


def _count_once(poll: Poll, answer: written_store.Spelling) -> None:
    """Leave one selection of an answer's spellings in each ballot that has several."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.ballot_id, s.option_id, o.count FROM polls_selection s"
            " JOIN polls_ballot b ON b.id = s.ballot_id JOIN polls_option o ON o.id = s.option_id"
            " WHERE b.poll_id = %s AND COALESCE(o.merged_into_id, o.id) = %s"
            " ORDER BY CASE WHEN o.key = %s THEN 0 ELSE 1 END, o.count DESC, o.id",
            [poll.pk, answer.id, answer.key],
        )
        seen: set[int] = set()
        twice = []
        for ballot_id, option_id, _count in cursor.fetchall():
            if ballot_id in seen:
                twice.append((ballot_id, option_id))
            seen.add(ballot_id)
        for pair in twice:
            cursor.execute("DELETE FROM polls_selection WHERE ballot_id = %s AND option_id = %s", pair)
            cursor.execute("UPDATE polls_option SET count = count - 1 WHERE id = %s", [pair[1]])


@transaction.atomic
def split_answer(*, poll_id: int, caller: Caller, option_id: int, now: datetime) -> Poll:
    """Split what was merged into an answer by hand: each word counts for itself again.

    Once voting has closed the poll's card says who did it.

    Raises:
        NotFound, NotSignedIn, NotModerator, NotWritten
    """
    poll, answers = _lock(caller, poll_id)
    answer = _answer(answers, option_id)
    apart: dict[str, list[written_store.Spelling]] = {}
    for row in answers.rows.values():
        if row.merged_into == answer.id and row.key != answer.key:
            apart.setdefault(row.key, []).append(row)
    blocked = blocked_keys(poll.session.event_id)
    for key, rows in apart.items():
        head, *others = sorted(rows, key=lambda row: (-row.count, row.id))
        state = answer.state if answer.state != Option.State.BLOCKED else first_state(poll, key, blocked)
        Option.objects.filter(pk=head.id).update(merged_into=None, state=state)
        Option.objects.filter(pk__in=[row.id for row in others]).update(merged_into=head.id)
    _note(AuditKind.WRITTEN_SPLIT, poll, caller, len(apart))
    _note_regrouping(poll, caller, act="split", answers=len(apart), now=now)
    return _recounted(poll)


def _note(kind: AuditKind, poll: Poll, caller: Caller, answers: int) -> None:
    """Record who moderated how many answers; nothing if none changed, as when a request comes twice."""
    if answers:
        record(
            kind,
            caller=caller,
            event_id=poll.session.event_id,
            subject=f"poll {poll.pk}",
            answers=answers,
        )


def _note_regrouping(poll: Poll, caller: Caller, *, act: str, answers: int, now: datetime) -> None:
    """Record for the poll's card that a closed result was regrouped: one entry per person and act, the latest last."""
    if not answers or poll.state == Poll.State.LIVE:
        return
    by = name_of_user(caller.user_id or 0, poll.session.event_id)[:150]
    others = []
    for entry in poll.regrouped or []:
        if (entry["act"], entry["by"]) == (act, by):
            answers += entry["answers"]
        else:
            others.append(entry)
    poll.regrouped = [*others, {"act": act, "at": time_text(now), "by": by, "answers": answers}]


def _changed(answers: Answers) -> list[int]:
    return [row.id for row in answers.rows.values() if row != answers.stored[row.id]]


def _recounted(poll: Poll) -> Poll:
    fold_answers(poll)
    return save_and_tell(poll)


def _save(poll: Poll, answers: Answers) -> Poll:
    if not _changed(answers):
        return poll
    answers.write()
    return save_and_tell(poll)


@transaction.atomic
def set_blocked_words(*, session_id: int, caller: Caller, words: Sequence[Any]) -> list[str]:
    """Set the words that are never shown at the session's event, and hide or restore existing answers.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: not a word, or too many.
    """
    session = _lock_sessions_with_answers(session_id)
    check_moderates(caller=caller, session_id=session_id)
    texts: dict[str, str] = {}
    for word in words:
        if isinstance(word, str) and not word.strip():
            continue  # an empty line
        text = clean_line(word, field="words", most=MAX_WORD_LENGTH)
        texts.setdefault(merge_key(text), text)
    if len(texts) > MAX_BLOCKED:
        sentence = _("The list holds 500 words at most.")
        raise Malformed(sentence, fields={"words": sentence})
    before = blocked_keys(session.event_id)
    BlockedWord.objects.filter(event=session.event_id).delete()
    BlockedWord.objects.bulk_create(
        BlockedWord(event_id=session.event_id, text=text) for text in sorted(texts.values())
    )
    written = _written_polls(session).select_for_update(no_key=True, of=("self",)).select_related("session")
    for poll in written.order_by("pk"):
        _apply_list(poll, frozenset(texts))
    if before != texts.keys():
        record(
            AuditKind.BLOCKED_WORDS_CHANGED,
            caller=caller,
            event_id=session.event_id,
            subject=f"session {session_id}",
            added=len(texts.keys() - before),
            removed=len(before - texts.keys()),
        )
    return sorted(texts.values())


def _lock_sessions_with_answers(session_id: int) -> Session:
    """Lock the session, and those of its event that have polls with written answers, in the order of their ids."""
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    others = _written_polls(session).values_list("session_id", flat=True)
    for each in sorted({session_id, *others}):
        lock_session(each)
    return session


def _written_polls(session: Session) -> QuerySet[Poll]:
    polls = Poll.objects.filter(Q(family=Family.WRITE) | Q(has_other=True), session__event=session.event_id)
    return polls.exclude(state=Poll.State.DRAFT)


def _apply_list(poll: Poll, blocked: frozenset[str]) -> None:
    """Hide answers with words on the list, and restore those with words that are no longer on it."""
    answers = answers_of(poll)
    for row in list(answers.rows.values()):
        if row.merged_into is not None:
            continue
        state = first_state(poll, row.key, blocked)
        is_named = state == Option.State.BLOCKED
        if is_named != (row.state == Option.State.BLOCKED) and row.state != Option.State.HIDDEN:
            answers.rows[row.id] = row._replace(state=state)
    _save(poll, answers)
