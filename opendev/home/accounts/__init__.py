"""Signing in and one's own account: django-allauth with our limits, rights, pages and audit log (docs/adr/0057)."""
