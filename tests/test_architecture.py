"""The rules of docs/architecture.md that a linter alone cannot keep, and proof that the linters bite."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as CookieSession  # noqa: TID251  # the one we must not point at

from tools.checks import LINT_IMPORTS

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["opendev", "sessions", "polls", "etherpad_links"]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
# Each needs a reason. "path" for a file, "path:function" for a function.
MAY_BE_LONGER: dict[str, str] = {}


# --- the `sessions` trap


def test_sessions_label_differs_from_djangos_cookie_sessions():
    labels = {config.name: config.label for config in apps.get_app_configs()}
    assert labels["sessions"] == "opendev_sessions"
    assert labels["django.contrib.sessions"] == "sessions"


def own_models():
    return [model for model in apps.get_models() if model.__module__.partition(".")[0] in PACKAGES]


def test_every_app_label_names_only_our_tables():
    tables = {model._meta.label: model._meta.db_table for model in own_models()}
    assert {label.partition(".")[0] for label in tables} >= {"opendev_sessions", "polls"}
    assert all(table.startswith(label.partition(".")[0]) for label, table in tables.items()), tables


def test_no_model_of_ours_points_at_djangos_cookie_table():
    relations = {
        f"{model._meta.label}.{field.name}": field.related_model
        for model in own_models()
        for field in model._meta.get_fields()
        if field.is_relation
    }
    assert len(relations) > len(PACKAGES)
    assert [name for name, target in relations.items() if target is CookieSession] == []


def test_no_foreign_key_names_another_app_by_string():
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in python_files(*PACKAGES)
        if "migrations" not in path.parts
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and names_another_app(call)
    ]
    assert found == []


def names_another_app(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in {"ForeignKey", "OneToOneField", "ManyToManyField"}:
        return False
    target = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "to"), None)
    return isinstance(target, ast.Constant) and isinstance(target.value, str) and "." in target.value


# --- the direction of imports

# A few: they show that each contract bites, and leave the rest to import-linter's own tests.
PLANTS = [
    # (who imports, what, the contract that has to break)
    ("opendev.core.errors", "sessions.access.models", "Packages"),
    ("opendev.room.pages", "opendev.recap.views", "Packages"),
    ("polls.selectors", "etherpad_links.models", "Packages"),
    ("sessions.questions.selectors", "sessions.follow_ups.models", "Sessions"),
    ("sessions.programme.selectors", "sessions.attendees.models", "Sessions"),
    ("sessions.questions.models", "sessions.questions.services.asking", "Inside a slice"),
    ("polls.models", "polls.consumers", "Inside polls"),
    ("polls.api", "opendev.core.live", "speak to the Hub"),
    ("polls.api", "polls.broadcasts", "say what happened"),
    ("sessions.questions.selectors", "rest_framework.response", "no web framework"),
]


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python files alone, to plant imports in."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tree / package,
            ignore=lambda folder, names: [
                name for name in names if not (name.endswith(".py") or (Path(folder) / name).is_dir())
            ],
        )
    return tree


@pytest.fixture
def tree(copied_tree: Path) -> Iterator[Path]:
    """The same tree for every test, put back afterwards."""
    before = {path: path.read_text() for path in copied_tree.rglob("*.py")}
    yield copied_tree
    for path in copied_tree.rglob("*.py"):
        if path not in before:
            path.unlink()
        elif path.read_text() != before[path]:
            path.write_text(before[path])


def module_file(tree: Path, module: str) -> Path:
    path = tree.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_import_contracts_hold_in_an_untouched_copy(tree: Path):
    answer = lint_imports(tree)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(("importer", "imported", "contract"), PLANTS)
def test_import_against_the_direction_breaks_its_contract(
    tree: Path, importer: str, imported: str, contract: str
):
    with module_file(tree, importer).open("a") as file:
        file.write(f"\nimport {imported}\n")
    answer = lint_imports(tree)
    assert answer.returncode == 1
    broken = [line for line in answer.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), answer.stdout


@pytest.mark.parametrize("module", ["sessions.questions.tricks", "sessions.tricks", "opendev.tricks"])
def test_module_without_a_layer_breaks_a_contract(tree: Path, module: str):
    module_file(tree, module).write_text("")
    answer = lint_imports(tree)
    assert answer.returncode == 1
    assert module in answer.stdout


def contract(name: str) -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return next(found["layers"] for found in settings["contracts"] if found["id"] == name)


def test_picture_of_the_packages_is_that_of_the_contracts():
    page = (ROOT / "docs" / "architecture.md").read_text()
    picture = page.partition("## The packages")[2].split("```")[1].strip().splitlines()
    slices = [
        " | ".join(f"sessions.{name}" for name in layer.split(" | "))
        for layer in contract("slices")
        if not {"models", "migrations"} & set(layer.split(" | "))
    ]
    packages = contract("packages")
    place = packages.index("sessions")
    assert picture == [*packages[:place], *slices, *packages[place + 1 :]]


def test_table_of_the_features_has_every_model_in_its_folder():
    page = (ROOT / "docs" / "architecture.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("| ") and line.count("|") == 6]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[2:]]
    named = {(row[2].split("`")[1], table) for row in rows for table in row[3].split(", ") if table}
    own = [model for model in own_models() if not model._meta.auto_created]
    assert named == {(folder_of(model.__module__), model.__name__) for model in own}


def folder_of(module: str) -> str:
    parts = module.split(".")
    return "/".join(parts[:2]) if parts[0] in {"sessions", "opendev"} else parts[0]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("from django.contrib.sessions.models import Session\n", "TID251"),
        ("import django.contrib.sessions.models\n", "TID251"),
        ("def f():\n    import json\n    return json\n", "PLC0415"),
        ("from .models import Poll\n", "TID252"),
    ],
)
def test_ruff_refuses_what_the_architecture_forbids(source: str, rule: str):
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"]
    answer = subprocess.run(
        [*command, "--stdin-filename=polls/planted.py", "-"],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert rule in answer.stdout


# --- one way to do a thing


def public_functions(files: Iterable[Path]) -> dict[str, str]:
    return {
        node.name: str(path.relative_to(ROOT))
        for path in files
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def test_no_service_has_the_name_of_one_that_composes_it():
    """Of two that are called alike, the lower one would leave half undone."""
    services = [path for path in python_files(*PACKAGES) if "services" in (path.stem, path.parent.name)]
    composing = ROOT / "opendev" / "room" / "run_sheets.py"
    above = public_functions([composing, *(path for path in services if ROOT / "opendev" in path.parents)])
    below = public_functions(path for path in services if ROOT / "opendev" not in path.parents)
    assert len(above) > 10
    assert len(below) > 100
    assert above.keys() & below.keys() == set()


# --- size


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def all_python_files() -> list[Path]:
    return [
        path for path in python_files(*PACKAGES, "tools", "bench", "tests") if "migrations" not in path.parts
    ]


def test_no_file_is_too_long():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in all_python_files()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE and name not in MAY_BE_LONGER} == {}


def test_no_function_is_too_long():
    lengths = {
        f"{path.relative_to(ROOT)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in all_python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {
        name: n for name, n in lengths.items() if n > LONGEST_FUNCTION and name not in MAY_BE_LONGER
    } == {}


# --- what the repository says of where it was written


def repository_texts() -> Iterator[tuple[Path, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if b"\0" not in content:
                yield path, content.decode(errors="replace")


def test_texts_name_no_folder_of_one_machine():
    own_folders = re.compile(r"(?<![\w.])/(?:work|root)/")
    texts = dict(repository_texts())
    assert ROOT / "Makefile" in texts
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in texts.items()
        if path != Path(__file__)
        for number, line in enumerate(text.splitlines(), start=1)
        if own_folders.search(line)
    ]
    assert found == []
