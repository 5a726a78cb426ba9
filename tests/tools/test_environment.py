"""`.venv` is made once, filled once, and heals. The package is one of our own, so nothing is fetched."""

import hashlib
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tools need a Unix")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a `.venv` that holds the one tiny package it needs."""
    project = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        work_in(project, patch)
        require(project, "1")
        environment.prepare("requirements.txt")
        yield project


@pytest.fixture
def project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, for one test to spoil."""
    project = tmp_path / "project"
    shutil.copytree(made, project, symlinks=True)
    work_in(project, monkeypatch)
    return project


def work_in(project: Path, patch: pytest.MonkeyPatch) -> None:
    """Point the tools at this folder, and pip at the packages in it."""
    venv = project / ".venv"
    patch.setattr(environment, "ROOT", project)
    patch.setattr(environment, "VENV", venv)
    patch.setattr(environment, "PYTHON", venv / "bin" / "python")
    patch.setattr(environment, "UNFINISHED", venv / "unfinished")
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        patch.delenv(variable)
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PIP_NO_INDEX", "1")
    patch.setenv("PIP_FIND_LINKS", str(project))


def require(project: Path, version: str, *, needs: str = "") -> None:
    wheel = project / f"tiny-{version}-py3-none-any.whl"
    info = f"tiny-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n" + (
        f"Requires-Dist: {needs}\n" if needs else ""
    )
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", f"version = {version!r}\n")
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"tiny.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (project / "requirements.txt").write_text(f"tiny=={version} --hash=sha256:{digest}\n")


def tiny(project: Path) -> Path:
    return next((project / ".venv").glob("lib/*/site-packages/tiny.py"))


def test_nothing_happens_where_all_is_installed(project: Path, capfd: pytest.CaptureFixture[str]):
    assert tiny(project).read_text() == "version = '1'\n"
    environment.prepare("requirements.txt")
    assert capfd.readouterr().out == ""


def test_changed_requirements_are_installed_into_the_same_venv(
    project: Path, capfd: pytest.CaptureFixture[str]
):
    require(project, "2")
    environment.prepare("requirements.txt")
    assert capfd.readouterr().out.splitlines() == ["Installing requirements.txt"]
    assert tiny(project).read_text() == "version = '2'\n"


def test_only_what_is_locked_is_asked_for(project: Path):
    """What a locked package needs is locked too; pip would look further for `other[extra]` and refuse the lock."""
    require(project, "2", needs="other[extra]>=1")
    environment.prepare("requirements.txt")
    assert tiny(project).read_text() == "version = '2'\n"


def test_venv_that_was_interrupted_is_made_anew(project: Path, capfd: pytest.CaptureFixture[str]):
    tiny(project).unlink()  # half a package, which pip would take for a whole one
    environment.UNFINISHED.touch()
    environment.prepare("requirements.txt")
    assert capfd.readouterr().out.splitlines() == ["Creating .venv", "Installing requirements.txt"]
    assert tiny(project).read_text() == "version = '1'\n"
    assert not environment.is_broken()


def test_venv_without_its_python_or_without_pip_is_broken(project: Path):
    assert not environment.is_broken()
    pip = next((project / ".venv").glob("lib/*/site-packages/pip"))
    pip.rename(pip.with_name("gone"))
    assert environment.is_broken()
    pip.with_name("gone").rename(pip)
    assert not environment.is_broken()
    environment.PYTHON.unlink()
    assert environment.is_broken()


def test_wrong_hash_is_refused_and_not_taken_for_installed(project: Path):
    require(project, "2")
    right = (project / "requirements.txt").read_text()
    (project / "requirements.txt").write_text(f"tiny==2 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(environment.Unmet, match=r"could not install requirements\.txt"):
        environment.prepare("requirements.txt")
    assert tiny(project).read_text() == "version = '1'\n"
    (project / "requirements.txt").write_text(right)
    environment.prepare("requirements.txt")
    assert tiny(project).read_text() == "version = '2'\n"
