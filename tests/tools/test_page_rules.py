import pytest

from tools import page_rules


@pytest.mark.parametrize(
    "source",
    [
        "<script src=\"{% static 'room.js' %}\" defer></script>",
        '<script type="application/json">{"a": 1}</script>',
        '{# <p style="x"> #}{% comment %}<p onclick="x">{% endcomment %}',
        '<a {% if live %}class="on"{% endif %} href="{% url \'room\' event=event.slug %}">{{ title }}</a>',
        '<a href="https://etherpad.example.org/p/x">pad</a>',
        '<p data-on="1" data-style="bar">on style= and onclick=</p>',
    ],
)
def test_clean_template_has_no_complaints(source: str):
    assert page_rules.template_complaints(source) == []


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('<p style="width: {{ share }}%">', "style attribute"),
        ("<p {% if x %}style='a'{% endif %}>", "style attribute"),
        ("<style>p { color: red }</style>", "<style> element"),
        ('<button onclick="go()">', "onclick"),
        ("<body ONLOAD=go()>", "onload"),
        ("<script>go()</script>", "inline script"),
        ('<script type="module">go()</script>', "inline script"),
        ('<a href="javascript:go()">', "javascript: address"),
        ('<img src="//cdn.example.org/x.png">', "another host"),
        ('<link rel="stylesheet" href="https://fonts.example.org/x.css">', "another host"),
    ],
)
def test_template_complaint_names_line_and_fault(source: str, word: str):
    found = page_rules.template_complaints(f"{{% if a\n%}}\n<p>\n{source}")
    assert [line for line, _ in found] == [4]
    assert word in found[0][1]


def test_long_line_of_a_template_is_named_unless_a_sentence_or_an_address_makes_it_long():
    sentence = f'<p>{{% translate "{"long " * 40}" %}}</p>'
    address = f"<a href=\"{{% url 'room' {'event=event.slug ' * 10} %}}\">x</a>"
    tags = "<p><b></b></p>" * 10
    found = page_rules.template_complaints("\n".join([sentence, address, tags]))
    assert [line for line, _ in found] == [3]
    assert "long line" in found[0][1]


def test_moments_are_shown_in_a_zone_that_is_named():
    allowed = [
        "{{ draft.drafted_at|moment:event }} {{ session.starts_at|date:'c' }}",
        '{{ entry.at|timezone:event.zone|date:"H:i" }} {{ day.date|date:"j F" }}',
        '{% blocktranslate with at=key.used_at|date:"j M Y, H:i" %}Used {{ at }} (UTC){% endblocktranslate %}',
        "{% timezone event.time_zone %}",
        '{{ session.starts_at|date:"H:i" }}',
        "{% endtimezone %}",
    ]
    refused = [
        '{{ card.closes_at|time:"H:i" }}',
        "{{ entry.at|date:'H:i' }}",
        '{% blocktranslate with at=version.published_at|date:"j F Y" %}On {{ at }}{% endblocktranslate %}',
    ]
    found = page_rules.template_complaints("\n".join(allowed + refused))
    assert [line for line, _ in found] == [7, 8, 9]
    assert "closes_at|time" in found[0][1]
    inside = "{# The page that includes this sets the zone. #}"
    assert page_rules.template_complaints("\n".join([inside, *refused])) == []


def test_script_complaints_are_html_and_code_from_strings():
    allowed = ["row.textContent = text", "// never innerHTML = text", "a.innerHTML === b.innerHTML"]
    refused = [
        "row.innerHTML = text",
        "row.outerHTML += text",
        "row.insertAdjacentHTML(at, text)",
        "new Function(text)",
    ]
    found = page_rules.script_complaints("\n".join(allowed + refused))
    assert [line for line, _ in found] == [4, 5, 6, 7]


def test_script_complaints_are_what_older_browsers_do_not_send():
    allowed = [
        "new FormData(form)",
        "press(button)",
        "// new FormData(form, button)",
        "send(new FormData(form), button)",
    ]
    refused = [
        "const body = new FormData(form, button)",
        "new  FormData( form , event.submitter )",
        "form?.requestSubmit()",
    ]
    complaints = page_rules.script_complaints("\n".join(allowed + refused))
    assert [line for line, _ in complaints] == [5, 6, 7]


def test_sheet_complaints_are_decorations_that_take_the_underline_away():
    allowed = [
        "a{text-decoration:none} b{text-decoration: underline; color:red}",
        "a{text-decoration-thickness:1px; text-decoration-color:var(--edge)}",
        "/* text-decoration:underline 1px */ u{text-decoration:line-through !important}",
    ]
    allowed += [
        "a:has(b, c) d, e:has(f){top:0} @media print{g:has(h){top:0}}",
        "@supports not selector(:has(a)){a, b{top:0}}",
    ]
    refused = [
        "a{text-decoration:underline 1px}",
        "a{color:red; text-decoration: underline\n 1px var(--edge); margin:0}",
        "a:hover{text-decoration:underline red}",
        "a{top:0}\na, b:has(c, d){top:0}",
        "@media print{a:has(b), c{top:0}}",
    ]
    complaints = page_rules.sheet_complaints("\n".join(allowed + refused))
    assert [line for line, _ in complaints] == [6, 7, 9, 11, 12]


def test_every_sheet_is_read():
    """A sheet outside these folders would keep no rule."""
    listed = {path for folder in page_rules.SHEETS for path in folder.rglob("*.css")}
    skipped = {
        ".venv",
        ".pytest_cache",
        "var",
        "node_modules",
        "bundles",
    }  # bundles are made of what these folders hold
    all_sheets = {path for path in page_rules.ROOT.rglob("*.css") if not skipped & set(path.parts)}
    assert all_sheets == listed


def test_all_pages_keep_the_rules():
    assert page_rules.complaints() == []
