from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('opendev_sessions', '0022_addresses_of_users'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='runsheet',
            name='has_opened',
        ),
        migrations.AddField(
            model_name='runsheet',
            name='is_first_run',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='runsheet',
            name='opened_line',
            field=models.ForeignKey(blank=True, null=True, on_delete=models.deletion.SET_NULL, related_name='+', to='opendev_sessions.signupline'),
        ),
    ]
