"""Texts that are marked for translation are texts that makemessages gathers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("opendev", "sessions", "polls", "etherpad_links")
MARKS = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "pgettext",
    "pgettext_lazy",
}


def marks_below(node: ast.AST) -> Iterator[ast.Call]:
    """Return the calls in a piece of code that mark a text for translation."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in MARKS:
            yield inner


def lost_lines(source: str) -> Iterator[int]:
    """Return the lines of marks that xgettext passes over, inside an f-string, or misreads, around one."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from (mark.lineno for mark in marks_below(node))
    for mark in marks_below(tree):
        yield from (text.lineno for text in mark.args if isinstance(text, ast.JoinedStr))


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_text_is_marked_for_translation_inside_or_around_an_f_string(folder: str):
    lost = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in lost_lines(path.read_text(encoding="utf-8"))
    ]
    assert lost == []


def test_marks_beside_an_f_string_are_not_lost():
    source = """
name = _("Ada")
inside = f"{_('lost')} {name}"
around = _(f"lost {name}")
beside = f"{name}" + _("kept %(name)s") % {"name": f"{name}"}
"""
    assert sorted(lost_lines(source)) == [3, 4]
