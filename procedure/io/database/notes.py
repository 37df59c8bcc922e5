"""The notes of loans that wait, in a table that is emptied: what is deleted is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import Future
from uuid import UUID

from sqlalchemy import bindparam, delete, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.schema import NOTE
from procedure.io.database.writer import Writer


class SqlNotes:
    """The notes of one installation; see `procedure.circulation.pending_loans.Notes`.

    SQLite overwrites what is deleted with noughts, in the file at the next checkpoint; PostgreSQL
    gives the place away at the next vacuum. A copy of the database made before keeps the note.
    """

    def __init__(self, backend: Backend, writer: Writer) -> None:
        self._backend = backend
        self._writer = writer
        self._erase = "PRAGMA secure_delete = ON" if backend.engine.name == "sqlite" else ""
        self._insert = backend.compose(
            backend.insert(NOTE).values(waiting=bindparam("waiting"), text=bindparam("text"))
        )
        self._delete = backend.compose(delete(NOTE).where(NOTE.c.waiting == bindparam("gone")))

    def write(self, waiting: UUID, note: str) -> Future[None]:
        """Keep a note; see `Notes.write`."""

        def work(connection: DatabaseConnection) -> None:
            self._forget(connection, waiting)
            connection.execute(self._insert, {"waiting": str(waiting), "text": note})

        return self._writer.submit(work)

    def read(self) -> Mapping[UUID, str]:
        """Return every note."""
        with self._backend.reading() as connection:
            rows = connection.execute(select(NOTE.c.waiting, NOTE.c.text)).all()
        return {UUID(waiting): note for waiting, note in rows}

    def forget(self, settled: Collection[UUID]) -> Future[None]:
        """Delete these."""

        def work(connection: DatabaseConnection) -> None:
            for one in settled:
                self._forget(connection, one)

        return self._writer.submit(work)

    def keep_only(self, waiting: Collection[UUID]) -> None:
        """Delete the others."""
        gone = [one for one in self.read() if one not in waiting]
        if gone:
            self.forget(gone).result()

    def _forget(self, connection: DatabaseConnection, waiting: UUID) -> None:
        if self._erase:
            connection.execute(self._erase)
        connection.execute(self._delete, {"gone": str(waiting)})
