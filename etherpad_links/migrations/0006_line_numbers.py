from typing import Any

from django.db import migrations, models


def number_headings(apps: Any, schema_editor: Any) -> None:
    """Give each heading that is in its pad the number that its position has in the stored copy, in UTF-16 units."""
    PadCopy = apps.get_model("etherpad_links", "PadCopy")
    PadLine = apps.get_model("etherpad_links", "PadLine")
    for line in PadLine.objects.filter(state="ok", number=None).select_related("line"):
        copy = PadCopy.objects.filter(link__session_id=line.line.session_id).first()
        before = copy.text.encode("utf-16-le")[: 2 * line.position] if copy else b""
        line.number = before.decode("utf-16-le", "ignore").count("\n") + 1
        line.save(update_fields=["number"])


class Migration(migrations.Migration):
    """A heading that is in its pad has a line number: the check let NULL through."""

    dependencies = [("etherpad_links", "0005_pad_states")]

    operations = [
        migrations.RunPython(number_headings, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="padline", name="pad_line_that_is_there_is_somewhere"),
        migrations.AddConstraint(
            model_name="padline",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "ok"), _negated=True)
                | models.Q(("number__gte", 1), ("number__isnull", False), ("position__isnull", False)),
                name="pad_line_that_is_there_is_somewhere",
            ),
        ),
    ]
