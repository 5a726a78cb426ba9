"""Pictures to download: whole and valid whatever people wrote, with all words and counts, inside their edges."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.kinds import KINDS, Counted, Tally
from polls.kinds.pictures.frame import Caption, draw_picture
from polls.kinds.pictures.sheet import END, MARGIN, PALETTES, THEMES, WIDTH, Sheet
from polls.kinds.pictures.wrapping import clusters_of, runs_from_right, width_of, wrapped
from tests.polls.kinds.picture_tallies import OWN_TEXTS, tally_of_kind

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"title", "desc", "rect", "line", "circle", "polyline", "text"}
HEBREW, ARABIC = "עברית או ערבית?", "هل تشغّل العنقود بنفسك؟"
JAPANESE = "クラスターの更新はどのくらいの頻度で行っていますか。毎週、毎月、それとも年に一度でしょうか。"
HARD = [
    "</text><script>alert(1)</script>&amp;",
    ARABIC,
    JAPANESE,
    "W" * 200,
    "👩‍👩‍👧‍👦 🇫🇷🇩🇪 naïve ﬁn",
    "ไม่มีเวลาอัปเกรดระบบคลัสเตอร์ทั้งหมดก่อนสิ้นปี",
    "bell\x07 and \ufffe",
]


def picture(kind: str, tally: Tally, *, question: str = "Which?", right=(), is_mirrored=False, theme="light"):
    """The document, and its root element."""
    caption = Caption(
        label="Poll 2",
        question=question,
        summary=[KINDS[kind].note_of(tally)],
        counted="12 people voted.",
        remarks=[],
        source="OpenDev · Scaling",
        rows=["a: 1 vote, 100%."],
        language="en",
        is_mirrored=is_mirrored,
        theme=theme,
    )
    document = draw_picture(caption, lambda sheet: KINDS[kind].draw(sheet, tally, right))
    return document, ElementTree.fromstring(document.encode())


def texts_in(root) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("kind", KINDS)
def test_picture_holds_question_options_counts_and_source(kind):
    tally = tally_of_kind(kind)
    _document, root = picture(kind, tally, question="Which of these do you run?")
    written = squeezed("".join(texts_in(root)))
    for words in ("Poll 2", "Which of these do you run?", "12 people voted.", "OpenDev · Scaling"):
        assert squeezed(words) in written
    for option in tally.options:
        assert squeezed(option.text) in written
        if option.count > 1:
            assert str(option.count) in written
    assert root.get("width") == str(WIDTH)
    assert root.find(f"{SVG}title").text == "Which of these do you run?"
    assert "12 people voted. a: 1 vote, 100%." in root.find(f"{SVG}desc").text


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_picture_is_valid_and_inside_its_edges_whatever_people_wrote(kind, is_mirrored):
    for text in HARD:
        tally = tally_of_kind(kind, text if kind in OWN_TEXTS else None)
        _document, root = picture(kind, tally, question=text[:300], right=[0], is_mirrored=is_mirrored)
        assert {element.tag.removeprefix(SVG) for element in root.iter()} - {"svg"} <= DRAWN
        height = float(root.get("height"))
        for shape in root.iter(f"{SVG}rect"):
            x, y, wide, high = (float(shape.get(name, 0)) for name in ("x", "y", "width", "height"))
            assert min(x, y) >= 0
            assert x + wide <= WIDTH + 0.1
            assert y + high <= height + 0.1
        for words in root.iter(f"{SVG}text"):
            assert 0 <= float(words.get("y")) <= height
            near, far = edges_of(words)
            assert near >= MARGIN - 30, words.text
            assert far <= END + 30, words.text


def edges_of(words) -> tuple[float, float]:
    """Where a line of text begins and ends, from left to right."""
    x, size = float(words.get("x")), float(words.get("font-size"))
    wide = width_of(words.text or "", size, bold=words.get("font-weight") is not None)
    anchor = words.get("text-anchor", "start")
    if anchor == "middle":
        return x - wide / 2, x + wide / 2
    begins_left = (anchor == "start") != (words.get("direction") == "rtl")
    return (x, x + wide) if begins_left else (x - wide, x)


@pytest.mark.parametrize("kind", KINDS)
def test_picture_of_no_votes_is_drawn_too(kind):
    tally = tally_of_kind(kind)
    nobody = [Counted(o.text, 0, o.value, o.id, above=[0] * len(o.above)) for o in tally.options]
    empty = Tally(tally.rules, 0, nobody if not KINDS[kind].is_written or tally.values else [])
    assert texts_in(picture(kind, empty)[1])
    assert texts_in(picture(kind, Tally(tally.rules, 0, []))[1])


@pytest.mark.parametrize("kind", KINDS)
def test_picture_loads_nothing_and_runs_nothing(kind):
    document, root = picture(kind, tally_of_kind(kind))
    assert not re.search(r"href|style=|<style|<script|url\(|\son\w+=|<!", document)
    assert document.count("http") == 1  # the name of the namespace
    assert root.get("font-family") == "system-ui, sans-serif"


@pytest.mark.parametrize("theme", THEMES)
def test_themes_have_the_colours_of_the_pages(theme):
    document, _root = picture("single", tally_of_kind("single"), theme=theme)
    assert set(re.findall(r"#[0-9a-f]{6}", document)) <= {
        getattr(PALETTES[theme], name) for name in PALETTES[theme].__slots__
    }


def test_right_answer_has_a_tick_and_a_word():
    _document, root = picture("single", tally_of_kind("single"), right=[1])
    assert texts_in(root).count("Right") == 1
    assert len(list(root.iter(f"{SVG}polyline"))) == 1


def test_mirrored_picture_begins_on_the_right():
    tally = tally_of_kind("single")
    plain, turned = (picture("single", tally, is_mirrored=is_mirrored)[1] for is_mirrored in (False, True))
    bars = [next(s for s in root.iter(f"{SVG}rect") if s.get("rx")) for root in (plain, turned)]
    left, right = float(bars[0].get("x")), float(bars[1].get("x")) + float(bars[1].get("width"))
    assert left == pytest.approx(WIDTH - right)


def test_text_of_either_direction_stands_at_the_same_edge():
    for is_mirrored in (False, True):
        for words in ("latin", HEBREW, "42"):
            sheet = Sheet(PALETTES["light"], is_mirrored=is_mirrored)
            sheet.text(words, 100, 50, 20)
            near, far = edges_of(ElementTree.fromstring(sheet.shapes[0]))
            assert (WIDTH - far if is_mirrored else near) == pytest.approx(100)


# --- lines


@given(text=st.text(max_size=120), width=st.integers(60, 800))
def test_lines_hold_the_text_and_no_line_is_too_wide(text, width):
    lines = wrapped(text, width, 20)
    assert squeezed("".join(lines)) == squeezed(text)
    for line in lines:
        assert width_of(line, 20) <= width or len(clusters_of(line)) == 1


def test_japanese_breaks_between_signs_and_no_line_begins_with_a_full_stop():
    lines = wrapped(JAPANESE, 400, 28)
    assert len(lines) > 3
    assert "".join(lines) == JAPANESE
    assert not any(line[0] in "。、ー" for line in lines)


def test_words_stay_whole_where_they_fit():
    assert wrapped("containers in production", 200, 20) == ["containers in", "production"]
    assert wrapped("", 200, 20) == [""]


def test_what_is_seen_as_one_sign_is_never_parted():
    assert clusters_of("e\u0301👩‍👧🇫🇷🇩🇪👍🏽") == ["e\u0301", "👩‍👧", "🇫🇷", "🇩🇪", "👍🏽"]


def test_direction_is_that_of_the_first_letter():
    assert [runs_from_right(text) for text in (ARABIC, "42 " + HEBREW, "a " + HEBREW, "42%")] == [
        True,
        True,
        False,
        None,
    ]
