"""Templates are read without what only their editors need."""

from opendev.core.templates import without_indents


def test_indents_and_empty_lines_go_and_what_is_written_stays():
    source = '<p\n  class="a"\n>\n\n    One\n    two</p>\n<pre>\n  a\n\n  b</pre>\n  <b>x</b>\n'
    source += '<textarea\n  rows="3">\n  c</textarea>'
    assert without_indents(source) == (
        '<p\nclass="a"\n>\nOne\ntwo</p>\n<pre>\n  a\n\n  b</pre>\n<b>x</b>\n<textarea\n  rows="3">\n  c</textarea>'
    )
