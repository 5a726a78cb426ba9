"""Registrations: imported lists, figures, personal links."""
