"""The notes of pending loans, in a separate table, so that they can be deleted for good."""

from collections.abc import Collection, Mapping
from concurrent.futures import Future
from uuid import UUID

from sqlalchemy import bindparam, delete, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.database_writer import Writer
from procedure.io.database.schema import NOTE

_NO_LOAN = UUID(int=0)


class SqlNotes:
    """Notes on who has the item of a pending loan, kept apart from the journal.

    SQLite overwrites deleted data with zeros, which reach the database file at the next checkpoint.
    PostgreSQL frees the space at the next vacuum. Earlier copies of the database keep the deleted
    notes.
    """

    def __init__(self, backend: Backend, writer: Writer) -> None:
        self._backend = backend
        self._writer = writer
        self._insert = backend.compose(
            backend.insert(NOTE).values(waiting=bindparam("waiting"), text=bindparam("text"))
        )
        self._delete = backend.compose(delete(NOTE).where(NOTE.c.waiting == bindparam("gone")))

    def write(self, pending: UUID, note: str) -> Future[None]:
        """Store or replace a note; it is on disk when the future is done.

        The note is stored before anything that is submitted to the journal later.
        """

        def work(connection: DatabaseConnection) -> None:
            self._forget(connection, pending)
            connection.execute(self._insert, {"waiting": str(pending), "text": note})

        return self._writer.submit(work)

    def read(self) -> Mapping[UUID, str]:
        """Return all notes, keyed by the id of the pending loan."""
        with self._backend.reading() as connection:
            rows = connection.execute(select(NOTE.c.waiting, NOTE.c.text)).all()
        return {UUID(pending): note for pending, note in rows}

    def forget(self, settled: Collection[UUID]) -> Future[None]:
        """Delete the notes of loans that have been completed or voided."""

        def work(connection: DatabaseConnection) -> None:
            for loan in settled:
                self._forget(connection, loan)

        return self._writer.submit(work)

    def keep_only(self, pending: Collection[UUID]) -> None:
        """Delete every note whose loan is no longer pending."""
        settled = [loan for loan in self.read() if loan not in pending]
        if settled:
            self.forget(settled).result()

    def write_and_delete(self, connection: DatabaseConnection) -> None:
        """Write and delete a note that belongs to no loan, so that the commit reaches the disk."""
        connection.execute(self._insert, {"waiting": str(_NO_LOAN), "text": ""})
        self._forget(connection, _NO_LOAN)

    def _forget(self, connection: DatabaseConnection, pending: UUID) -> None:
        connection.execute(self._delete, {"gone": str(pending)})
