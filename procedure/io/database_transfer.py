"""Copies a whole SQLite database into an empty PostgreSQL database in one transaction.

Every table is read back and compared before the transaction is committed.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text
from sqlalchemy.engine import make_url

from procedure.errors import TransferRefused
from procedure.io.clock import utc_now
from procedure.io.database.backend import Backend
from procedure.io.database.database import open_database
from procedure.io.database.missing_entries import missing_entries
from procedure.io.database.postgres import postgres_backend
from procedure.io.database.schema import migrate
from procedure.io.database.server_lock import holder

# Called with the number of rows read from both databases so far and the total to read.
Progress = Callable[[int, int], None]
_PAGE = 2000
_CHECKSUM_BITS = 128


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A copied table; its checksum does not depend on the order of the rows."""

    name: str
    rows: int
    checksum: str


def transfer(source: Path, target: str, *, on_progress: Progress) -> tuple[CopiedTable, ...]:
    """Copy a SQLite database to the empty PostgreSQL database at a URL; return the copied tables.

    The source is only read. If the copy fails, the target stays empty.

    Raises:
        TransferRefused: a server is using the source, the source lacks acknowledged entries, the
            target is not empty, or the rows read back differ from the rows written.
        JournalGone, JournalMissing, JournalTooOld, JournalTooNew: see `open_database`.
        JournalUnwritable: the target cannot be reached or written to.
    """
    _check_source(source)
    backend = postgres_backend(make_url(target))
    with (
        open_database(f"sqlite:///{source}", role="reader", now=utc_now) as opened,
        opened.backend.reading() as read,
        _empty_database(backend) as write,
    ):
        # Read in a single transaction, so that all tables are from the same moment.
        read.exec_driver_sql("BEGIN")
        return _copy(read, write, on_progress)


def _check_source(source: Path) -> None:
    if server := holder(source):
        raise TransferRefused(
            f"A Relais server is using the database {source} (process {server.get('pid')} on "
            f"{server.get('host')}), and loans made in the meantime would be left behind: stop it "
            "first. Nothing was copied."
        )
    if source.exists() and (message := missing_entries(source)):
        raise TransferRefused(f"{message} Nothing was copied.")


@contextmanager
def _empty_database(backend: Backend) -> Generator[Connection]:
    """Check that a database is empty, create the tables, yield the connection, then commit."""
    try:
        with backend.engine.begin() as connection:
            connection.exec_driver_sql(backend.lock_schema)
            _check_empty(connection)
            migrate(_driver(connection), backend.engine.dialect)
            yield connection
    except Exception as error:
        raise backend.explain(error) or error from error
    finally:
        backend.engine.dispose()


def _check_empty(connection: Connection) -> None:
    if tables := inspect(connection).get_table_names():
        raise TransferRefused(
            f"The database {connection.engine.url.database} already contains something "
            f"({', '.join(sorted(tables)[:3])}): name an empty one, made with createdb. "
            "Nothing was copied."
        )


def _copy(read: Connection, write: Connection, on_progress: Progress) -> tuple[CopiedTable, ...]:
    sources, targets = _tables(read), _tables(write)
    by_name = {table.name: table for table in targets}
    if by_name.keys() != {table.name for table in sources}:
        raise TransferRefused(
            "The source does not have the tables of this version of Relais: nothing was copied."
        )
    total = 2 * sum(_count(read, table) for table in sources)
    rows = _Counted(on_progress, total)
    # Delete the rows that the migrations wrote, because the source already contains them.
    for table in reversed(targets):
        write.execute(table.delete())
    return tuple(_copy_table(read, write, source, by_name[source.name], rows) for source in sources)


def _tables(connection: Connection) -> list[Table]:
    """Return the tables that a database actually has, in an order that satisfies foreign keys."""
    tables = MetaData()
    tables.reflect(connection)
    return tables.sorted_tables


def _copy_table(
    read: Connection, write: Connection, source: Table, target: Table, counted: "_Counted"
) -> CopiedTable:
    columns = [column.name for column in source.columns]
    written = _Checksum()
    quoted = ", ".join(write.dialect.identifier_preparer.quote(name) for name in columns)
    name = write.dialect.identifier_preparer.quote(target.name)
    with _driver(write).cursor().copy(f"COPY {name} ({quoted}) FROM STDIN") as copying:
        for row in written.of(counted.over(_rows(read, source, columns))):
            copying.write_row(row)
    read_back = _Checksum()
    for _ in read_back.of(counted.over(_rows(write, target, columns))):
        pass
    if read_back != written:
        raise TransferRefused(
            f"The table {target.name} differs after copying ({written.rows} rows written, "
            f"{read_back.rows} read back): nothing was copied. Try again."
        )
    _continue_counting(read, write, target)
    return CopiedTable(target.name, written.rows, written.text)


def _rows(
    connection: Connection, table: Table, columns: Sequence[str]
) -> Iterator[Sequence[object]]:
    query = select(*(table.c[name] for name in columns)).execution_options(yield_per=_PAGE)
    with connection.execute(query) as rows:
        yield from rows


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _continue_counting(read: Connection, write: Connection, table: Table) -> None:
    """Make an autoincrement key continue after the highest number that the source ever assigned."""
    key, *others = table.primary_key.columns
    find = text("SELECT pg_get_serial_sequence(:table, :column)")
    names = {"table": table.name, "column": key.name}
    sequence = None if others else write.execute(find, names).scalar()
    if sequence is None:
        return
    present = write.execute(select(func.max(key))).scalar() or 0
    highest = max(present, _ever_counted(read, table.name))
    if highest:
        values = {"sequence": sequence, "highest": highest}
        write.execute(text("SELECT setval(:sequence, :highest)"), values)


def _ever_counted(read: Connection, table: str) -> int:
    """Return the highest number that SQLite ever assigned, even to a deleted row, or 0."""
    if not inspect(read).has_table("sqlite_sequence"):
        return 0
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    return read.execute(query, {"table": table}).scalar() or 0


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


@dataclass
class _Checksum:
    """The number of rows and the sum of their hashes, which does not depend on their order."""

    rows: int = 0
    sum: int = 0

    @property
    def text(self) -> str:
        return f"{self.sum:0{_CHECKSUM_BITS // 4}x}"

    def of(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """Yield the rows, adding each to the checksum."""
        for row in rows:
            content = msgspec.msgpack.encode(tuple(row))
            digest = blake2b(content, digest_size=_CHECKSUM_BITS // 8).digest()
            self.sum = (self.sum + int.from_bytes(digest)) % (1 << _CHECKSUM_BITS)
            self.rows += 1
            yield row


class _Counted:
    """Reports the number of rows read so far."""

    def __init__(self, on_progress: Progress, total: int) -> None:
        self._on_progress, self._total, self._done = on_progress, total, 0

    def over(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for row in rows:
            self._done += 1
            if self._done % _PAGE == 0:
                self._on_progress(self._done, self._total)
            yield row
        self._on_progress(self._done, self._total)
