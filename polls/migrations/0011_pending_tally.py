"""Batches of several workers side by side leave what they recorded here until it is added to the kept tally."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('polls', '0010_regrouped'),
    ]

    operations = [
        migrations.CreateModel(
            name='PendingTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ballots', models.IntegerField()),
                ('counts', models.JSONField(default=dict)),
                ('poll', models.ForeignKey(on_delete=models.deletion.CASCADE, related_name='+', to='polls.poll')),
            ],
            options={
                'verbose_name': 'pending tally',
                'verbose_name_plural': 'pending tallies',
            },
        ),
    ]
