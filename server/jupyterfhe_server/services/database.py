"""The database: transactions, its clock, its migrations. SQLite by default, PostgreSQL by URL.

All writes are one at a time: `BEGIN IMMEDIATE` in SQLite, an advisory lock in PostgreSQL. So what a transaction reads it may
decide upon, and files are linked and unlinked under the same lock as the rows that name them. SQLite writes ahead (WAL) only
where its version no longer has the bug that could corrupt a database on a checkpoint (3.51.3); else it keeps a rollback
journal, synchronous FULL.
"""

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from .errors import Refused

WAL_SINCE = (3, 51, 3)
BUSY_SECONDS = 30
LOCK = 0x6A666865  # "jfhe": the advisory lock of PostgreSQL
_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_CLOCK = {
    "sqlite": "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
}


class Database:
    """Connections to one database.

    Parameters
    ----------
    url : str
        `sqlite:///FILE` or `postgresql+psycopg://...`.
    """

    def __init__(self, url):
        options = {}
        if sa.make_url(url).get_backend_name() == "sqlite":
            options = {"connect_args": {"check_same_thread": False, "timeout": BUSY_SECONDS}, "poolclass": sa.QueuePool}
        self.engine = sa.create_engine(url, hide_parameters=True, pool_size=8, max_overflow=8, **options)
        self.dialect = self.engine.dialect.name
        if self.dialect not in _CLOCK:
            raise ValueError(f"a database of kind {self.dialect} is not supported: use sqlite or postgresql")
        if self.dialect == "sqlite":
            sa.event.listen(self.engine, "connect", _configure)
            sa.event.listen(self.engine, "begin", _begin)

    def migrate(self):
        """Bring the tables to what this program expects, in one transaction.

        Raises
        ------
        RuntimeError
            When a newer program has written the database.
        """
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self.write() as conn:
            known = ScriptDirectory.from_config(config)
            now = MigrationContext.configure(conn).get_current_revision()
            if now is not None and now not in {s.revision for s in known.walk_revisions()}:
                raise RuntimeError("the store's database was written by a newer version of jupyterfhe-server")
            config.attributes["connection"] = conn
            command.upgrade(config, "head")

    @contextmanager
    def read(self):
        """A transaction that only reads."""
        with self._guarded(), self.engine.connect() as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self):
        """The one transaction that writes; durable when the block has ended."""
        with self._guarded(), self.engine.connect() as conn:
            conn = conn.execution_options(jupyterfhe_write=True)
            with conn.begin():
                if self.dialect == "postgresql":
                    conn.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield conn

    @contextmanager
    def _guarded(self):
        try:
            yield
        except sa.exc.OperationalError as why:
            text = str(why.orig).lower()
            if "locked" in text or "busy" in text:
                raise Refused("busy", "the database is busy", "Try again.") from None
            if "full" in text:
                raise Refused("full", "the database has no room left") from None
            raise

    def close(self):
        """Close all connections."""
        self.engine.dispose()


def _configure(connection, _record):
    connection.isolation_level = None  # the driver begins no transaction by itself; _begin does
    cursor = connection.cursor()
    mode = "WAL" if sqlite3.sqlite_version_info >= WAL_SINCE else "TRUNCATE"
    for pragma in (f"journal_mode = {mode}", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(conn):
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("jupyterfhe_write") else "BEGIN")


def now(conn):
    """Milliseconds since 1970 by the database's clock."""
    return int(conn.execute(sa.text(_CLOCK[conn.dialect.name])).scalar_one())


def iso(milliseconds):
    """A time as the API shows it."""
    when = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
