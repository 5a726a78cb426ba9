"""Documents and changesets for Hypothesis: short, so that edits meet, and full of what is odd."""

from hypothesis import strategies as st

from etherpad_links.easysync import Changeset, Document, Op, to_units
from etherpad_links.easysync.documents import NO_ATTRIBUTES, sorted_attributes

ATTRIBUTES = [
    NO_ATTRIBUTES,
    sorted_attributes([("author", "a.ann")]),
    sorted_attributes([("author", "a.bob"), ("bold", "true")]),
    sorted_attributes([("author", "a.ann"), ("insertorder", "first"), ("list", "bullet1"), ("lmkr", "1")]),
]
# What a change to kept text may say; an empty value takes a key away.
CHANGES = [
    NO_ATTRIBUTES,
    NO_ATTRIBUTES,
    sorted_attributes([("bold", "")]),
    sorted_attributes([("bold", "true"), ("list", "number1")]),
    sorted_attributes([("bold", "false")]),
]

texts = st.lists(st.sampled_from(["a", "b", "*", "\n", "\n", "é", "😀"]), max_size=12).map("".join)
attributes = st.sampled_from(ATTRIBUTES)


@st.composite
def documents(draw) -> Document:
    text = to_units(draw(texts) + "\n")
    marks = draw(st.lists(attributes, min_size=len(text), max_size=len(text)))
    return Document(text, tuple(marks))


@st.composite
def changesets(draw, document: Document, *, author: str = "") -> Changeset:
    """Any changeset for a document that leaves its last newline alone. With an author, all it inserts is theirs."""
    left = len(document.text) - 1
    ops = []
    for kind in draw(st.lists(st.sampled_from("+-=="), max_size=7)):
        if kind == "+":
            text = to_units(draw(texts))
            mark = (
                sorted_attributes({**dict(draw(attributes)), "author": author}.items())
                if author
                else draw(attributes)
            )
            ops.append(Op("+", len(text), text, mark))
        else:
            length = draw(st.integers(0, left))
            left -= length
            changed = draw(st.sampled_from(CHANGES)) if kind == "=" else NO_ATTRIBUTES
            ops.append(Op(kind, length, "", changed))
    return Changeset.build(len(document.text), ops)


@st.composite
def edited_twice(draw) -> tuple[Document, Changeset, Changeset]:
    """A document and two changesets that were made from it at once."""
    document = draw(documents())
    return document, draw(changesets(document)), draw(changesets(document))
