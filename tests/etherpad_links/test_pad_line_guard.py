"""A heading that is in its pad is somewhere in it, in the database too."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from etherpad_links.models import EtherpadLink, PadCopy, PadLine
from tests.factories import make_line, make_session
from tests.factories.sessions import NOW

pytestmark = pytest.mark.django_db

TEXT = "Agenda\n🎉 and names\nNetworking\nAnn\n"
END_OF_HEADING = len("Agenda\n##_and names\nNetworking".replace("_", " "))  # Etherpad counts the sign as two


@pytest.fixture
def in_pad() -> PadLine:
    line = make_line(make_session(), "Networking")
    link = EtherpadLink.objects.create(session=line.session, url="https://pad.example/p/minutes")
    PadCopy.objects.create(link=link, revision=1, text=TEXT, runs="", pool={}, seen_at=NOW)
    return PadLine.objects.create(
        line=line, heading="Networking", state="ok", position=END_OF_HEADING, number=3
    )


@pytest.mark.parametrize("lost", ["number", "position"])
def test_heading_that_is_there_has_a_number_and_a_position(in_pad: PadLine, lost: str):
    with pytest.raises(IntegrityError), transaction.atomic():
        PadLine.objects.filter(pk=in_pad.pk).update(**{lost: None})


def test_migration_numbers_headings_by_their_positions(in_pad: PadLine):
    migration = import_module("etherpad_links.migrations.0006_line_numbers")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            PadLine.objects.filter(pk=in_pad.pk).update(number=None)
            migration.number_headings(apps, None)
        finally:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    in_pad.refresh_from_db()
    assert in_pad.number == 3
