"""Backup and restore of a PostgreSQL database by its own tools."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import errors, pq, sql
from psycopg.conninfo import make_conninfo

from opendev.backups.databases import open_connection, sync_to_disk
from opendev.backups.errors import BackupError

LONGEST_NAME = 63


class PostgresDatabase:
    """The installation's database, on any host."""

    engine, file_name = "postgresql", "database.dump"

    def __init__(self, settings: dict[str, Any], *, url: str, workspace: Path) -> None:
        self.settings, self.url, self.workspace = settings, url, workspace
        self.name = str(settings["NAME"])

    def copy_to(self, target: Path) -> None:
        """Dump everything that is committed when the call begins; a dump reads a snapshot, and does not block votes."""
        self.run("pg_dump", "--format=custom", f"--file={target}", f"--dbname={self.conninfo(self.name)}")
        sync_to_disk(target)

    def stage(self, source: Path, mark: str) -> "StagedDatabase":
        """Restore a dump into a new database on the same server.

        Raises:
            BackupError: the role may not create databases, or the dump cannot be restored.
        """
        staged = StagedDatabase(self, mark)
        try:
            staged.create()
            self.run(
                *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
                *(f"--dbname={self.conninfo(staged.name)}", str(source)),
            )
        except BaseException:
            staged.drop()
            raise
        return staged

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL; the password is passed in the environment, which other accounts cannot read."""
        path = shutil.which(program)
        if path is None:
            raise BackupError(f"{program} is missing here: install PostgreSQL's client (postgresql-client).")
        environment = {**os.environ, "PGPASSWORD": str(self.settings.get("PASSWORD") or "")}
        answer = subprocess.run(
            [path, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if answer.returncode:
            raise BackupError(f"{program} failed: {' '.join(answer.stderr.split())}")

    def conninfo(self, name: str) -> str:
        """Return the connection options for a database of the same server, without the password."""
        wrapper = open_connection(self.settings)
        known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"password"}
        parameters = {key: value for key, value in wrapper.get_connection_params().items() if key in known}
        return make_conninfo(**{**parameters, "dbname": name})

    def maintenance(self) -> psycopg.Connection[Any]:
        """Return a connection to the server, but to another database; each statement commits."""
        password = str(self.settings.get("PASSWORD") or "")
        return psycopg.connect(self.conninfo("postgres"), password=password, autocommit=True)


class StagedDatabase:
    """A restored database next to the one in use."""

    def __init__(self, database: PostgresDatabase, mark: str) -> None:
        self.database = database
        short = database.name[: LONGEST_NAME - len(mark) - len("_restore_")]
        self.name, self.aside = f"{short}_restore_{mark}", f"{short}_before_{mark}"
        self.url = urlsplit(database.url)._replace(path=f"/{quote(self.name)}").geturl()
        self.settings = {**database.settings, "NAME": self.name}

    def create(self) -> None:
        """Create it empty, with the encoding and collation of the one in use."""
        with self.database.maintenance() as server:
            row = server.execute(
                "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s",
                [self.database.name],
            ).fetchone()
            like: sql.Composable = sql.SQL("")
            if row is not None:
                like = sql.SQL(" ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(*map(sql.Literal, row))
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0{}")
            try:
                server.execute(statement.format(sql.Identifier(self.name), like))
            except errors.InsufficientPrivilege:
                raise BackupError(
                    "The database role may not create databases, which a restore needs: "
                    "ALTER ROLE … CREATEDB, or restore by hand as docs/operations.md describes."
                ) from None

    def check(self) -> None:
        """Do nothing: pg_restore has rebuilt each index, constraint and reference."""

    def swap(self) -> str:
        """Rename both in one transaction.

        Raises:
            BackupError: the database in use has other connections.
        """
        active, aside = self.database.name, self.aside
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        with self.database.maintenance() as server:
            exists = server.execute("SELECT FROM pg_database WHERE datname = %s", [active]).fetchone()
            try:
                with server.transaction():
                    if exists is not None:
                        server.execute(rename.format(sql.Identifier(active), sql.Identifier(aside)))
                    server.execute(rename.format(sql.Identifier(self.name), sql.Identifier(active)))
            except errors.ObjectInUse:
                raise BackupError(f"Stop the server first: {active} has other connections.") from None
        return aside if exists is not None else ""

    def drop(self) -> None:
        """Remove it, unless it has been renamed."""
        with self.database.maintenance() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(self.name)))
