"""What is named most is read by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('polls', '0005_written_options'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='option',
            index=models.Index(models.F('poll'), models.F('state'), models.OrderBy(models.F('total'), descending=True), models.F('id'), condition=models.Q(('author_kind', 'voter'), ('merged_into', None)), name='option_most_named'),
        ),
    ]
