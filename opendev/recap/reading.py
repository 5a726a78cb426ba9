"""A recap for its readers: without results and names that may no longer be shown, with footnotes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from opendev.core.languages import shared_language
from opendev.core.punctuation import Marks, gap_after, marks
from opendev.recap.document import (
    BY_LINE,
    DAY,
    FIGURE,
    LINE,
    LINKS,
    POLL,
    PROSE,
    QUESTION,
    RESOURCE,
    SESSION,
    TITLE,
    Paragraph,
    Source,
    anchor_of,
)
from opendev.recap.material import is_of_few, is_told
from opendev.recap.wording import FEWEST, votes
from polls.models import Poll
from polls.selectors import shown_answers_among
from sessions.follow_ups.models import SignUp
from sessions.questions.models import Question
from sessions.questions.permissions import is_public
from sessions.suggestions.selectors import public_ids

NAMES_SHOWN = 4
TALK = "talk"
TALK_KINDS = frozenset({SESSION, BY_LINE, PROSE, QUESTION, LINKS, RESOURCE})
ALONE = frozenset({SESSION, POLL})


@dataclass(frozen=True, slots=True)
class Words:
    """A text and the footnote with its source; None if the next text has the same one.

    `gap` is the separator before the paragraph's next text.
    """

    text: str
    footnote: int | None
    source: Source
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph ready to be shown."""

    paragraph: Paragraph
    words: list[Words]
    names: list[SignUp] = field(default_factory=list)
    more: int = 0

    @property
    def kind(self) -> str:
        """What kind of paragraph it is."""
        return self.paragraph.kind

    @property
    def facts(self) -> Any:
        """Its content in addition to the text."""
        return self.paragraph.facts

    @property
    def text(self) -> str:
        """Its text without footnotes."""
        return self.paragraph.text

    @property
    def marks(self) -> Marks:
        """The separator of names in the article's language."""
        return marks()

    @property
    def anchor(self) -> str:
        """The paragraph's anchor on the page."""
        return anchor_of(self.paragraph.key)


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks under one number in the margin; a day includes its first group."""

    kind: str
    blocks: list[Block]
    begins_with: "list[Group]" = field(default_factory=list)

    @property
    def head(self) -> Block:
        """The first of them: the heading if there is one."""
        return self.blocks[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole recap for its readers."""

    blocks: list[Block]
    sources: list[Source]
    language: str  # of its sentences, by its code

    def of(self, *kinds: str) -> list[Block]:
        """Return the blocks of these kinds."""
        return [block for block in self.blocks if block.kind in kinds]

    @property
    def groups(self) -> list[Group]:
        """The blocks in groups, in order; after a poll a session's text continues in a new group."""
        found: list[Group] = []
        for block in self.blocks:
            kind = TALK if block.kind in TALK_KINDS else block.kind
            if found and found[-1].kind == kind and block.kind not in ALONE:
                found[-1].blocks.append(block)
            else:
                found.append(Group(kind, [block]))
        return _with_days_folded(found)

    @property
    def title(self) -> str:
        """The headline."""
        return next((block.text for block in self.of(TITLE)), "")


def reading_of(paragraphs: Sequence[Paragraph], language: str) -> Reading:
    """Return the recap as everybody may read it now, in at most five queries whatever its length."""
    with shared_language(language):
        return _reading_of(paragraphs, language)


def _reading_of(paragraphs: Sequence[Paragraph], language: str) -> Reading:
    names = _names_of({p.facts["line"] for p in paragraphs if p.kind == LINE})
    readable = list(_without_hidden_words(list(_readable(paragraphs))))
    shown = [_without_small_counts(one) for one in _with_meaning(readable)]
    sources: dict[Source, int] = {}
    blocks = []
    for paragraph in shown:
        listed, count = names.get(paragraph.facts.get("line", 0), ([], 0))
        more = max(count - NAMES_SHOWN, 0)
        blocks.append(Block(paragraph, _words(paragraph, sources), listed[:NAMES_SHOWN], more))
    return Reading(blocks, list(sources), language)


def _readable(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Leave out published content that may no longer be shown: results that are hidden, archived or reset,
    and questions and suggestions that were dismissed, merged or withdrawn."""
    polls = {poll for paragraph in paragraphs for poll in _polls_in(paragraph)}
    public_polls = [poll for poll in Poll.objects.filter(pk__in=polls) if is_told(poll)] if polls else []
    told = {poll.pk for poll in public_polls}
    summed = told - {poll.pk for poll in public_polls if is_of_few(poll)}
    asked = {question for paragraph in paragraphs for question in _questions_in(paragraph)}
    public = {one.pk for one in Question.objects.filter(pk__in=asked) if is_public(one)} if asked else set()
    suggestions = {pk for paragraph in paragraphs for pk in _suggestions_in(paragraph)}
    shown = public_ids(suggestions) if suggestions else set()
    for paragraph in paragraphs:
        are_public = _questions_in(paragraph) <= public and _suggestions_in(paragraph) <= shown
        if _polls_in(paragraph) <= (summed if paragraph.kind == FIGURE else told) and are_public:
            yield paragraph


def _without_hidden_words(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Leave out written answers that a moderator has hidden since: their rows, and every sentence that quotes them."""
    written = {
        row["option"]
        for paragraph in paragraphs
        if paragraph.facts.get("written")
        for row in paragraph.facts["rows"]
    }
    shown = shown_answers_among(written) if written else set()
    for paragraph in paragraphs:
        rows = paragraph.facts.get("rows", []) if paragraph.facts.get("written") else []
        hidden = "|".join(re.escape(row["text"].casefold()) for row in rows if row["option"] not in shown)
        if hidden:
            pattern = re.compile(rf"(?<!\w)(?:{hidden})(?!\w)")
            sentences = tuple(
                sentence for sentence in paragraph.sentences if not pattern.search(sentence.text.casefold())
            )
            rows = [row for row in rows if row["option"] in shown]
            yield replace(paragraph, sentences=sentences, facts={**paragraph.facts, "rows": rows})
        else:
            yield paragraph


def _with_days_folded(groups: list[Group]) -> list[Group]:
    """Put each day's first group into the day's, so that in print no day's heading is alone at the end of a page.

    Firefox and Safari do not support `break-after: avoid`; a single box that does not break works everywhere.
    """
    folded: list[Group] = []
    for group in groups:
        if folded and folded[-1].kind == DAY and not folded[-1].begins_with and group.kind == TALK:
            folded[-1].begins_with.append(group)
        else:
            folded.append(group)
    return folded


def _without_small_counts(paragraph: Paragraph) -> Paragraph:
    """Return a poll in which few people voted without its counts: they reveal more about the people than the room.

    This is done on reading, so that it applies to earlier drafts and publications too.
    """
    ballots = paragraph.facts.get("ballots")
    if paragraph.kind != POLL or not ballots or ballots >= FEWEST:
        return paragraph
    # With the preceding mark, in any language.
    counted = re.compile(rf"[\s,，、،:：;；]*{re.escape(votes(ballots))}")
    said = tuple(
        replace(one, source=replace(one.source, label=counted.sub("", one.source.label)))
        for one in paragraph.sentences
    )
    return replace(
        paragraph, sentences=said, facts={**paragraph.facts, "ballots": None, "rows": [], "few": True}
    )


def _polls_in(paragraph: Paragraph) -> set[int]:
    """Return the polls whose results are in a paragraph."""
    return {paragraph.facts["poll"]} if paragraph.kind == POLL else set(paragraph.facts.get("polls", []))


def _questions_in(paragraph: Paragraph) -> set[int]:
    """Return the question in a paragraph; its key ends with the question's id."""
    return {int(paragraph.key.rpartition("/")[2])} if paragraph.kind == QUESTION else set()


def _suggestions_in(paragraph: Paragraph) -> set[int]:
    """Return the suggested follow-ups in a paragraph."""
    return set(paragraph.facts.get("suggestions", []))


def _with_meaning(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Leave out days without a session."""
    for place, paragraph in enumerate(paragraphs):
        if paragraph.kind == DAY:
            after = paragraphs[place + 1].kind if place + 1 < len(paragraphs) else ""
            if after != SESSION:
                continue
        yield paragraph


def _names_of(lines: set[int]) -> dict[int, tuple[list[SignUp], int]]:
    """Return for each line the names of people who agreed to be listed, and how many there are."""
    found: dict[int, tuple[list[SignUp], int]] = {}
    present = SignUp.objects.present().filter(line__in=lines, shown=True) if lines else SignUp.objects.none()
    for sign_up in present.order_by("line", "signed_up_at", "pk"):
        names, count = found.get(sign_up.line_id, ([], 0))
        found[sign_up.line_id] = ([*names, sign_up] if count < NAMES_SHOWN else names, count + 1)
    return found


def _words(paragraph: Paragraph, sources: dict[Source, int]) -> list[Words]:
    """Return the texts with their footnotes: one mark if several consecutive sentences share a source."""
    said = paragraph.sentences
    found = []
    for place, sentence in enumerate(said):
        number = sources.setdefault(sentence.source, len(sources) + 1)
        is_end = place + 1 == len(said)
        is_last = is_end or said[place + 1].source != sentence.source
        gap = "" if is_end else gap_after(sentence.text)
        found.append(Words(sentence.text, number if is_last else None, sentence.source, gap))
    return found
