from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('opendev_sessions', '0037_reactions'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='event',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='event'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='scope',
            field=models.CharField(choices=[('read', 'Read'), ('moderate', 'Read and moderate'), ('organise', 'Everything you can do')], db_default='organise', default='organise', max_length=10, verbose_name='scope'),
        ),
        migrations.AddConstraint(
            model_name='apitoken',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['read', 'moderate', 'organise'])), name='token_scope_is_known'),
        ),
    ]
