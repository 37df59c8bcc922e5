"""The tables of the database, and the migrations that bring an older database up to date.

Times in `entry` are ISO 8601 strings in UTC with six decimals, which sort correctly and are
readable in any shell. Times and durations in `outcome` are whole microseconds. A frequent string (a
target, a URL, a cause) is stored once in `word` and referred to by its id.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable, ExecutableDDLElement
from sqlalchemy.sql.elements import TextClause

from procedure.errors import JournalTooNew
from procedure.io.database.backend import DatabaseConnection
from procedure.io.database.entries.separation import separate
from procedure.io.database.rollup_tables import CUT_OFF, ROLLUPS

TABLES = MetaData()

ENTRY = Table(
    "entry",
    TABLES,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("body", Text, nullable=False),
    # A position is never reused, even if the newest row is deleted.
    sqlite_autoincrement=True,
)

# The fields that identify a patron in the entry at `position`; see `entries.entry_rows`. There is
# no foreign key, because PostgreSQL would lock the entry's row for every loan.
PERSONAL = Table(
    "personal",
    TABLES,
    Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("body", Text, nullable=False),
)

WORD = Table(
    "word",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False, unique=True),
)

SERIES = Table(
    "series",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("target", Integer, ForeignKey("word.id"), nullable=False),
    Column("vantage", Integer, ForeignKey("word.id"), nullable=False),
    UniqueConstraint("target", "vantage"),
)

OUTCOME = Table(
    "outcome",
    TABLES,
    Column("series", Integer, ForeignKey("series.id"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("verdict", Integer, nullable=False),
    Column("cause", Integer),
    Column("phase", Integer),
    Column("http_status", SmallInteger),
    Column("url", Integer, nullable=False),
    Column("final_url", Integer),
    Column("latency", BigInteger),
    Column("dns", BigInteger),
    Column("connect", BigInteger),
    Column("tls", BigInteger),
    Column("first_byte", BigInteger),
    Column("reserved", Boolean, nullable=False),
    Column("detail", Integer, nullable=False),
    Column("expires", BigInteger),
    Column("hops", Text),
    sqlite_with_rowid=False,
)

# Notes on who has the item of a pending loan, each deleted once its loan is completed or voided.
NOTE = Table(
    "note",
    TABLES,
    Column("waiting", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

# Local accounts, and their sign-ins by the digest of the browser's token.
ACCOUNT = Table(
    "account",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("since", Text, nullable=False),
)

SIGN_IN = Table(
    "sign_in",
    TABLES,
    Column("digest", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("until", Text, nullable=False),
)

# Who is signed in through the institution's login; `claims` is a JSON list of strings.
EXTERNAL_SIGN_IN = Table(
    "external_sign_in",
    TABLES,
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("claims", Text, nullable=False),
    Column("until", Text, nullable=False),
)

# The workstations that lend without a sign-in, by the digest of their token.
WORKSTATION = Table(
    "workstation",
    TABLES,
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("desk", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", Text, nullable=False),
)

# The newest results that each process shares with the others; after a day, a row is obsolete.
LATEST = Table(
    "latest",
    TABLES,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("process", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("body", Text, nullable=False),
)

Statement = ExecutableDDLElement | TextClause
Step = Statement | Callable[[DatabaseConnection, Dialect], None]

# Not part of the migrations, because it records which of them have been applied.
VERSION = Table("schema_version", MetaData(), Column("version", Integer, primary_key=True))

# One row per version, oldest first. To change a table above, add a row that alters it, and spell
# out the old table in the earlier rows, because a new database goes through all of them.
MIGRATIONS: tuple[tuple[Step, ...], ...] = (
    tuple(CreateTable(table) for table in (ENTRY, WORD, SERIES, OUTCOME)),
    (
        *(CreateTable(table) for table in ROLLUPS.sorted_tables),
        text("INSERT INTO rollup (id, token, purged) VALUES (1, 0, 0)"),
    ),
    (CreateTable(NOTE),),
    (CreateTable(CUT_OFF),),
    (CreateTable(ACCOUNT), CreateTable(SIGN_IN)),
    (CreateTable(WORKSTATION),),
    (CreateTable(EXTERNAL_SIGN_IN),),
    (CreateTable(PERSONAL), separate),
    (CreateTable(LATEST),),
)


def schema_version(connection: DatabaseConnection, dialect: Dialect) -> int:
    """Return the number of the last applied migration, or 0 in a new database.

    Raises:
        JournalTooNew: a later version of Relais made this database.
    """
    connection.execute(str(CreateTable(VERSION, if_not_exists=True).compile(dialect=dialect)))
    newest = str(select(func.max(VERSION.c.version)).compile(dialect=dialect))
    return known_version(connection.execute(newest).fetchone()[0] or 0)


def known_version(version: int) -> int:
    """Return the schema version if this version of Relais supports it.

    Raises:
        JournalTooNew: the database is from a later version of Relais.
    """
    if version > len(MIGRATIONS):
        raise JournalTooNew(
            f"The database has schema {version}; this version of Relais supports up to "
            f"{len(MIGRATIONS)}. Install the version that wrote it, or a later one."
        )
    return version


def migrate(
    connection: DatabaseConnection,
    dialect: Dialect,
    migrations: Sequence[Sequence[Step]] = MIGRATIONS,
) -> None:
    """Apply the missing migrations in the caller's write transaction."""
    version = schema_version(connection, dialect)
    made = insert(VERSION)
    for number, steps in enumerate(migrations[version:], start=version + 1):
        for step in steps:
            if isinstance(step, Statement):
                connection.execute(str(step.compile(dialect=dialect)))
            else:
                step(connection, dialect)
        connection.execute(str(made.compile(dialect=dialect)), {"version": number})
