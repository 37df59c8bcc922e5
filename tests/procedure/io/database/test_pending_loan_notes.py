"""Notes about pending loans are stored on disk, and later deleted from it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from procedure.io.database.database import open_database

ONE, TWO = UUID(int=1), UUID(int=2)
Clock = Callable[[], datetime]


def test_note_is_kept_replaced_and_deleted(url: str, clock: Clock) -> None:
    with open_database(url, now=clock) as database:
        database.notes.write(ONE, "Mme Rochat").result()
        database.notes.write(ONE, "Mme Rochat, doctorante").result()
        database.notes.write(TWO, "M. Favre").result()
    with open_database(url, now=clock) as database:
        text = database.notes.read()
        database.notes.forget({TWO}).result()
        rest = database.notes.read()
        database.notes.keep_only(())
        none = database.notes.read()
    assert text == {ONE: "Mme Rochat, doctorante", TWO: "M. Favre"}
    assert (rest, none) == ({ONE: "Mme Rochat, doctorante"}, {})


def test_deleted_note_is_not_in_the_file(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", role="server", now=clock) as database:
        database.notes.write(ONE, "Mme Rochat, doctorante").result()
        database.writer.submit(lambda c: c.execute("PRAGMA wal_checkpoint(FULL)").fetchone())
        database.notes.keep_only(())
    assert b"Rochat" not in path.read_bytes()
    assert not Path(f"{path}-wal").exists()
