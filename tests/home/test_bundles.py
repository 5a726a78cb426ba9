"""Scripts and style sheets: one file each a page, made of the sources that are there; no Node is needed here."""

import re

import pytest

from opendev.home import bundles
from opendev.home.static import COMMENT, LAYER_ORDER, layers_of
from opendev.home.templatetags import page_files
from tests.factories import make_poll, make_session
from tools.page_rules import TEMPLATES, sheet_complaints

SCRIPT_TAG = re.compile(r"<script[^>]*>")
TAG = re.compile(r'{% (?:page_script|preload_script|script_before) "(\w+)" %}')
CLASS = re.compile(r"\.([a-z][\w-]*)")
USED = re.compile(r'class="([^"]*)"')


def _rules(name):
    """Return a sheet's text without what is quoted and without its comments."""
    text = "\n".join((bundles.STATIC / path).read_text() for path in bundles.sheets_of(name))
    return re.sub(r'"[^"]*"', "", COMMENT.sub("", text))


@pytest.fixture(autouse=True)
def fresh_answers():
    caches = bundles.is_script_current, bundles.is_sheet_current
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize("name", bundles.SCRIPTS)
def test_script_was_bundled_from_the_sources_that_are_there(name):
    assert bundles.is_script_current(name), "say `make bundle`"


@pytest.mark.parametrize("name", bundles.SHEETS)
def test_sheet_was_bundled_from_the_sources_that_are_there(name):
    assert bundles.is_sheet_current(name), "say `make bundle`"


def test_every_bundle_is_of_a_page_and_every_page_has_one():
    named = {name for path in TEMPLATES.rglob("*.html") for name in TAG.findall(path.read_text())}
    assert named == bundles.SCRIPTS.keys()
    assert {path.name for path in (bundles.STATIC / bundles.BUILT).iterdir()} == {
        *(f"{name}.js" for name in bundles.SCRIPTS),
        *(f"{name}.css" for name in bundles.SHEETS),
    }


def test_no_page_names_a_script_or_a_sheet_by_itself():
    """It would come without the gate, and unbundled."""
    loads = re.compile(r"""<script[^>]*{% static|rel="stylesheet"[^>]*{% static""")
    named = {path.name for path in TEMPLATES.rglob("*.html") if loads.search(path.read_text())}
    # signed_in.js, which runs in every browser; and what allauth brings for passkeys, which older browsers lack anyway.
    assert named == {"base.html", "scripts.html"}


def test_modules_import_each_other_in_no_circle_and_await_nothing_at_the_top():
    """In one file a circle would turn an error into `undefined`, and neighbours would wait for each other."""
    sources = bundles.STATIC / bundles.SOURCES
    names = {str(path.relative_to(sources).with_suffix("")) for path in sources.rglob("*.js")}
    assert "kinds/index" in names
    assert {name for name in names if name in bundles.imported_by(name)} == set()
    for name in names:
        source = (bundles.STATIC / bundles.SOURCES / f"{name}.js").read_text()
        assert not re.search(r"^(?:const .*=\s*)?await\b", source, re.MULTILINE), name
        assert ("import(" in source) == (name == "kinds/later"), name


def test_mark_changes_with_any_source(monkeypatch, tmp_path):
    folder = tmp_path / bundles.SOURCES
    folder.mkdir()
    for name, text in {
        "gate": "",
        "a": 'import "./gate.js"\nimport { b } from "./b.js"\n',
        "b": 'import "./inner/c.js"\nexport const b = 1\n',
        "inner/c": 'import "../gate.js"\nimport "./d.js"\n',
        "inner/d": "",
    }.items():
        (folder / f"{name}.js").parent.mkdir(exist_ok=True)
        (folder / f"{name}.js").write_text(text)
    monkeypatch.setattr(bundles, "STATIC", tmp_path)
    monkeypatch.setitem(bundles.SCRIPTS, "page", ("a",))
    assert bundles.imported_by("a") == {"gate", "b", "inner/c", "inner/d"}
    marks = {bundles.digest_of_script("page")}
    for name in ("gate", "a", "b", "inner/c", "inner/d"):
        path = folder / f"{name}.js"
        path.write_text(path.read_text() + "// more\n")
        marks.add(bundles.digest_of_script("page"))
    assert len(marks) == 6


def test_page_has_one_script_and_the_way_in_one_sheet(client, db):
    session = make_session(state="live")
    for path, script, sheets in (
        ("/join/", "times", ["pages", "more"]),
        (f"/j/{session.code}/", "page", ["pages"]),
        (session.get_absolute_url(), "room", ["pages"]),
    ):
        page = client.get(path).text
        scripts = SCRIPT_TAG.findall(page)
        assert len(scripts) == 1
        assert re.search(rf'src="/static/bundles/{script}\.\w+\.js"', scripts[0])
        assert re.search(r'data-flat-sheet="/static/companion/flat\.\w+\.css"', scripts[0])
        assert re.findall(r'rel="stylesheet" href="/static/bundles/(\w+)\.', page) == sheets


def test_the_way_in_names_nothing_that_the_other_sheet_styles(client, db):
    """A rule for the room in a sheet that the room does not load would be seen by nobody."""
    own = set(CLASS.findall(_rules("pages")))
    only_more = set(CLASS.findall(_rules("more"))) - own
    assert {"bulk", "keys-open"} <= only_more
    session = make_session(state="live")
    make_poll(session)
    for path in (f"/j/{session.code}/", session.get_absolute_url()):
        used = {name for names in USED.findall(client.get(path).text) for name in names.split()}
        assert used & only_more == set()


def test_sources_are_loaded_with_debug_and_where_a_bundle_is_older(settings, monkeypatch):
    settings.DEBUG = True
    assert "bundles/" not in page_files.page_styles("pages") + page_files.page_script("programme")
    assert page_files.page_script("programme").count("<script") == 7
    assert page_files.page_styles(*bundles.SHEETS).count("stylesheet") == len(bundles.all_sheets())
    assert page_files.preload_script("room") == ""
    settings.DEBUG = False
    assert page_files.page_script("programme").count("<script") == 1
    assert "bundles/room" in page_files.preload_script("room")
    monkeypatch.setattr(bundles, "is_script_current", lambda name: False)
    monkeypatch.setattr(bundles, "is_sheet_current", lambda name: False)
    assert "bundles/" not in page_files.page_styles("pages") + page_files.page_script("programme")
    assert page_files.preload_script("room") == ""


@pytest.mark.parametrize("name", bundles.SHEETS)
def test_bundled_sheet_has_what_older_browsers_need(name):
    """A bundler may join rules; one that joins `:has` to others would take both from browsers without it."""
    text = (bundles.STATIC / bundles.sheet_path(name)).read_text()
    assert sheet_complaints(text) == []
    bare = LAYER_ORDER.sub("", COMMENT.sub("", text))
    assert "".join(content for layer, content in layers_of(bare) if not layer) == ""
    sources = "\n".join((bundles.STATIC / path).read_text() for path in bundles.sheets_of(name))
    assert text.count("@font-face") == COMMENT.sub("", sources).count("@font-face")


def test_faces_of_a_font_differ_in_their_letters_alone():
    """A browser chooses a range of weights, and asks no face of another one for letters: ü came from elsewhere."""
    faces = re.findall(
        r"@font-face \{(.*?)\}", (bundles.STATIC / "companion/companion.css").read_text(), re.DOTALL
    )
    rest = {re.sub(r"\s+(?:src|unicode-range):.*?;", "", face, flags=re.DOTALL) for face in faces}
    assert (len(faces), len(rest)) == (3, 1)
    assert all(
        (bundles.STATIC / "companion" / path).is_file()
        for path in re.findall(r'url\("(.*?)"\)', "".join(faces))
    )
