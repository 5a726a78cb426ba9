"""What deploy/ says agrees with what the product reads."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from opendev.command_line import data_folder, read_settings
from tests.support.databases import ROOT
from tests.support.server import PRODUCT_VARIABLES

DEPLOY = ROOT / "deploy"
UNITS = ("companion.socket", "companion.service", "companion-backup.service", "companion-backup.timer")
WORST_GRADE = 2.0
SETTING = re.compile(r"env\.\w+\(\s*\"([A-Z_]+)\"")
LINE = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)


def settings_read() -> set[str]:
    return set(SETTING.findall((ROOT / "opendev" / "settings.py").read_text()))


def test_example_of_the_environment_names_every_setting_once():
    named = LINE.findall((DEPLOY / "companion.env").read_text())
    assert len(named) == len(set(named))
    assert set(named) == settings_read()


def test_operations_explains_every_setting_and_tests_forget_each():
    text = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in sorted(settings_read()) if f"`{name}`" not in text] == []
    assert settings_read() - set(PRODUCT_VARIABLES) == set()


def test_command_reads_the_file_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "companion.env"
    file.write_text('# A comment\nOPENDEV_TEST_A="a b"\nOPENDEV_TEST_B=file\n#OPENDEV_TEST_C=c\n')
    monkeypatch.setenv("OPENDEV_TEST_A", "")
    monkeypatch.delenv("OPENDEV_TEST_A")
    monkeypatch.setenv("OPENDEV_TEST_B", "environment")
    read_settings(file)
    assert (os.environ["OPENDEV_TEST_A"], os.environ["OPENDEV_TEST_B"]) == ("a b", "environment")
    assert "OPENDEV_TEST_C" not in os.environ
    read_settings(tmp_path / "absent")
    monkeypatch.setenv("COMPANION_ENV", "named")
    with pytest.raises(SystemExit, match="is not there"):
        read_settings(tmp_path / "absent")


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "HOME": "/home/x"}, "/var/lib/a"),
        ({"XDG_DATA_HOME": "/data", "HOME": "/home/x"}, "/data/opendev-companion"),
        ({"HOME": "/home/x"}, "/home/x/.local/share/opendev-companion"),
    ],
)
def test_data_lie_in_a_folder_of_the_account(environment: dict[str, str], folder: str):
    assert data_folder(environment) == Path(folder)


def test_compose_file_sets_what_the_product_reads_and_trusts_its_own_network():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    product = compose["services"]["companion"]
    assert set(product["environment"]) <= settings_read()
    assert int(product["environment"]["WORKERS"]) > 1  # which needs the database and Redis beside it
    [network] = compose["networks"]["inside"]["ipam"]["config"]
    assert network["subnet"] in product["environment"]["TRUSTED_ADDRESSES"].split(",")
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["caddy"]
    assert all(service["restart"] == "always" for service in compose["services"].values())
    volumes = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert {name for name in volumes if "/" not in name} == set(compose["volumes"])


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The units with a program that is there and an account that is there; the rest as it is."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    (tmp_path / "companion.env").write_text("PUBLIC_URL=https://companion.example.org\n")
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text()
        text = text.replace("/opt/opendev-companion/bin/opendev-companion", "/bin/true")
        text = text.replace("User=companion", "User=daemon").replace("Group=companion", "Group=daemon")
        text = text.replace("/etc/opendev-companion/companion.env", str(tmp_path / "companion.env"))
        (tmp_path / name).write_text(text)
    return [str(tmp_path / name) for name in UNITS]


def analyse(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_units_are_verified_without_a_word(units: list[str]):
    """verify ends with 0 for an unknown key, value or group of system calls; it says them."""
    answer = analyse("verify", "--man=no", *units)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize(
    "planted", ["ProtectSystm=strict", "SystemCallFilter=@no-such-group", "PrivateTmp=maybe"]
)
def test_a_planted_mistake_is_said(units: list[str], planted: str):
    service = Path(next(path for path in units if path.endswith("companion.service")))
    service.write_text(service.read_text().replace("[Service]\n", f"[Service]\n{planted}\n"))
    assert analyse("verify", "--man=no", *units).stderr


def test_services_are_graded_as_safe(units: list[str]):
    for path in units:
        if path.endswith(".service"):
            said = analyse("security", "--offline=yes", "--no-pager", path).stdout
            grade = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
            assert grade, said
            assert float(grade[1]) <= WORST_GRADE, said
