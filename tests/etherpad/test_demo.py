"""The demo on a real Etherpad: the two lines of the telco session stand where people said they do."""

from typing import Any

from etherpad_links.models import EtherpadLink, PadLine, PadName
from sessions.models import SignUp
from tests.etherpad.conftest import wait_until
from tests.factories.databases import connected_to
from tests.support.etherpad import Etherpad


def test_lines_of_the_telco_session_stand_at_98_and_72(
    start_server: Any, etherpad: Etherpad, django_db_blocker: Any
):
    server = start_server(start=False, ETHERPAD_URL=etherpad.url, ETHERPAD_API_KEY=etherpad.api_key)
    assert "Made 7 pads" in server.manage("load_demo")
    server.manage("load_demo", "--if-empty")
    server.start()
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        listed = SignUp.objects.listed().count()
        wait_until(lambda: PadName.objects.filter(state="written").count() == listed)
        wait_until(lambda: set(PadLine.objects.values_list("number", flat=True)) == {98, 72})
        numbers = dict(PadLine.objects.values_list("line__title", "number"))
        assert EtherpadLink.objects.count() == 7
        link = EtherpadLink.objects.get(session__slug="telco-network-function")
    assert numbers == {"Networking API for Kubernetes": 98, "Agreeing on workload separation": 72}
    lines = etherpad.text(link.url.rpartition("/")[2]).split("\n")
    assert lines[97] == "Networking API for Kubernetes"
    assert lines[71] == "Agreeing on workload separation"
