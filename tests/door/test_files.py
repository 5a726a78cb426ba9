"""Static files: the form that was asked for, kept for ever where the name carries a hash, and 304 where it is known."""

import gzip

import pytest

from opendev.door.files import StaticFiles, best_coding, is_unchanged
from tests.support.inner_server import inner

__all__ = ["inner"]

ALL = {"br": None, "gzip": None, "identity": None}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", "identity"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000,gzip;q=0", "identity"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br ; q=0.9 , gzip ; q=0.9", "br"),
        ("gzip;q=0.5, identity;q=1", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("identity", "identity"),
        ("deflate", "identity"),
        ("zstd, br", "br"),
        ("br;q=x", "identity"),
        ("br;q=", "identity"),
        ("br;level=3", "br"),
        (",,;q=1,", "identity"),
        ("brotli, gzips", "identity"),
    ],
)
def test_coding_is_the_one_that_is_wanted_most(accepted, coding):
    assert best_coding(accepted, ALL) == coding


def test_form_that_is_not_there_is_not_chosen():
    assert best_coding("br, gzip;q=0.1", {"gzip": None, "identity": None}) == "gzip"
    assert best_coding("br", {"identity": None}) == "identity"


@pytest.mark.parametrize(
    ("known", "is_so"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ('"b",W/"a" , "c"', True),
        ("*", True),
        ("", False),
        ('"b"', False),
        ("a", False),
        ('"aa"', False),
        ('"a-gzip"', False),
    ],
)
def test_if_none_match_is_a_list(known, is_so):
    assert is_unchanged(known, b'"a"') is is_so


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    (folder / "sub").mkdir()
    (folder / "sub" / "a.js").write_text("export {}" * 50)
    (folder / "sub" / "a.js.gz").write_bytes(gzip.compress(b"export {}" * 50))
    (folder / "b.woff2").write_bytes(b"font")
    (folder / "archive.gz").write_bytes(b"a file of its own")
    return folder


async def ask(application, path, method="GET", **headers):
    said = []

    async def send(message):
        said.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named, "client": ("127.0.0.1", 1)}
    await application(scope, None, send)
    start, body = said
    return start["status"], dict(start["headers"]), body["body"]


async def test_file_is_sent_in_the_form_that_is_there(folder):
    files = StaticFiles(None, folder)
    status, headers, body = await ask(files, "/static/sub/a.js", accept_encoding="gzip, br")
    assert (status, headers[b"content-encoding"], gzip.decompress(body)) == (200, b"gzip", b"export {}" * 50)
    assert headers[b"content-type"] == b"text/javascript; charset=utf-8"
    assert headers[b"vary"] == b"Accept-Encoding"
    assert headers[b"x-content-type-options"] == b"nosniff"
    _status, plain, whole = await ask(files, "/static/sub/a.js")
    assert whole == b"export {}" * 50
    assert plain[b"etag"] != headers[b"etag"]
    known = await ask(
        files, "/static/sub/a.js", accept_encoding="gzip", if_none_match=headers[b"etag"].decode()
    )
    assert (known[0], known[2]) == (304, b"")
    assert b"content-length" not in known[1]
    head = await ask(files, "/static/sub/a.js", method="HEAD")
    assert (head[2], head[1][b"content-length"]) == (b"", b"450")


async def test_file_that_is_not_there_or_no_way_to_ask_for_it(folder):
    files = StaticFiles(None, folder)
    for path in ("/static/", "/static/c.js", "/static/sub", "/static/../b.woff2", "/static/sub/a.js.gz"):
        assert (await ask(files, path))[0] == 404, path
    assert (await ask(files, "/static/archive.gz"))[0] == 200
    status, headers, _body = await ask(files, "/static/b.woff2", method="POST")
    assert (status, headers[b"allow"]) == (405, b"GET, HEAD")


def test_files_of_the_product_are_served_under_their_hashed_names_for_ever(inner):
    with inner.http() as visitor:
        page = visitor.get("/join/").text
        path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["content-encoding"] == "br"
        assert "immutable" in answer.headers["cache-control"]
        plain = visitor.get("/static/companion/companion.css")
        assert "immutable" not in plain.headers["cache-control"]
        assert (
            visitor.get(path, headers={"If-None-Match": f'"x", W/{answer.headers["etag"]}'}).status_code
            == 304
        )


async def test_over_http_the_pages_lead_to_https_first(folder, settings):
    settings.SECURE_SSL_REDIRECT = True
    asked = []

    async def pages(scope, receive, send):
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 301, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    files = StaticFiles(pages, folder)
    assert (await ask(files, "/static/b.woff2"))[0] == 301
    assert (await ask(files, "/static/b.woff2", x_forwarded_proto="https"))[0] == 200


@pytest.mark.parametrize(
    ("subdomains", "preload", "said"),
    [
        (False, False, b"max-age=60"),
        (True, False, b"max-age=60; includeSubDomains"),
        (True, True, b"max-age=60; includeSubDomains; preload"),
    ],
)
async def test_what_binds_a_domains_other_names_is_said_where_it_is_switched_on(
    folder, settings, subdomains, preload, said
):
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD = subdomains, preload
    _status, headers, _body = await ask(StaticFiles(None, folder), "/static/b.woff2")
    assert headers[b"strict-transport-security"] == said
