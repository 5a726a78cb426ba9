"""Templates are read without what only their editors need."""

from types import SimpleNamespace

import pytest
from django.template import Context, Origin, Template, engines

from opendev.core.templates import without_indents
from tests.support.strict_templates import OURS, MissingAttribute


def test_indents_and_empty_lines_go_and_what_is_written_stays():
    source = '<p\n  class="a"\n>\n\n    One\n    two</p>\n<pre>\n  a\n\n  b</pre>\n  <b>x</b>\n'
    source += '<textarea\n  rows="3">\n  c</textarea>'
    assert without_indents(source) == (
        '<p\nclass="a"\n>\nOne\ntwo</p>\n<pre>\n  a\n\n  b</pre>\n<b>x</b>\n<textarea\n  rows="3">\n  c</textarea>'
    )


def rendered(source, *, of=OURS):
    given = {"card": SimpleNamespace(title="Title", owner=None), "errors": {}, "rows": ["a"]}
    origin = Origin(str(of / "planted.html"), "planted.html")
    return Template(source, origin, "planted.html", engine=engines["django"].engine).render(Context(given))


@pytest.mark.parametrize(
    "source",
    [
        "{{ card.titel }}",
        "{{ card.titel|upper }}",
        "{{ card.titel|default:'none' }}",
        "{{ rows.0.titel }}",
        "{% if card.titel %}x{% endif %}",
        "{% for row in card.rows %}x{% endfor %}",
        "{% with title=card.titel %}x{% endwith %}",
        "{% blocktranslate with title=card.titel %}{{ title }}{% endblocktranslate %}",
        "{% include 'partials/icon.html' with name=card.icon %}",
    ],
)
def test_template_that_names_a_missing_attribute_fails_its_test(source):
    with pytest.raises(MissingAttribute, match=r"planted\.html names (card|rows)"):
        rendered(source)
    if "include" not in source:
        rendered(source, of=OURS.parent / "of-others")


def test_what_may_be_missing_is_printed_as_in_production():
    assert (
        rendered("({{ nobody }}{{ nobody.name }}{{ errors.title }}{{ card.owner.name }}{{ card.title }})")
        == "(Title)"
    )
    assert rendered("{% if errors.title or card.owner %}x{% else %}y{% endif %}") == "y"
