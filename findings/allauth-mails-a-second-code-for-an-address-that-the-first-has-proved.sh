#!/usr/bin/env bash
# django-allauth 65.22.1 mails a second code for the address whose first code was typed just now.
#
# Expected: a code that came by e-mail proves the address. A user from before allauth, who has auth_user.email and no row of
# EmailAddress, signs in with one code, as a user does whose row says verified=False.
# Instead: after the right code the page asks for another, which went to the same address with the subject "Please Confirm
# Your Email Address".
# Here: sessions/migrations/0022_addresses_of_users.py makes the rows beforehand.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "django-allauth[mfa]==65.22.1" Django==5.2.19
cat > "$folder/seen.py" <<'PYTHON'
import re
import sys

import django
from django.conf import settings

APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"]
MIDDLEWARE = ["sessions.middleware.SessionMiddleware", "auth.middleware.AuthenticationMiddleware", "messages.middleware.MessageMiddleware"]
PROCESSORS = ["template.context_processors.request", "contrib.auth.context_processors.auth"]
settings.configure(
    SECRET_KEY="finding",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="allauth.urls",
    LOGIN_REDIRECT_URL="/email/",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[*APPS, "django.contrib.humanize", "allauth", "allauth.account", "allauth.mfa"],
    MIDDLEWARE=[*(f"django.contrib.{name}" for name in MIDDLEWARE), "allauth.account.middleware.AccountMiddleware"],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": [f"django.{name}" for name in PROCESSORS]},
        }
    ],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ACCOUNT_LOGIN_METHODS={"email"},
    ACCOUNT_SIGNUP_FIELDS=["email*", "password1*"],
    ACCOUNT_LOGIN_BY_CODE_ENABLED=True,
    ACCOUNT_EMAIL_VERIFICATION="mandatory",
    ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED=True,
)
django.setup()

from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.test import Client

call_command("migrate", verbosity=0)

from allauth.account.models import EmailAddress


def subjects_until_in(client, email):
    """The subjects of the mails whose codes somebody must type to be signed in."""
    answer, subjects = client.post("/login/code/", {"email": email}), []
    while answer.headers["Location"] != "/email/":
        message = mail.outbox[-1]
        subjects.append(message.subject)
        (code,) = re.findall(r"^([A-Z0-9-]{6,})$", message.body, re.MULTILINE)
        answer = client.post(answer.headers["Location"], {"code": code})
    return subjects


user = User.objects.create_user("ann", "ann@example.org", "correct horse battery")
subjects = subjects_until_in(Client(), user.email)
other = User.objects.create_user("ben", "ben@example.org")
EmailAddress.objects.create(user=other, email=other.email, verified=False, primary=True)
with_row = subjects_until_in(Client(), other.email)
print("without a row of EmailAddress:", subjects)
print("with an unverified row:", with_row)
sys.exit((len(subjects), len(with_row)) != (2, 1))
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
