"""The bill of materials, the audit and the licences: each says what it does not know."""

import json
from datetime import UTC, datetime

import pytest

from tools.supply_chain import (
    CLEAN,
    LICENCES,
    LOCK,
    NOT_AUDITED,
    NOT_HERE,
    VULNERABLE,
    bill_of_materials,
    canonical,
    judge,
    licence_list,
    locked,
)

LOCK_TEXT = """#    make lock
django==5.2.19 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via -r requirements.in
psycopg[binary]==3.3.9 ; python_version < '4' \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)


@pytest.fixture(scope="module")
def packages():
    return list(locked(LOCK.read_text()))


def test_lock_is_read_with_conditions_and_hashes():
    django, psycopg = locked(LOCK_TEXT)
    assert (django.name, django.version, django.hashes) == ("django", "5.2.19", ["a" * 64, "b" * 64])
    assert (psycopg.name, psycopg.condition, psycopg.purl) == (
        "psycopg",
        "python_version < '4'",
        "pkg:pypi/psycopg@3.3.9",
    )


def test_bill_names_each_locked_package_once_with_licence_and_needs(packages):
    bill = bill_of_materials(packages, now=datetime(2026, 11, 30, tzinfo=UTC))
    assert json.loads(json.dumps(bill)) == bill
    parts = {part["bom-ref"]: part for part in bill["components"]}
    assert len(parts) == len(packages) > 50
    assert all(part["properties"] for part in parts.values())
    assert [name for name, part in parts.items() if "licenses" not in part] == [
        package.purl for package in packages if package.installed is None
    ]
    graph = {row["ref"]: row["dependsOn"] for row in bill["dependencies"]}
    assert set(graph) == {bill["metadata"]["component"]["bom-ref"], *parts}
    assert {ref for needs in graph.values() for ref in needs} <= set(parts)
    assert "pkg:pypi/asgiref@" in " ".join(graph[next(ref for ref in graph if "pypi/django@" in ref)])


def test_list_of_licences_is_that_of_the_lock(packages):
    listed = LICENCES.read_text()
    assert listed == licence_list(packages), "run make licences"
    assert NOT_HERE in listed


def report(packages, **changed):
    rows = {p.name: {"name": p.name, "version": p.version, "vulns": []} for p in packages if p.installed}
    return {"dependencies": list({**rows, **changed}.values())}


def test_audit_is_clean_only_when_each_package_was_looked_up(packages, capsys):
    assert judge(report(packages), packages) == CLEAN
    skipped = {"name": "django", "skip_reason": "Dependency not found on PyPI: django"}
    assert judge(report(packages, django=skipped), packages) == NOT_AUDITED
    assert judge({"dependencies": []}, packages) == NOT_AUDITED
    assert "Not audited" in capsys.readouterr().err


def test_audit_names_what_is_known(packages, capsys):
    hole = {"id": "PYSEC-1", "fix_versions": ["9"]}
    found = {"name": "django", "version": "5.2.19", "vulns": [hole]}
    assert judge(report(packages, django=found), packages) == VULNERABLE
    assert "PYSEC-1, mended in 9" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Django_csp", "django.csp", "django-CSP"])
def test_names_are_compared_as_the_index_does(name):
    assert canonical(name) == "django-csp"
