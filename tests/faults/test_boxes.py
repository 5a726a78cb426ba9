"""Every box of a serving process runs, also those that only pages use."""

from typing import Any

from tests.factories import make_session
from tests.support.inner_server import own_file


def test_server_is_ready_after_its_pages_were_used(start_server: Any, django_db_blocker: Any):
    server = start_server(start=False)
    with django_db_blocker.unblock(), own_file(server.folder / "db.sqlite3"):
        session = make_session()
    server.start()
    with server.http() as visitor:
        assert visitor.get(f"/j/{session.code}/").status_code == 200
        assert visitor.post(f"/api/v1/sessions/{session.pk}/attendees/", json={}).status_code == 201
        answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json().get("ended", [])) == (200, [])
