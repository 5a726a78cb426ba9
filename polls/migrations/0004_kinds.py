"""A poll's kind is any of polls/kinds, and the tables know its family and `single` alone.

`single` was made by the database from the kind's name. Django cannot alter such a column in place; both databases can.
"""

from typing import Any

import polls.kinds
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class WriteColumn(migrations.AlterField):
    """Make a generated column an ordinary one that keeps its values, and back again where it can be made anew."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Keep what the database made."""
        before, after = (state.apps.get_model(app_label, self.model_name) for state in (from_state, to_state))
        old, new = (model._meta.get_field(self.name) for model in (before, after))
        if schema_editor.connection.vendor == "sqlite":
            editor: Any = schema_editor
            editor._remake_table(before, alter_fields=[(old, new)])
        elif new.generated:
            schema_editor.remove_field(before, old)
            schema_editor.add_field(after, new)
        else:
            schema_editor.execute(
                f"ALTER TABLE {before._meta.db_table} ALTER COLUMN {new.column} DROP EXPRESSION,"
                f" ALTER COLUMN {new.column} SET NOT NULL"
            )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Have the database make it again."""
        self.database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):

    dependencies = [
        ('polls', '0003_reworded'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='poll', name='poll_kind_is_known'),
        migrations.RemoveConstraint(model_name='poll', name='poll_single_means_one'),
        WriteColumn(
            model_name='poll',
            name='single',
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AlterField(
            model_name='poll',
            name='kind',
            field=models.CharField(
                choices=polls.kinds.kind_choices, default='single', max_length=20, verbose_name='kind'
            ),
        ),
        migrations.AddField(
            model_name='poll',
            name='family',
            field=models.CharField(default='pick', editable=False, max_length=5),
        ),
        migrations.AddField(
            model_name='poll',
            name='rules',
            field=models.JSONField(blank=True, default=dict, verbose_name='rules'),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(
                condition=models.Q(('family__in', ['pick'])), name='poll_family_is_known'
            ),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(
                condition=models.Q(('single', False), ('max', 1), _connector='OR'), name='poll_single_means_one'
            ),
        ),
    ]
