"""Sessions, on a committing PostgreSQL where two come at once."""

from tests.factories.databases import committing_postgres

__all__ = ["committing_postgres"]
