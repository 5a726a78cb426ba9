"""The picture of a poll's result as SVG: what one reader may see, in their language, without their own vote."""

from collections.abc import Iterator

from django.utils.translation import get_language, get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from opendev.core.dates import day_words
from opendev.core.errors import NotAllowed, NotFound
from opendev.room.cards import PollCard, card_for, with_rounds
from polls.kinds import Tally
from polls.kinds.pictures.frame import Caption, draw_picture
from polls.kinds.pictures.rounds import draw_rounds
from polls.kinds.pictures.sheet import Sheet
from polls.models import Poll
from polls.permissions import may_see_tally
from polls.selectors import Mine, round_before
from sessions.programme.models import Session

ISOLATED = "\u2068{}\u2069"  # a name in any direction does not affect its neighbours
DESCRIBED = 50  # rows in words, for people who cannot see the picture


class ResultHidden(NotAllowed):
    code, message = "result_hidden", gettext_lazy("You can’t see the results of this poll.")


def draw_poll(session: Session, poll: Poll, *, own: Mine, is_moderator: bool, theme: str) -> str:
    """Return the SVG document of a poll's result.

    Args:
        own: the reader's answer: whether they voted affects what they may see; it is not drawn.
        theme: one of `polls.kinds.pictures.sheet.THEMES`.

    Raises:
        NotFound: the poll does not exist for this reader. ResultHidden: its result does not.
    """
    card = card_for(poll, own=own, is_moderator=is_moderator)
    if card is None:
        raise NotFound
    if card.tally is None:
        raise ResultHidden
    tally, kind = card.tally, card.kind
    is_for_all = may_see_tally(poll, is_moderator=False, has_voted=False)
    label = [card.label, *_remarks_of_state(card, is_secret=is_moderator and not is_for_all)]
    caption = Caption(
        label=" · ".join(words for words in label if words),
        question=card.poll["question"],
        summary=[words for words in (card.summary, card.right_words, card.own_words) if words],
        counted=ngettext("%(count)s person voted.", "%(count)s people voted.", card.ballots)
        % {"count": card.ballots},
        remarks=[words for words in (str(kind.footnote), card.changes) if words],
        source=source_of(session),
        rows=list(_described(card, tally)),
        language=get_language() or "en",
        is_mirrored=get_language_bidi(),
        theme=theme,
    )
    right = [place for place, row in enumerate(card.options) if row.right]

    def draw(sheet: Sheet) -> None:
        kind.draw(sheet, tally, right)
        _draw_rounds(sheet, card, poll, is_moderator=is_moderator)

    return draw_picture(caption, draw)


def _draw_rounds(sheet: Sheet, card: PollCard, poll: Poll, *, is_moderator: bool) -> None:
    """Draw the comparison with the previous round, if both are over and visible."""
    earlier = round_before(poll)
    before = card_for(earlier, is_moderator=is_moderator) if earlier else None
    rounds = with_rounds([before, card])[1].rounds if before else None
    if rounds is None:
        return
    counted = ((rounds.before, rounds.voted_before), (rounds.after, rounds.voted))
    first, second = (f"{_('round %(round)s') % {'round': number}}: n = {voted}" for number, voted in counted)
    heading = _("Compared with round %(round)s") % {"round": rounds.before}
    draw_rounds(sheet, rounds, (first, second), heading)


def _remarks_of_state(card: PollCard, *, is_secret: bool) -> Iterator[str]:
    """Return the remark for a picture that shows an unfinished or hidden result."""
    if card.is_live:
        yield _("Live, voting open")
    if is_secret:
        yield _("Only moderators see the results.")


def source_of(session: Session) -> str:
    """Return "OpenDev: Containers in Production · Scaling clusters · 10 August 2020"."""
    event = session.event
    day = day_words(session.starts_at.astimezone(event.zone), "j F Y")
    names = (ISOLATED.format(name) for name in (event.name, session.title_with_part))
    return " · ".join([*names, day])


def _described(card: PollCard, tally: Tally) -> Iterator[str]:
    for row in card.kind.rows(tally)[:DESCRIBED]:
        yield f"{tally.options[row.index].text}: {row.line}."
