"""Poll results in the notes: the link between polls and pads."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from etherpad_links.sync.passages import Passage
from opendev.core.dates import day_words
from opendev.core.languages import shared_language
from opendev.core.punctuation import as_sentence, join_sentences
from polls.kinds import kind_named
from polls.models import Poll
from polls.permissions import may_see_tally
from polls.selectors import options_of, poll_versions, polls_of
from polls.serializers import right_sentence, tally_of
from sessions.programme.models import Session

PAD_ROWS = 30  # of written answers; the rest is in the files


class PollResults:
    """The published results of a session that everybody may see, each poll's latest round once."""

    def marks(self, session_ids: Sequence[int]) -> Mapping[int, Any]:
        """Return the versions of each session's polls."""
        found: dict[int, list[tuple[int, int]]] = {}
        for session, poll, version in poll_versions(session_ids):
            found.setdefault(session, []).append((poll, version))
        return {session: sorted(versions) for session, versions in found.items()}

    def read(self, session_id: int) -> list[Passage]:
        """Return the passages, in the polls' order."""
        session = Session.objects.select_related("event", "day").get(pk=session_id)
        latest: dict[int, Poll] = {}
        for poll in polls_of([session_id]):
            if poll.state == Poll.State.PUBLISHED and may_see_tally(
                poll, is_moderator=False, has_voted=False
            ):
                known = latest.get(poll.first_round_id)
                if known is None or poll.round > known.round:
                    latest[poll.first_round_id] = poll
        with shared_language(session.spoken_language):
            return [_passage(session, key, poll) for key, poll in latest.items()]


def _passage(session: Session, key: int, poll: Poll) -> Passage:
    options = options_of(poll, most=PAD_ROWS)
    kind, tally = kind_named(poll.kind), tally_of(poll, options)
    marker = f"[poll-{key}]"
    number = _("Poll %(number)s") % {"number": poll.number} if poll.number else _("Poll")
    if poll.round > 1:
        number = _("%(poll)s, round %(round)d") % {"poll": number, "round": poll.round}
    lines = [f"{number}: {poll.question} {marker}"]
    lines += [f"* {tally.options[row.index].text}: {row.line}" for row in kind.rows(tally)]
    if tally.different > len(tally.options):
        lines.append(_("and %(count)d more") % {"count": tally.different - len(tally.options)})
    if summary := kind.note_of(tally):
        lines.append(summary)
    if poll.right_revealed_at is not None and poll.right_answer:
        lines.append(right_sentence(poll, options))
    when = f"{day_words(poll.published_at.astimezone(UTC), 'j F Y, H:i')} UTC" if poll.published_at else ""
    voted = _("%(count)d voted") % {"count": poll.ballots}
    address = f"{settings.PUBLIC_URL}{session.get_absolute_url()}"
    lines.append(join_sentences((as_sentence(voted), as_sentence(when), address)))
    return Passage(str(key), marker, tuple(lines))
