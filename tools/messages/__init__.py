"""Catalogues of translations: what is to be translated, what is, and whether it is right (docs/languages/README.md)."""
