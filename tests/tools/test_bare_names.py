"""Names that say nothing are counted where they are bound, and their number may only fall."""

import ast
from pathlib import Path

import pytest

from tools import bare_names

SOURCE = """
found = 1
def service(*, given, rows):
    for one in rows:
        session.found = one  # a field of something else
    with open(rows) as kept:
        return given
"""


def test_names_are_counted_where_something_is_bound_to_them():
    names = [name for _line, name in bare_names.bound_names(ast.parse(SOURCE))]
    assert sorted(name for name in names if name in bare_names.BANNED) == ["found", "given", "kept", "one"]


@pytest.mark.parametrize(("count", "complaint"), [(5, "at most 4"), (4, ""), (0, "")])
def test_one_more_than_the_ceiling_is_refused(monkeypatch, capsys, count, complaint):
    monkeypatch.setattr(bare_names, "CEILINGS", {"polls": 4})
    monkeypatch.setattr(
        bare_names, "banned_names", lambda: {"polls": [f"polls/a.py:{n}: found" for n in range(count)]}
    )
    assert bare_names.main() == bool(complaint)
    assert complaint in capsys.readouterr().out


def test_ceiling_comes_down_with_the_names(monkeypatch, capsys):
    monkeypatch.setattr(bare_names, "CEILINGS", {"polls": 40})
    monkeypatch.setattr(bare_names, "banned_names", dict)
    assert bare_names.main() == 1
    assert "Lower the ceiling" in capsys.readouterr().out


def test_folder_is_that_of_the_feature():
    root = bare_names.ROOT
    places = [
        "opendev/core/live.py",
        "opendev/urls.py",
        "sessions/recap/services/writing.py",
        "polls/kinds/base.py",
    ]
    folders = [bare_names.folder_of(root / Path(place)) for place in places]
    assert folders == ["opendev/core", "opendev", "sessions/recap", "polls"]
