from django.db import migrations, models

import sessions.programme.models.events


class Migration(migrations.Migration):

    dependencies = [
        ('opendev_sessions', '0033_retention_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='language',
            field=models.CharField(db_default='en-gb', default='en-gb', max_length=20, validators=[sessions.programme.models.events.validate_language], verbose_name='language'),
        ),
        migrations.AddField(
            model_name='recapdraft',
            name='language',
            field=models.CharField(db_default='en-gb', default='en-gb', max_length=20, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='recapversion',
            name='language',
            field=models.CharField(db_default='en-gb', default='en-gb', max_length=20, verbose_name='language'),
        ),
    ]
