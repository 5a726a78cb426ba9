import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('opendev_sessions', '0032_database_defaults'),
    ]

    operations = [
        migrations.AlterField(
            model_name='suggestionsupport',
            name='attendee',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='suggestion_supports', to='opendev_sessions.attendee'),
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('data', models.CharField(choices=[('attendees', 'Attendees’ names, companies and countries'), ('authors', 'Who voted by name, asked, suggested or supported what'), ('sign_ups', 'Names and email addresses under follow-ups'), ('registrations', 'Registrations')], max_length=13, verbose_name='data')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days after the event')),
                ('due_on', models.DateField(blank=True, editable=False, null=True, verbose_name='goes on')),
                ('reckoned_at', models.DateTimeField(editable=False, verbose_name='reckoned at')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retention_rules', to='opendev_sessions.event')),
            ],
            options={
                'verbose_name': 'retention rule',
                'verbose_name_plural': 'retention rules',
                'ordering': ['event', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('event', 'data'), name='retention_rule_once_a_sort_of_data'), models.CheckConstraint(condition=models.Q(('data__in', ['attendees', 'authors', 'sign_ups', 'registrations'])), name='retention_rule_data_is_known'), models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 3650)), name='retention_rule_days_are_a_decade_at_most')],
            },
        ),
    ]
