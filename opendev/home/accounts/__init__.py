"""Sign-in and the user's account: django-allauth with our limits, rights, pages and audit log (docs/adr/0057)."""
