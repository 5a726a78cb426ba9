"""The recap as a document: paragraphs, each made of sentences with their sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opendev.core.punctuation import join_sentences, marks
from sessions.recap.models import RecapEdit

# The kinds that are more than text: their content is in `facts`.
TITLE, LEDE, FIGURE, THANKS, DAY, SESSION = "title", "lede", "figure", "thanks", "day", "session"
BY_LINE, PROSE, POLL, QUESTION, LINE, LINKS, STEP = (
    "by_line",
    "prose",
    "poll",
    "question",
    "line",
    "links",
    "step",
)
RESOURCE = "resource"
BOX, BASE = "text-", "base-"  # prefixes of a paragraph's key: its box on a page, and its drafted text
FIXED = frozenset({FIGURE, LINKS, RESOURCE})  # no text of their own: they can be left out, but not rewritten


LABELS = {
    TITLE: gettext_noop("Headline"),
    LEDE: gettext_noop("Introduction"),
    FIGURE: gettext_noop("Figure"),
    THANKS: gettext_noop("Thanks"),
    DAY: gettext_noop("Day"),
    SESSION: gettext_noop("Session"),
    BY_LINE: gettext_noop("Who"),
    PROSE: gettext_noop("Text"),
    POLL: gettext_noop("Poll"),
    QUESTION: gettext_noop("Question"),
    LINE: gettext_noop("Follow-up"),
    LINKS: gettext_noop("Links"),
    STEP: gettext_noop("Next step"),
    RESOURCE: gettext_noop("Resource"),
}


def anchor_of(key: str) -> str:
    """Return the anchor of a paragraph on a page."""
    return key.replace("/", "-")


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a sentence or a number: as text, and as an address."""

    label: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with its source."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One part of the recap. Its `key` stays the same from draft to draft, so that edits can be matched."""

    key: str
    kind: str
    sentences: tuple[Sentence, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text without its sources."""
        return join_sentences(sentence.text for sentence in self.sentences)

    def as_json(self) -> dict[str, Any]:
        """Return the paragraph in its stored form."""
        said = [
            {"text": s.text, "source": s.source.label, "address": s.source.address} for s in self.sentences
        ]
        return {"key": self.key, "kind": self.kind, "sentences": said, "facts": dict(self.facts)}


def paragraphs_of(kept: Iterable[Mapping[str, Any]]) -> list[Paragraph]:
    """Return paragraphs from their stored form."""
    return [
        Paragraph(
            one["key"],
            one["kind"],
            tuple(Sentence(s["text"], Source(s["source"], s["address"])) for s in one["sentences"]),
            one["facts"],
        )
        for one in kept
    ]


@dataclass(frozen=True, slots=True)
class Worked:
    """A paragraph of the draft with the editor's change."""

    drafted: Paragraph
    edit: RecapEdit | None = None
    is_gone: bool = False  # the data that it was drafted from no longer exists

    @property
    def is_edited(self) -> bool:
        """Whether the text is the editor's."""
        return self.edit is not None and self.edit.text is not None

    @property
    def is_left_out(self) -> bool:
        """Whether the editor left it out."""
        return self.edit is not None and self.edit.is_left_out

    @property
    def differs(self) -> bool:
        """Whether the draft has changed since the editor rewrote it."""
        return self.edit is not None and self.is_edited and self.edit.base != self.drafted.text

    @property
    def text(self) -> str:
        """The text as it will be published."""
        return self.edit.text or "" if self.edit is not None and self.is_edited else self.drafted.text

    @property
    def anchor(self) -> str:
        """The paragraph's anchor on the page."""
        return anchor_of(self.drafted.key)

    @property
    def box(self) -> str:
        """The name of the paragraph's box on the editor's page."""
        return f"{BOX}{self.drafted.key}"

    @property
    def label(self) -> str:
        """What kind of paragraph it is, in a word."""
        return _(LABELS[self.drafted.kind])

    @property
    def sources(self) -> list[Source]:
        """The draft's sources, each once."""
        return list(dict.fromkeys(sentence.source for sentence in self.drafted.sentences))

    @property
    def shown(self) -> str:
        """The content of a paragraph without text of its own."""
        links = [link["url"] for link in self.drafted.facts.get("links", [])]
        return " · ".join(links) or self.drafted.text

    @property
    def rows(self) -> int:
        """The height of the field, in lines."""
        return min(max(len(self.text) // 60 + 1, 1), 12)

    @property
    def can_be_rewritten(self) -> bool:
        """Whether it consists of text."""
        return self.drafted.kind not in FIXED

    def as_published(self) -> Paragraph:
        """Return the paragraph with the editor's text; its sources are the editor, and those of the draft."""
        if self.edit is None or not self.is_edited:
            return self.drafted
        semicolon = marks().semicolon
        labels = semicolon.join(dict.fromkeys(s.source.label for s in self.drafted.sentences))
        label = _("Edited by %(name)s") % {"name": self.edit.edited_by}
        origin = join_sentences((_("drafted from:"), labels))
        source = Source(f"{label}{semicolon}{origin}" if labels else label)
        words = (Sentence(self.text, source),) if self.text else ()
        return replace(self.drafted, sentences=words)


def worked_on(drafted: Sequence[Paragraph], edits: Iterable[RecapEdit]) -> list[Worked]:
    """Return the draft with the newest edit of each paragraph; edits of paragraphs that no longer exist come last."""
    newest = {edit.key: edit for edit in edits}
    found = [Worked(paragraph, newest.pop(paragraph.key, None)) for paragraph in drafted]
    gone = [edit for edit in newest.values() if edit.text is not None]
    return found + [Worked(Paragraph(edit.key, PROSE), edit, is_gone=True) for edit in gone]


def to_publish(worked: Iterable[Worked]) -> list[Paragraph]:
    """Return the paragraphs to publish: without those that were left out, and without sessions that were left out."""
    present = [one for one in worked if not one.is_gone]
    left_out = {_session_of(one) for one in present if one.drafted.kind == SESSION and one.is_left_out} - {
        None
    }
    return [one.as_published() for one in present if not one.is_left_out and _session_of(one) not in left_out]


def _session_of(one: Worked) -> Any:
    return one.drafted.facts.get("session")
