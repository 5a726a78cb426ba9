"""The sites that may embed an event's screens: https origins and nothing else."""

import pytest

from opendev.core.errors import Malformed
from sessions.programme.models import Event
from sessions.programme.models.embedding import MOST_SITES, site_of
from sessions.programme.services.events import edit_event
from sessions.programme.services.rehearsals import OF_EVENT
from tests.factories import make_event
from tests.factories.sessions import organiser_of


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("https://example.org", "https://example.org"),
        (" HTTPS://Example.ORG/ ", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
        ("https://intranet", "https://intranet"),
    ],
)
def test_origin_is_taken_as_browsers_write_it(text, site):
    assert site_of(text) == site
    assert site_of(site) == site


@pytest.mark.parametrize(
    "text",
    [
        *("", "*", "https:", "https://", "example.org", "http://example.org", "ws://example.org", "null"),
        *(
            "https://*",
            "https://*.example.org",
            "https://example.org/talks",
            "https://example.org?x",
            "https://e#x",
        ),
        *("https://me@example.org", "https://me:pw@example.org", "https://example.org\\@evil.example"),
        *(
            "https://a.example; script-src *",
            "https://a.example,https://b.example",
            "https://a b",
            "https://a\tb",
        ),
        *("https://[::1]", "https://example.org:0", "https://example.org:65536", "https://example.org:x"),
        *(
            "https://-example.org",
            "https://example..org",
            "https://example.org.",
            "'self'",
            "data:",
            "https:example.org",
        ),
    ],
)
def test_what_is_no_https_origin_is_no_site(text):
    assert site_of(text) is None


@pytest.mark.django_db
class TestEvent:
    def test_sites_are_kept_once_each_in_their_order(self):
        event = make_event()
        given = {"embed_sites": "https://b.example\r\n\r\nHTTPS://A.example/\nhttps://b.example:443"}
        edit_event(event_id=event.pk, caller=organiser_of(event), given=given)
        event.refresh_from_db()
        assert event.sites_that_embed == ["https://b.example", "https://a.example"]
        edit_event(event_id=event.pk, caller=organiser_of(event), given={"embed_sites": []})
        event.refresh_from_db()
        assert event.sites_that_embed == []

    @pytest.mark.parametrize(
        "given",
        [
            "https://a.example\nhttp://b.example",
            ["https://a.example https://b.example"],
            [1],
            {"a": 1},
            "\n".join(f"https://{number}.example" for number in range(MOST_SITES + 1)),
        ],
    )
    def test_one_that_is_wrong_is_refused_at_its_field_and_changes_nothing(self, given):
        event = make_event(embed_sites="https://a.example")
        with pytest.raises(Malformed) as refused:
            edit_event(
                event_id=event.pk, caller=organiser_of(event), given={"embed_sites": given, "name": "X"}
            )
        assert refused.value.fields.keys() == {"embed_sites"}
        event.refresh_from_db()
        assert event.sites_that_embed == ["https://a.example"]

    def test_refusal_quotes_the_line_that_is_wrong(self):
        event = make_event()
        given = {"embed_sites": "https://a.example\nhttp://b.example"}
        with pytest.raises(Malformed) as refused:
            edit_event(event_id=event.pk, caller=organiser_of(event), given=given)
        assert "http://b.example" in str(refused.value.fields["embed_sites"])

    def test_event_that_an_earlier_version_wrote_allows_none(self):
        assert Event(name="Old").sites_that_embed == []
        assert "embed_sites" in OF_EVENT
