"""Resources of a session: links, pictures, and charts with their tables."""

import pytest

from opendev.core.errors import Malformed
from sessions.programme.services.resources import add_resource, remove_resource
from tests.factories import make_event, make_session
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def caller(event):
    return organiser_of(event)


def test_chart_keeps_its_table_in_order_and_draws_it(event, caller):
    session = make_session(event)
    rows = "Kubernetes: 58\nOpenShift: 15.5 %\nCloud Foundry (PaaS): 1\n"
    chart = add_resource(
        session_id=session.pk, caller=caller, given={"kind": "chart", "title": "Tools", "rows": rows}
    )
    assert chart.rows == [["Kubernetes", 58], ["OpenShift", 15.5], ["Cloud Foundry (PaaS)", 1]]
    assert [bar["share"] for bar in chart.bars] == ["100.0", "26.7", "1.7"]
    remove_resource(session_id=session.pk, caller=caller, resource_id=chart.pk)
    assert not session.resources.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "chart"}, "rows"),
        ({"kind": "chart", "rows": "a: 1\nb"}, "rows"),
        ({"kind": "chart", "rows": "a: -1"}, "rows"),
        ({"kind": "chart", "rows": "a: nan"}, "rows"),
        ({"kind": "link"}, "url"),
        ({"kind": "link", "url": "javascript:alert(1)"}, "url"),
        ({"kind": "film", "url": "https://e.org/"}, "kind"),
        ({"kind": "link", "url": "https://e.org/", "title": ""}, "title"),
    ],
)
def test_resource_that_cannot_be_is_refused_by_its_field(event, caller, said, field):
    session = make_session(event)
    with pytest.raises(Malformed) as refused:
        add_resource(session_id=session.pk, caller=caller, given={"title": "T", **said})
    assert set(refused.value.fields) == {field}
