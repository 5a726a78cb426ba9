"""Words: their rules, the key that makes spellings one, and the cloud, alike on the server and in the script."""

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import opendev
from opendev.core.errors import Malformed
from polls.kinds import KINDS, Counted, Tally, is_blocked, merge_key, read_answer, read_quick_line
from polls.kinds.cloud import ROOM, SCREEN, cloud_of, places_of, sizes_of
from polls.services.reading import read_draft

WORDS = KINDS["words"]
KINDS_FOLDER = Path(opendev.__file__).parent / "static" / "companion" / "kinds"

ONE = [
    ("naïve", "naive"), ("ñ", "n"), ("Łódź", "lodz"), ("Đà Nẵng", "da nang"), ("straße", "STRASSE"), ("ﬁn", "fin"),
    ("Ⅳ", "iv"), ("ＡＢＣ", "abc"), ("ｶﾞ", "ガ"), ("①", "1"), ("m²", "m2"), ("İstanbul", "istanbul"),
    ("ISTANBUL", "ıstanbul"), ("ё", "е"), ("مُحَمَّد", "محمد"), ("한", "\u1112\u1161\u11ab"), ("क़", "\u0915\u093c"),
    ("et\u00adcd", "etcd"), ("می\u200cخواهم", "میخواهم"), ("don’t", "don't"), ("ö", "o"), ("ΟΔΟΣ", "οδός"),
    ("  live   migration ", "Live migration"), ("etcd.", "etcd"), ("æ", "ae"),
]  # fmt: skip
APART = [
    ("か", "が"), ("ハス", "バス"), ("かき", "カキ"), ("कुल", "कल"), ("กิน", "กัน"), ("ไทย์", "ไทย"), ("й", "и"),
    ("Київ", "Киів"), ("أ", "ا"), ("C++", "C"), ("C#", "C"), (".NET", "NET"), ("co-op", "coop"), ("ä", "ae"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ONE)
def test_spellings_of_one_word_have_one_key(one, other):
    assert merge_key(one) == merge_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_words_have_other_keys(one, other):
    assert merge_key(one) != merge_key(other)


def test_key_of_a_key_is_itself_for_every_sign():
    signs = (chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000)
    keys = (merge_key.__wrapped__(sign) for sign in signs)
    assert [key for key in keys if merge_key.__wrapped__(key) != key] == []


@given(st.text(min_size=1, max_size=40))
def test_key_is_never_empty_nor_longer_than_its_column(text):
    assert len(merge_key(text * 8)) <= 120
    assert merge_key(text) or not text.strip()


@pytest.mark.parametrize(
    ("text", "blocked", "said"),
    [
        ("Damn", "damn", True), ("damn it", "DAMN", True), ("well, damn!", "damn", True),
        ("damnation", "damn", False),
        ("dämn", "damn", True), ("so what now", "what now", True), ("とても馬鹿です", "馬鹿", True),
        ("class", "ass", False),
    ],
)  # fmt: skip
def test_blocked_words_are_found_as_words(text, blocked, said):
    assert is_blocked(merge_key(text), {merge_key(blocked)}) is said


# --- rules and answers


@pytest.mark.parametrize(
    ("line", "draft"),
    [
        ("What blocks you? [words]", {"kind": "words"}),
        ("What blocks you? [word]", {"kind": "words"}),
        ("What blocks you? [words 3]", {"kind": "words", "max": 3}),
        ("What blocks you? [Words ٣, approve]", {"kind": "words", "max": 3, "rules": {"approve": True}}),
    ],
)
def test_quick_line_asks_for_words(line, draft):
    assert read_quick_line(line) == {"question": "What blocks you?", **draft}


def test_draft_of_words_has_no_options():
    made = read_draft({"question": "Q", "kind": "words", "max": 5})
    assert (made.options, made.rules, made.min, made.max) == ((), {"approve": False}, 1, 5)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("max", {"max": 6}),
        ("max", {"min": 3, "max": 2}),
        ("options", {"options": [{"text": "a"}, {"text": "b"}]}),
        ("rules", {"rules": {"length": 3}}),
        ("rules", {"rules": []}),
        ("approve", {"rules": {"approve": "yes"}}),
    ],
)
def test_rules_that_ask_for_no_words_are_refused_by_their_field(field, more):
    with pytest.raises(Malformed) as refused:
        read_draft({"question": "Q", "kind": "words", **more})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("words", ["etcd", ["a"] * 6, ["x" * 41], [""], [3], ["\u0000"], ["\u200b"], None])
def test_words_of_another_shape_are_malformed(words):
    with pytest.raises(Malformed) as refused:
        read_answer({"words": words})
    assert set(refused.value.fields) == {"words"}


# --- what is said


def tally(*counts, different=None):
    options = [Counted(f"word{n}", count, None, str(n)) for n, count in enumerate(counts)]
    return Tally({}, sum(counts), options, len(counts) if different is None else different)


@pytest.mark.parametrize(
    ("counts", "note"),
    [
        ([], ""),
        ([3], "Most named: word0 (3)."),
        ([9, 5, 2, 1], "Most named: word0 (9), word1 (5), word2 (2)."),
        ([9, 5, 2, 2], "Most named: word0 (9), word1 (5)."),
        ([9, 2, 2, 2], "Most named: word0 (9)."),
        ([1, 1, 1, 1], "Most named: word0 (1), word1 (1), word2 (1)."),
    ],
)
def test_note_names_the_most_named_and_parts_no_equals(counts, note):
    assert WORDS.note_of(tally(*counts)) == note


def test_result_says_how_many_words_there_are_beyond_those_told():
    assert WORDS.result(tally(3, 2, different=12)) == {"different": 12, "more": 10}
    assert WORDS.sentences_of(tally(3, 2, different=12))[1] == "12 different words were written."


# --- the cloud


texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "M", "P", "So"]), min_size=1, max_size=40)
words = st.lists(
    st.tuples(texts, st.integers(1, 200)), min_size=1, max_size=30, unique_by=lambda word: word[0]
)


def ranked(found):
    return sorted(found, key=lambda word: -word[1])


def drawn(found, box, kept=None):
    return [place for place in places_of(found, sizes_of(found, box), box, kept or {}) if place is not None]


@settings(max_examples=40, deadline=None)
@given(words)
def test_words_are_inside_the_box_and_never_meet(found):
    for box in (ROOM, SCREEN):
        places = [place for _size, place in drawn(ranked(found), box)]
        for n, one in enumerate(places):
            assert one.width <= 2 * one.x <= 2 * box.width - one.width
            assert one.height <= 2 * one.y <= 2 * box.height - one.height
            for other in places[:n]:
                apart = 2 * abs(one.x - other.x) >= one.width + other.width
                assert apart or 2 * abs(one.y - other.y) >= one.height + other.height


def test_letters_are_never_smaller_than_can_be_read_from_the_last_row():
    cloud = cloud_of([(str(n), f"word number {n}", 200 - n) for n in range(100)], 130, box=SCREEN)
    assert min(word["size"] for word in cloud["words"]) >= 34
    assert cloud["left"] == 130 - len(cloud["words"]) > 0


def test_longest_words_are_in_the_picture_where_they_fit_at_all():
    assert cloud_of([("1", "Donaudampfschifffahrtsgesellschaftskapit", 3)], 1)["words"]
    assert cloud_of([("1", "漢" * 40, 3)], 1)["words"] == []


def test_one_more_vote_moves_no_word(script):
    options = [{"id": str(n), "text": f"word{n}", "count": 30 - 2 * n} for n in range(12)]
    before = {word["id"]: (word["x"], word["y"]) for word in script("cloudOf", options, "ROOM", [])}
    options[5]["count"] += 1
    after = script("cloudOf", options, "ROOM", [[word, list(at)] for word, at in before.items()])
    assert all(far(word, before) == 0 for word in after)
    overtaken = sorted(options, key=lambda option: option["id"] != "4" and -option["count"])
    later = script("cloudOf", overtaken, "ROOM", [[word, list(at)] for word, at in before.items()])
    assert sum(far(word, before) == 0 for word in later) >= len(before) - 2


def far(word, before):
    x, y = before[word["id"]]
    return abs(word["x"] - x) + abs(word["y"] - y)


@pytest.fixture(scope="module")
def script(browser_thread):
    """`script("cloudOf", options, box, kept)` calls cloud.js in the browser."""
    source = base64.b64encode((KINDS_FOLDER / "cloud.js").read_bytes()).decode()

    def open_page(chromium):
        page = chromium.new_context().new_page()
        page.evaluate(
            "async (s) => { self.cloud = await import('data:text/javascript;base64,' + s) }", source
        )
        return page

    page = browser_thread(open_page)
    call = "([name, words, box, kept]) => self.cloud[name](words, self.cloud[box], new Map(kept))"
    yield lambda *values: browser_thread(lambda _chromium: page.evaluate(call, list(values)))
    browser_thread(lambda _chromium: page.context.close())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=words)
def test_server_and_script_draw_the_same_cloud(script, found):
    counted = [(str(n), text, count) for n, (text, count) in enumerate(ranked(found))]
    options = [{"id": pk, "text": text, "count": count} for pk, text, count in counted]
    for name, box in (("ROOM", ROOM), ("SCREEN", SCREEN)):
        assert script("cloudOf", options, name, []) == cloud_of(counted, len(counted), box=box)["words"]
