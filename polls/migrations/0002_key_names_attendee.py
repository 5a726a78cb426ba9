from typing import Any

from django.db import migrations, models


def keep_keys_of_stored_ballots(apps: Any, schema_editor: Any) -> None:
    """Polls that hold ballots keep the keys that these ballots are stored under."""
    ballots = apps.get_model("polls", "Ballot").objects.order_by()
    voted = ballots.values("poll_id").distinct()
    apps.get_model("polls", "Poll").objects.filter(pk__in=voted).update(key_names_attendee=False)


class Migration(migrations.Migration):
    dependencies = [("polls", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="poll",
            name="key_names_attendee",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.RunPython(keep_keys_of_stored_ballots, migrations.RunPython.noop),
    ]
