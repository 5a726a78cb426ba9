"""The scripts that only compute, under Node's own test runner: `*.test.js` beside this file."""

import shutil
import subprocess
from pathlib import Path

import pytest

import opendev
from tests.support.programs import find, lacking

HERE = Path(__file__).resolve().parent
SCRIPTS = Path(opendev.__file__).parent / "static" / "companion"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return copies of the scripts and of their tests where Node takes `.js` for modules, as browsers do."""
    copies = tmp_path_factory.mktemp("scripts")
    (copies / "package.json").write_text('{"type": "module"}')
    shutil.copytree(SCRIPTS, copies / "companion", ignore=shutil.ignore_patterns("*.css", "fonts"))
    shutil.copytree(HERE, copies / "tests", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copies


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.test.js")))
def test_script_does_what_its_tests_say(folder: Path, name: str):
    if not (node := find("node")):
        lacking("node")
    answer = subprocess.run(
        [str(node), "--test", f"tests/{name}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    assert "# pass 0" not in answer.stdout
