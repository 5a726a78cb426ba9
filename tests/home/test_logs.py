"""What docs/privacy.md says of the log: no addresses of clients, no names, whatever goes wrong."""

from tests.support.server import Server

CLIENT, FORWARDED = "203.0.113.77", "2001:db8:77::7"
WORD = "correct-horse-battery-staple"


def test_log_of_refusals_and_failed_sign_ins_names_no_address_and_no_word(start_server):
    server: Server = start_server(demo=True, LOG_LEVEL="INFO")
    for address in (CLIENT, FORWARDED):
        headers = {"X-Forwarded-For": address}
        with server.http(headers=headers) as visitor:
            for path in ("/sign-in/", "/admin/login/"):
                visitor.get(path)
                fields = {"csrfmiddlewaretoken": visitor.cookies.get("csrftoken", "")}
                for username in ("gergely", "Ada Lovelace", WORD):
                    visitor.post(path, data={**fields, "username": username, "password": WORD})
            visitor.post("/sign-in/not-a-link/", data={})
            visitor.get("/j/000000/")
            visitor.get("/", headers={"Host": "elsewhere.example.org"})
            visitor.get(
                "/ws/sessions/1/",
                headers={
                    "Origin": "https://elsewhere.example.org",
                    "Connection": "Upgrade",
                    "Upgrade": "websocket",
                    "Sec-WebSocket-Version": "13",
                    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                },
            )
            for _ in range(40):
                visitor.post("/api/v1/sessions/1/attendees/", json={"name": "Ada Lovelace", "company": 7})
    server.stop()
    log = server.log()
    assert "A try to sign in by password failed" in log
    assert "A socket was refused" in log
    for secret in (CLIENT, FORWARDED, "2001:db8", WORD, "Ada Lovelace"):
        assert secret not in log, secret
