"""Catalogues of translations: texts to translate, translations, and checks of them (docs/languages/README.md)."""
