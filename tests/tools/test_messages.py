"""The catalogues: what is gathered from the sources, what is kept of a translation, and what is wrong with one."""

import gettext
import io

import polib
import pytest

from tools.messages import catalogues, rules
from tools.messages.__main__ import check, two_in_one
from tools.messages.sources import NotATextError, Source, all_sources, texts_of_module, texts_of_template

IMPORT = "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"


def module(source: str) -> list[tuple[str, str, str]]:
    return [(text.context, text.text, text.plural) for text in texts_of_module(IMPORT + source, "a.py")]


def template(source: str) -> list[tuple[str, str, str]]:
    return [(text.context, text.text, text.plural) for text in texts_of_template(source, "a.html")]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('_("one")', [("", "one", "")]),
        ('f"{_("inside")} {name}"'.replace('_("inside")', "_('inside')"), [("", "inside", "")]),
        ('_("a " "b")', [("", "a b", "")]),
        ('ngettext("%(n)d vote", "%(n)d votes", n)', [("", "%(n)d vote", "%(n)d votes")]),
        ('pgettext_lazy("of a scale", "Low")', [("of a scale", "Low", "")]),
        ("_(LABELS[kind])", []),
        ('other("one")', []),
        ('at = models.DateTimeField(_("seen at"), help_text=_("help"))', [("", "help", "")]),
        ('class Meta:\n    verbose_name = _("poll")', []),
    ],
)
def test_texts_of_a_module(source: str, texts: list[tuple[str, str, str]]):
    assert module(source) == texts


def test_a_function_is_known_by_what_the_module_calls_it():
    source = "from django.utils.translation import gettext as _now\n_now('one')\n_('two')\n"
    assert [text.text for text in texts_of_module(source, "a.py")] == ["one"]


def test_what_a_comment_says_reaches_the_translator():
    source = IMPORT + "# Translators: a verb\n_('Set')\n_('Reset')\n"
    assert [text.comment for text in texts_of_module(source, "a.py")] == ["Translators: a verb", ""]


@pytest.mark.parametrize("source", ['_(f"of {name}")', '_("a" + name)'])
def test_a_text_that_is_put_together_is_an_error(source: str):
    with pytest.raises(NotATextError, match=r"a\.py:2"):
        module(source)


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{% translate "one" %}', [("", "one", "")]),
        ("{% translate 'say \"hi\"' %}", [("", 'say "hi"', "")]),
        ('{% translate "Set" context "verb" %}', [("verb", "Set", "")]),
        ("{% translate name %}", []),
        ('{% translate "50% of it" %}', [("", "50%% of it", "")]),
        ('{% include "a.html" with label=_("Name") value=x %}', [("", "Name", "")]),
        ("{% blocktranslate %}of {{ name }}: 5%{% endblocktranslate %}", [("", "of %(name)s: 5%%", "")]),
        ("{% blocktranslate trimmed %}\n  a\n  b\n{% endblocktranslate %}", [("", "a b", "")]),
        (
            "{% blocktranslate count n=n %}{{ n }} vote{% plural %}{{ n }} votes{% endblocktranslate %}",
            [("", "%(n)s vote", "%(n)s votes")],
        ),
        ('{% counted "votes" "{count} vote" "{count} votes" %}', [("", "{count} vote", "{count} votes")]),
    ],
)
def test_texts_of_a_template(source: str, texts: list[tuple[str, str, str]]):
    assert template(source) == texts


def test_a_text_is_there_with_a_plural_or_without_it():
    counted = Source("vote", "votes", "", "a.py", 1)
    assert two_in_one([counted, Source("vote", "", "a context", "a.py", 2)]) is None
    wrong = two_in_one([counted, Source("vote", "", "", "b.py", 7)])
    assert wrong is not None
    assert wrong.path == "b.py"


def test_the_product_can_be_gathered():
    texts = {source.text for source in all_sources()}
    assert {"Join", "{count} vote", "%(event)s, day %(number)d", "vote"} <= texts
    assert two_in_one(all_sources()) is None


def entry(text: str, translation: str) -> polib.POEntry:
    return polib.POEntry(msgid=text, msgstr=translation)


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Poll %(number)d", "Umfrage %(number)d"),
        ("of %(a)s and %(b)s", "%(b)s und %(a)s"),
        ("{count} of {voted}", "von {voted}: {count}"),
        ("<b>Draft</b>: only you", "<b>Entwurf</b>: nur du"),
        ("5%% of it", "5 %% davon"),
        ('say "hi"', 'sag "hi"'),
    ],
)
def test_a_right_translation(text: str, translation: str):
    assert list(rules.complaints_of(entry(text, translation), "de")) == []


@pytest.mark.parametrize(
    ("text", "translation", "why"),
    [
        ("Poll %(number)d", "Umfrage", "placeholders"),
        ("Poll %(number)d", "Umfrage %(nummer)d", "placeholders"),
        ("Poll %(number)d", "Umfrage %(number)s", "placeholders"),
        ("5%% of it", "5 % davon", "placeholders"),
        ("{count} votes", "{anzahl} Stimmen", "placeholders"),
        ("<b>Draft</b>", "Entwurf", "tags"),
        ("<b>Draft</b>", "<i>Entwurf</i>", "tags"),
        ("<b>a</b> <i>b</i>", "<b>a<i></b> b</i>", "tags"),
        ("Draft", "<b>Entwurf</b>", "tags"),
        ("smaller", "a < b", "angle bracket"),
        ("and", "a & b", "ampersand"),
        ("Close", 'Schließen"', "quotation mark"),
        ("It is", "C'est", "apostrophe"),
        ("one\n", "eins", "line ends"),
    ],
)
def test_a_wrong_translation(text: str, translation: str, why: str):
    assert any(why in complaint for complaint in rules.complaints_of(entry(text, translation), "de"))


def counted(language: str, *forms: str) -> list[str]:
    votes = polib.POEntry(
        msgid="%(n)d vote", msgid_plural="%(n)d votes", msgstr_plural=dict(enumerate(forms))
    )
    return list(rules.complaints_of(votes, language))


def test_every_plural_form_is_there():
    assert counted("pl", "%(n)d głos", "%(n)d głosy", "%(n)d głosów") == []
    assert counted("pl", "%(n)d głos", "%(n)d głosy") == ["2 plural forms, not 3"]
    assert counted("ja", "%(n)d票") == []


def test_the_form_of_one_number_may_leave_it_out():
    assert counted("ar", "لا أصوات", "صوت واحد", "صوتان", "%(n)d أصوات", "%(n)d صوتًا", "%(n)d صوت") == []
    assert counted("ar", "لا أصوات", "صوت واحد", "صوتان", "أصوات", "%(n)d صوتًا", "%(n)d صوت") != []


def test_a_missing_form_is_missing():
    assert rules.is_missing(polib.POEntry(msgid="a", msgid_plural="b", msgstr_plural={0: "x", 1: ""}))
    assert rules.is_missing(polib.POEntry(msgid="a", msgstr="x", flags=["fuzzy"]))
    assert not rules.is_missing(entry("a", "x"))


@pytest.mark.parametrize("language", catalogues.PLURALS)
def test_plural_forms_are_those_that_are_announced(language: str):
    number, _rule = catalogues.PLURALS[language]
    form = rules.plural_rule(language)
    assert {form(count) for count in range(1_000)} == set(range(number))


def test_an_update_keeps_translations_and_proposes_for_what_reads_alike():
    before = catalogues.updated(
        "de", None, catalogues.entries_of([Source("Close the poll", "", "", "a.py", 1)])
    )
    before[0].msgstr = "Umfrage beenden"
    sources = [Source("Close the poll.", "", "", "a.py", 1), Source("vote", "votes", "", "b.py", 2)]
    after = catalogues.updated("de", before, catalogues.entries_of(sources))
    assert (after[0].msgstr, after[0].flags, after[0].previous_msgid) == (
        "Umfrage beenden",
        ["fuzzy"],
        "Close the poll",
    )
    assert after[1].msgstr_plural == {0: "", 1: ""}
    again = catalogues.updated("de", after, catalogues.entries_of(sources))
    assert str(again) == str(after)


def test_what_is_compiled_is_whole_and_approved():
    sources = [Source(text, "", "", "a.py", 1) for text in ("one", "two", "three")]
    catalogue = catalogues.updated("de", None, catalogues.entries_of(sources))
    catalogue[0].msgstr, catalogue[1].msgstr, catalogue[1].flags = "eins", "zwei", ["fuzzy"]
    read = gettext.GNUTranslations(io.BytesIO(catalogues.compiled(catalogue)))
    assert [read.gettext(text) for text in ("one", "two", "three")] == ["eins", "two", "three"]
    assert catalogues.compiled(catalogue) == catalogues.compiled(catalogue)


def test_a_catalogue_in_work_may_lack_texts_but_not_be_wrong(capsys: pytest.CaptureFixture[str]):
    """Every catalogue that is here passes its own check; those that are offered pass the whole one."""
    entries = catalogues.entries_of(all_sources())
    assert {
        language: check(language, entries, is_named=False) for language in catalogues.languages()
    } == dict.fromkeys(catalogues.languages(), 0), capsys.readouterr().err
