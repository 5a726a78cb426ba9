"""Selections may have values, and the options keep what they add up to and which are put above which."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('polls', '0006_option_most_named'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='poll',
            name='poll_family_is_known',
        ),
        migrations.AddField(
            model_name='option',
            name='above',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='option',
            name='weight',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='poll',
            name='has_places',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='poll',
            name='value_sum',
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='selection',
            name='value',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(('family__in', ['pick', 'weigh', 'write'])), name='poll_family_is_known'),
        ),
        migrations.AddConstraint(
            model_name='selection',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', True), ('value__gte', 1), _connector='OR'), name='selection_value_counts'),
        ),
    ]
