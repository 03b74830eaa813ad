"""A store: one SQLite file, or a PostgreSQL database, by the same code."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from scanner.inventory.schema import HEAD, metadata, revision_table
from scanner.model.errors import StoreUnusable

PASSWORD = "HIKSWEEP_STORE_PASSWORD"  # noqa: S105 - the name of a variable
BUSY = 5.0
"""Seconds that a writer waits for another one."""
_WRITES = "hiksweep_writes"
_NONE_YET = "no store yet; the first 'hiksweep scan' makes it, or 'hiksweep store init'"
_KNOWN = ("sqlite", "postgresql", "postgresql+psycopg")
_MIGRATION_LOCK = 0x68696B73
"""Any number that nothing else of ours locks."""
_MIGRATING = threading.Lock()
Reading: TypeAlias = Connection
"""A store as it is at one moment, for rooms that know no database."""


def place(given: str | None, folder: Path) -> URL:
    """Where a store lies.

    Args:
        given: a file, ``sqlite:///FILE`` or ``postgresql://…``; None = a file in ``folder``.
        folder: the data folder.

    Raises:
        StoreUnusable: neither of these.
    """
    if given is None:
        return URL.create("sqlite", database=str(folder / "inventory.sqlite"))
    if "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        url = make_url(given)
    except ArgumentError:
        raise StoreUnusable("--store: not a file, sqlite:///FILE or postgresql://HOST/DATABASE") from None
    if url.drivername not in _KNOWN:
        raise StoreUnusable(f"--store {url.drivername}: a store is SQLite or PostgreSQL")
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        password = os.environ.get(PASSWORD)
        return url.set(password=password) if password and not url.password else url
    if not url.database or url.database == ":memory:":
        raise StoreUnusable("--store sqlite:///: name a file")
    return url


class Store:
    """An open store. Everything that is read or written goes through `reading` and `writing`.

    Raises:
        StoreUnusable: in any method, where the database is gone, full, locked or of another version.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.sqlite = url.get_backend_name() == "sqlite"
        self.name = str(url.database) if self.sqlite else url.render_as_string(hide_password=True)
        try:
            self._engine = _engine(url, self.sqlite)
        except (ImportError, NoSuchModuleError):
            raise StoreUnusable(
                f"{self.name}: PostgreSQL needs its driver; install hiksweep[postgresql]"
            ) from None

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing; all that is read in it is of one moment."""
        options = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._connected(**options) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on the disk when it ends, or did not happen."""
        with self._connected(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    def hurry(self, connection: Connection, seconds: float = 5.0) -> None:
        """Let the database give up a transaction whose program falls silent in it, as one that was stopped.

        Others would wait for what it holds; on SQLite, which has no server, they do.
        """
        if not self.sqlite:
            limit = int(seconds * 1000)
            connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {limit}"))

    @contextlib.contextmanager
    def _connected(self, **options: Any) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection.execution_options(**options)
        except DBAPIError as error:
            raise StoreUnusable(f"{self.name}: {_reason(error)}") from None
        except SQLAlchemyError as error:
            raise StoreUnusable(f"{self.name}: {error}") from None

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def revision(self) -> str | None:
        """The revision of its tables; None where there are none."""
        with self.reading() as connection:
            if not inspect(connection).has_table(revision_table.name):
                return None
            found = connection.execute(select(revision_table.c.version_num)).scalar()
            return None if found is None else str(found)

    def check_revision(self) -> None:
        """Refuse what this program does not write.

        Raises:
            StoreUnusable: there are no tables, or older or newer ones.
        """
        found = self.revision()
        if found is None:
            raise StoreUnusable(f"{self.name}: {_NONE_YET}")
        if found > HEAD:
            raise StoreUnusable(
                f"{self.name}: made by a newer hiksweep (its tables are {found}, this program knows {HEAD}); "
                "update hiksweep"
            )
        if found < HEAD:
            raise StoreUnusable(f"{self.name}: made by an older hiksweep; run 'hiksweep store migrate'")

    def make(self) -> None:
        """Make the tables where there are none: the same as by all migrations, in less time."""
        with self.writing() as connection:
            self._alone(connection)
            if not inspect(connection).has_table(revision_table.name):
                metadata.create_all(connection)
                connection.execute(insert(revision_table), [{"version_num": HEAD}])

    def _alone(self, connection: Connection) -> None:
        """Let no other program change tables until this transaction is over."""
        if not self.sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))

    def migrate(self) -> tuple[str | None, str]:
        """Bring the tables to this program's revision; returns what it was and what it is.

        Raises:
            StoreUnusable: a newer one.
        """
        from alembic import command
        from alembic.config import Config

        before = self.revision()
        if before is not None and before > HEAD:
            self.check_revision()
        if before != HEAD:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.set_main_option("path_separator", "os")
            # Alembic keeps what it is doing in its modules.
            with _MIGRATING, self.writing() as connection:
                self._alone(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, HEAD)
        return before, HEAD


def open_store(given: str | None, folder: Path, *, make: bool = False) -> Store:
    """Open a store.

    Args:
        given: as for `place`.
        folder: the data folder.
        make: make one where there is none; an older one is left as it is.

    Raises:
        StoreUnusable: it cannot be opened, or is of another version.
    """
    url = place(given, folder)
    store = Store(url)
    if store.sqlite:
        path = Path(str(url.database))
        if not path.exists() and not make:
            raise StoreUnusable(f"{path}: {_NONE_YET}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.touch(mode=0o600)
        except OSError as error:
            raise StoreUnusable(f"{path}: cannot be made ({error.strerror})") from None
    if make and store.revision() is None:
        store.make()
    store.check_revision()
    return store


def _engine(url: URL, sqlite: bool) -> Engine:
    if not sqlite:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    engine = create_engine(url, connect_args={"timeout": BUSY, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        _use_wal(cursor)
        # What was committed survives a loss of power.
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Who will write says so at once: two readers that both want to write later would wait for each other.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_wal(cursor: Any) -> None:
    """Write-ahead log: who reads never waits for who writes. SQLite waits for no lock that this needs."""
    until = time.monotonic() + BUSY
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _reason(error: DBAPIError) -> str:
    """The database's own words, in one line."""
    told = " ".join(str(error.orig).split())
    if "locked" in told:
        return f"another program writes in it ({told}); try again"
    if "full" in told:
        return f"the disk is full ({told}); free some room"
    if "readonly" in told:
        return f"it cannot be written ({told})"
    if "not a database" in told or "malformed" in told:
        return f"not a store, or a damaged one ({told})"
    return told
