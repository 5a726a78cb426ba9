"""Errors of backups, as messages for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError, InterfaceError


class BackupError(Exception):
    """A backup cannot be made or restored; the text is a message for the operator."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors of the disk and of the database into BackupError."""
    try:
        yield
    except OSError as error:
        raise BackupError(f"{error.filename or 'The disk'}: {error.strerror or error}.") from error
    except (DatabaseError, InterfaceError, psycopg.Error) as error:
        raise BackupError(f"The database says: {' '.join(str(error).split())}") from error
