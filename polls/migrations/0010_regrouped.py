"""A poll says who counted its written answers as one, or apart again, once voting had closed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('polls', '0009_other'),
    ]

    operations = [
        migrations.AddField(
            model_name='poll',
            name='regrouped',
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name='regrouped'),
        ),
    ]
