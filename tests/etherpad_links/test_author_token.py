"""The token that makes us one author of a pad, whichever worker writes."""

import pytest

from etherpad_links import services
from etherpad_links.models import EtherpadLink
from tests.factories import make_session

pytestmark = pytest.mark.django_db


def test_token_that_is_kept_is_the_one_for_every_later_worker():
    link = EtherpadLink.objects.create(session=make_session(), url="https://pad.example.org/p/notes")
    first = services.keep_author_token(link_id=link.pk, token="t.first")
    second = services.keep_author_token(link_id=link.pk, token="t.second")
    assert (first, second) == ("t.first", "t.first")
    link.refresh_from_db()
    assert link.sealed_token
    assert "first" not in link.sealed_token
