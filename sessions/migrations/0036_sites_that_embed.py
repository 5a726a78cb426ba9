from django.db import migrations, models

import sessions.programme.models.embedding


class Migration(migrations.Migration):
    dependencies = [
        ("opendev_sessions", "0035_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="embed_sites",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                max_length=6000,
                validators=[sessions.programme.models.embedding.validate_sites],
                verbose_name="sites that may embed screens",
            ),
        ),
    ]
