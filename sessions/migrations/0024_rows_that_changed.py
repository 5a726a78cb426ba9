from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('opendev_sessions', '0023_record_of_a_step'),
    ]

    operations = [
        migrations.AddField(
            model_name='registrationimport',
            name='changed',
            field=models.PositiveIntegerField(default=0, verbose_name='merged rows that changed a registration'),
        ),
    ]
