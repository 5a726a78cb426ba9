"""The names in bench/report.json, which scripts rely on, and the table."""

import json
from xml.etree import ElementTree

import pytest

from bench import plot, report
from bench.__main__ import scale_of
from bench.figures import Figure

ONE = Figure(2.0, 1.0, 3.0)
ROOM = dict.fromkeys(("ack_p50_ms", "ack_p95_ms", "ack_p99_ms", "settled_s", "lost"), ONE)
FOUND = {
    "fanout": {"cpu_ratio_to_bare_asgi": Figure(1.2, 1.0, 1.3)},
    "room": {"500": ROOM, "600": ROOM, "5000": ROOM},
    "postgres": {"room": {"500": ROOM}, "votes": {"share_of_bare_asgi": Figure(0.3, 0.2, 0.4)}},
}


def test_report_has_each_figure_as_a_number_and_its_spread(tmp_path):
    report.write(tmp_path / "report.json", FOUND, {"runs": 3})
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["fanout"] == {"cpu_ratio_to_bare_asgi": 1.2, "cpu_ratio_to_bare_asgi_spread": [1.0, 1.3]}
    assert told["room"]["500"]["ack_p95_ms"] == 2.0
    assert told["postgres"]["room"]["500"]["ack_p95_ms_spread"] == [1.0, 3.0]
    assert told["about"] == {"runs": 3}


def test_table_marks_what_misses_its_limit_and_nothing_else():
    lines = report.table(FOUND).splitlines()
    missed = [line.split("  ")[1] for line in lines if line.endswith("MISSED")]
    assert missed == [
        "CPU, ratio to bare ASGI",
        *["last vote until the last client has the final tally, s", "acknowledged votes that are not counted"]
        * 4,
    ]


def test_document_names_the_machine_and_holds_the_table():
    about = {"machine": "A machine", "runs": 3, "minutes": 7.5, "load_before": 0.1}
    text = report.document(FOUND, about)
    assert "A machine. Median of 3 runs" in text
    assert report.table(FOUND) in text


def test_parts_that_measure_the_same_group_are_merged():
    assert report.merged({"postgres": {"votes": {}}}, {"postgres": {"room": {}}, "pages": {}}) == {
        "postgres": {"votes": {}, "room": {}},
        "pages": {},
    }


def test_plot_is_a_picture_with_a_line_for_each_percentile_and_database():
    picture = ElementTree.fromstring(plot.svg(FOUND, "a machine of <two> cores"))
    lines = picture.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 6
    assert "a machine of <two> cores" in "".join(picture.itertext())


@pytest.mark.parametrize(
    ("environment", "largest", "runs"), [({}, 5_000, 3), ({"FULL": "1", "RUNS": "1"}, 10_000, 1)]
)
def test_environment_says_how_much_is_measured(environment, largest, runs):
    scale = scale_of(environment)
    assert (max(scale.rooms), scale.runs) == (largest, runs)
