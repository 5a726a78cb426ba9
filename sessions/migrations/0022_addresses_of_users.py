"""Give users who have an e-mail address the row in which django-allauth keeps it, unproved: a code will prove it.

An address that several users share is left out: nobody can tell whose it is.
"""

from collections import Counter

from django.db import migrations


def keep_addresses(apps, schema_editor):
    User = apps.get_model("auth", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    users = list(User.objects.exclude(email="").order_by("pk").values_list("pk", "email"))
    often = Counter(email.casefold() for _pk, email in users)
    known = set(EmailAddress.objects.values_list("user_id", flat=True))
    EmailAddress.objects.bulk_create(
        EmailAddress(user_id=pk, email=email.lower(), verified=False, primary=True)
        for pk, email in users
        if often[email.casefold()] == 1 and pk not in known
    )


class Migration(migrations.Migration):
    dependencies = [
        ("opendev_sessions", "0021_sign_ins"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(keep_addresses, migrations.RunPython.noop)]
