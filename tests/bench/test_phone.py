"""What the benchmark's phone makes of pages and files: it must load what a browser loads, no more and no less."""

import brotli

from bench.phone import Answer, Door, Phone, references_of_file, references_of_page

PAGE = """
<link rel="icon" href="/icon.svg"><link rel="preload" href="/font.woff2" as="font" crossorigin>
<link rel="stylesheet" href="/a.css"><link rel="alternate" href="/feed"><link rel="canonical" href="/here">
<script type="module" src="/a.js"></script><a href="/b.js">no file</a>
<script type="application/json">{"src": "no"}</script>
"""


def answer(text: str, **headers: str) -> Answer:
    body = text.encode()
    known = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return Answer(200, known, body)


def test_page_names_its_files():
    assert references_of_page(PAGE) == ["/icon.svg", "/font.woff2", "/a.css", "/a.js"]


def test_script_names_its_imports_from_where_it_is():
    text = (
        'import "./gate.js"\nimport { a } from "./a.123.js"\nexport { b } from "../b.js"\nconst c = "./c.js"'
    )
    assert references_of_file("/s/x/y.js", answer(text)) == ["/s/x/gate.js", "/s/x/a.123.js", "/s/b.js"]


def test_minified_script_names_its_imports_too():
    assert references_of_file("/s/y.js", answer('import{a}from"./a.js";import"./b.js";')) == [
        "/s/a.js",
        "/s/b.js",
    ]


def test_sheet_names_the_font_that_english_needs():
    text = """
    @font-face{font-family:"A"; src:url("fonts/latin.woff2") format("woff2")}
    @font-face{font-family:"A"; src:url("fonts/ascii.woff2"); unicode-range:U+0020-007E, U+2013}
    @font-face{font-family:"A"; src:url("fonts/more.woff2"); unicode-range:U+0100-02BA}
    .bar{fill:url("#hatch")}
    """
    assert references_of_file("/s/a.css", answer(text.replace("U+0020-007E, U+2013", "U+2013"))) == [
        "/s/fonts/latin.woff2"
    ]
    assert references_of_file("/s/a.css", answer(text)) == ["/s/fonts/ascii.woff2"]


def test_answer_is_unpacked():
    packed = Answer(200, {b"content-encoding": b"br"}, brotli.compress(b"words"))
    assert packed.text() == answer("words").text() == "words"


def test_phone_sends_back_its_cookies_and_asks_whether_a_page_changed():
    phone = Phone(Door("127.0.0.1", 1, "/j/123456/"))
    phone._keep_cookies(answer("", set_cookie="a=1; Path=/\nb=2; HttpOnly"))
    phone.stored["/j/123456/"] = answer("", etag='"x"')
    request = phone._request("/j/123456/", None).decode()
    assert "Cookie: a=1; b=2\r\n" in request
    assert 'If-None-Match: "x"\r\n' in request
    assert "Origin: http://127.0.0.1:1\r\n" in phone._request("/j/123456/", "a=b").decode()
