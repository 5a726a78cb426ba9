"""Options that voters write: their key, how they are moderated, and what never shows at an event."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('opendev_sessions', '0019_poll_reveals_in_the_timeline'),
        ('polls', '0004_kinds'),
    ]

    operations = [
        migrations.CreateModel(
            name='BlockedWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=40, verbose_name='word')),
            ],
            options={
                'verbose_name': 'blocked word',
                'verbose_name_plural': 'blocked words',
                'ordering': ['event', 'text'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='poll',
            name='poll_family_is_known',
        ),
        migrations.AddField(
            model_name='option',
            name='author_kind',
            field=models.CharField(choices=[('moderator', 'Moderator'), ('voter', 'Voter')], db_default='moderator', default='moderator', editable=False, max_length=9),
        ),
        migrations.AddField(
            model_name='option',
            name='is_picked',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='option',
            name='key',
            field=models.CharField(db_default='', default='', editable=False, max_length=120),
        ),
        migrations.AddField(
            model_name='option',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='spellings', to='polls.option'),
        ),
        migrations.AddField(
            model_name='option',
            name='shown_as',
            field=models.CharField(db_default='', default='', editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='option',
            name='state',
            field=models.CharField(db_default='shown', default='shown', editable=False, max_length=7),
        ),
        migrations.AddField(
            model_name='option',
            name='total',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='option',
            name='position',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='option',
            name='text',
            field=models.CharField(max_length=300, verbose_name='text'),
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author_kind', 'moderator'), ('key', ''), ('merged_into', None), ('position__isnull', False)), models.Q(('author_kind', 'voter'), ('position__isnull', True), models.Q(('key', ''), _negated=True)), _connector='OR'), name='option_fits_its_author'),
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['shown', 'waiting', 'hidden', 'blocked'])), name='option_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.UniqueConstraint(condition=models.Q(('author_kind', 'voter')), fields=('poll', 'text'), name='option_spelling_once_a_poll'),
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.UniqueConstraint(condition=models.Q(('author_kind', 'voter'), ('merged_into', None)), fields=('poll', 'key'), name='option_key_counts_once_a_poll'),
        ),
        migrations.AddIndex(
            model_name='option',
            index=models.Index(condition=models.Q(('author_kind', 'voter')), fields=['poll', 'key'], name='option_by_key'),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(('family__in', ['pick', 'write'])), name='poll_family_is_known'),
        ),
        migrations.AddField(
            model_name='blockedword',
            name='event',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='blocked_words', to='opendev_sessions.event'),
        ),
        migrations.AddConstraint(
            model_name='blockedword',
            constraint=models.UniqueConstraint(fields=('event', 'text'), name='blocked_word_once_an_event'),
        ),
    ]
