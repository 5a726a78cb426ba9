from django.db import migrations, models


class Migration(migrations.Migration):
    """Events that are there already stay public; those that are made from now on begin as drafts."""

    dependencies = [
        ("opendev_sessions", "0024_rows_that_changed"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="visibility",
            field=models.CharField(
                choices=[("draft", "Draft"), ("unlisted", "Unlisted"), ("public", "Public")],
                default="public",
                max_length=10,
                verbose_name="who can see it",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="visibility",
            field=models.CharField(
                choices=[("draft", "Draft"), ("unlisted", "Unlisted"), ("public", "Public")],
                default="draft",
                max_length=10,
                verbose_name="who can see it",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["draft", "unlisted", "public"])),
                name="event_visibility_is_known",
            ),
        ),
    ]
