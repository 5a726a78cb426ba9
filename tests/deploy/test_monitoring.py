"""Alert rules and the dashboard: every figure in them is one that a server has, and Prometheus reads every expression.

No Grafana has opened the dashboard here: Debian and the package registries have none.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.databases import ROOT
from tests.support.programs import find, lacking

FOLDER = ROOT / "deploy" / "monitoring"
FIGURE = re.compile(r"\bcompanion_\w+")
VARIABLES = {"$instance": ".*"}


def expressions():
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_every_figure_is_one_that_a_server_has(demo_server):
    with demo_server.http() as prometheus:
        served = prometheus.get("/metrics").text
    known = set(re.findall(r"^# TYPE (\w+)", served, re.MULTILINE))
    whole = "\n".join([(FOLDER / "alerts.yml").read_text(), *expressions()])
    named = {re.sub(r"_(bucket|sum|count)$", "", name) for name in FIGURE.findall(whole)}
    assert named - known == set()
    figures = {name for name in known if name.startswith("companion_")}
    on_dashboard = {re.sub(r"_(bucket|sum|count)$", "", n) for e in expressions() for n in FIGURE.findall(e)}
    assert figures - on_dashboard == set()  # and each of a server's is shown


def test_panels_have_numbers_of_their_own_and_say_what_they_show():
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["targets"] for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}


def promtool(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    program = find("promtool")
    if program is None:
        lacking("promtool (Debian: prometheus)")
    command = [str(program), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.usefixtures("deploying")
def test_alerts_fire_for_what_is_wrong_and_for_nothing_else(tmp_path):
    checked, tested = promtool("check", "rules", "alerts.yml"), promtool("test", "rules", "alerts_test.yml")
    assert (checked.returncode, tested.returncode) == (0, 0), checked.stderr + tested.stderr + tested.stdout
    rules = (FOLDER / "alerts.yml").read_text()
    (tmp_path / "alerts_test.yml").write_text((FOLDER / "alerts_test.yml").read_text())
    (tmp_path / "alerts.yml").write_text(rules.replace("seconds) > 0.1", "seconds) > 10"))
    assert promtool("test", "rules", "alerts_test.yml", folder=tmp_path).returncode != 0  # it notices


@pytest.mark.usefixtures("deploying")
def test_prometheus_reads_every_expression_of_the_dashboard(tmp_path):
    asked = expressions()
    for variable, value in VARIABLES.items():
        asked = [expression.replace(variable, value) for expression in asked]
    rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(asked)]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))  # JSON is YAML
    checked = promtool("check", "rules", "panels.yml", folder=tmp_path)
    assert checked.returncode == 0, checked.stderr
    rules[0]["expr"] = "rate(companion_votes_total)"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    assert promtool("check", "rules", "panels.yml", folder=tmp_path).returncode != 0
