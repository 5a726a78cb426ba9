import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('opendev_room', '0001_poll_steps'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankedPoll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('poll', models.JSONField()),
                ('saved_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='banked_polls', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'poll in a bank',
                'verbose_name_plural': 'polls in banks',
                'ordering': ['-saved_at', '-pk'],
            },
        ),
    ]
