"""Queries about sign-up lines and groups."""
