"""PostgreSQL as the database, for libraries that run a PostgreSQL server."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from procedure.errors import JournalError, JournalUnwritable, TransactionEnded
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.processes.postgres_leadership import PostgresLeadership

# How long to wait for each address of the host, in seconds. Many hosts have two addresses; libpq's
# minimum is 2 seconds.
CONNECT_TIMEOUT = 3
# The channel on which processes announce a committed entry whose kind is in `ANNOUNCED`.
CHANNEL = "relais"
# A process that hangs during a transaction must not block the other writers for longer than this.
HANGS_AFTER = 5  # seconds
# These settings close a connection soon after the other machine has silently disappeared. The first
# two values are in seconds, the last one in milliseconds.
SILENCE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# Messages by the class of an error's SQLSTATE, which is its first two characters.
_MESSAGES = {
    "08": "The database server is not responding: check that it is running and can be reached.",
    "22": "The database server cannot store this text: PostgreSQL refuses a character in it.",
    "25": "The database server is not accepting writes: it is a replica, or under maintenance.",
    "28": "The database server refuses this user: check RELAIS_DATABASE_URL.",
    "3D": "The database does not exist on its server: create it, or correct RELAIS_DATABASE_URL.",
    "42": "This user may not write to the database: grant permissions on its tables.",
    "53": "The database server has run out of space: free some, then try again.",
    "55": "Another program has locked the database: close that program, then try again.",
    "57": "The database server is stopping: start it again, then try again.",
}
_ENDED = "25P03"  # idle_in_transaction_session_timeout

# Turns durable commits on if the database server acknowledges a commit before it is on disk. A
# stricter setting, such as waiting for a replica, is left alone.
_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'"
)

# These settings apply to the whole database server and cannot be changed from here.
_LOSSY = (
    "SELECT name FROM pg_settings"
    " WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name"
)


def postgres_backend(url: URL, *, read_only: bool = False) -> Backend:
    """Return the PostgreSQL database at the URL; with `read_only`, PostgreSQL refuses writes.

    Raises:
        JournalUnwritable: psycopg is not installed.
    """
    timeouts = {"connect_timeout": CONNECT_TIMEOUT} | SILENCE
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            # Error messages would otherwise show the parameters, which may be patron identifiers.
            hide_parameters=True,
            connect_args={key: set_ for key, set_ in timeouts.items() if key not in url.query},
        )
    except (ImportError, NoSuchModuleError) as missing:
        raise JournalUnwritable(
            "PostgreSQL needs psycopg: install it with pip install 'alma-relais[postgres]'"
        ) from missing
    if read_only:
        event.listen(engine, "connect", _set_read_only)
    return Backend(
        engine=engine,
        connect=lambda: _connect(engine),
        begin="BEGIN",
        placeholder="%s",
        # Before a migration, the transaction is idle during a backup, which may take a long time.
        lock_schema="SET LOCAL idle_in_transaction_session_timeout = 0; "
        "SELECT pg_advisory_xact_lock(1382378593)",
        # Reading is not blocked; a second writer waits until the first writer's rows are visible.
        lock_writers="LOCK TABLE entry IN SHARE ROW EXCLUSIVE MODE",
        announce=f"NOTIFY {CHANNEL}",
        lossy_settings=_LOSSY,
        leadership=lambda: PostgresLeadership(lambda: _connect(engine), CHANNEL),
        insert=insert,
        explain=explain,
    )


def explain(error: BaseException) -> JournalError | None:
    """Return a `JournalError` that says what to do about a PostgreSQL error, or None."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    if not type(cause).__module__.startswith("psycopg"):
        return None
    # If there is no SQLSTATE, psycopg refused a value, or the server could not be reached.
    state = getattr(cause, "sqlstate", None)
    if state is None:
        state = "22000" if type(cause).__name__ == "DataError" else "08000"
    if state == _ENDED:
        return TransactionEnded("The database server ended a transaction that hung: try again.")
    return JournalUnwritable(
        _MESSAGES.get(state[:2]) or f"The database server refused the request (SQLSTATE {state})."
    )


def _set_read_only(connection: Any, record: Any) -> None:
    del record
    connection.read_only = True


def _connect(engine: Engine) -> DatabaseConnection:
    fairy = engine.raw_connection()
    connection: Any = fairy.driver_connection
    fairy.detach()
    connection.rollback()
    connection.autocommit = True
    connection.execute(f"SET idle_in_transaction_session_timeout = '{HANGS_AFTER}s'")
    connection.execute(_DURABLE)
    return connection
