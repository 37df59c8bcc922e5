"""Whatever fails, the spool brings every acknowledged entry into the journal once, in order."""

import errno
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from threading import Barrier
from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from procedure.circulation.transactions import Loan
from procedure.errors import JournalUnwritable
from procedure.io.database.database import open_database
from procedure.io.spool import spool_file
from procedure.io.spool.spool import Spool, spool_base, spool_files
from procedure.io.spool.spool_line import Spooled, decode_lines, encode_line
from tests.procedure.io.conftest import START, Clock
from tests.support import make
from tests.support.memory import MemoryJournal, MemoryNotes

PATRON = "2070000001"


def loan(number: int) -> Loan:
    at = START + timedelta(seconds=number)
    return make.loan(number, f"i{number}", PATRON, at=at, desk="CMU", sequence=number)


def spooled(*numbers: int) -> list[Spooled]:
    return [Spooled(loan(number)) for number in numbers]


class Killed(BaseException):
    """Represents the death of the process; no code under test catches it."""


class FailingJournal(MemoryJournal):
    """A journal that can refuse entries, or whose process is killed before or after a commit."""

    fails = False
    killed_after: bool | None = None

    def append(self, *entries: Any, **more: Any) -> Any:
        if self.fails:
            raise JournalUnwritable("The database's disk is full")
        if self.killed_after is False:
            raise Killed
        recorded = super().append(*entries, **more)
        if self.killed_after:
            raise Killed
        return recorded


class Journaling(RuleBasedStateMachine):
    """A workstation that sends in order, a database that comes and goes, and a process that dies.

    The workstation sends all its unacknowledged loans each time, oldest first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="relais-spool-"))
        self.journal = FailingJournal(lambda: START)
        self.acknowledged: list[int] = []
        self.made = 0
        self.start()

    def start(self) -> None:
        self.spool = Spool(self.folder / "relais", self.journal, MemoryNotes())

    def kill(self) -> None:
        """End the process, which frees its locks and stops its writes, and start another."""
        self.spool.close()
        self.journal.killed_after = None
        self.start()

    @property
    def next(self) -> list[int]:
        first = len(self.acknowledged) + 1
        return list(range(first, self.made + 1))

    @rule(count=st.integers(1, 3))
    def make(self, count: int) -> None:
        self.made += count

    @precondition(lambda self: self.next)
    @rule(answered=st.booleans())
    def send(self, *, answered: bool) -> None:
        """Send the desk's unacknowledged loans; if the answer is lost, they are sent again."""
        numbers = self.next
        if self.spool.count:
            self.spool.submit(*spooled(*numbers)).result()
        else:
            try:
                self.journal.append(*map(loan, numbers))
            except JournalUnwritable:
                self.spool.submit(*spooled(*numbers)).result()
        if answered:
            self.acknowledged += numbers

    @rule()
    def fail(self) -> None:
        self.journal.fails = True

    @rule()
    def come_back(self) -> None:
        self.journal.fails = False

    @rule()
    def fold(self) -> None:
        expected = not self.journal.fails or not self.spool.count
        assert self.spool.bring_in() == expected

    @rule()
    def kill_and_start(self) -> None:
        self.kill()

    @precondition(lambda self: self.spool.count and not self.journal.fails)
    @rule(after=st.booleans())
    def kill_while_folding(self, *, after: bool) -> None:
        """Kill the process before or after the commit, while the files still exist."""
        self.journal.killed_after = after
        with pytest.raises(Killed):
            self.spool.bring_in()
        self.kill()

    @precondition(lambda self: self.spool.count and not self.journal.fails)
    @rule()
    def kill_while_removing(self) -> None:
        """Kill the process once the content has been overwritten, while the file still exists."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(spool_file.Path, "unlink", _kill)
            with pytest.raises(Killed):
                self.spool.bring_in()
        self.kill()

    @precondition(lambda self: self.next)
    @rule(cut=st.integers(1, 60))
    def kill_while_appending(self, cut: int) -> None:
        """Kill the process once part of a line is on disk."""
        torn = encode_line(Spooled(loan(self.next[0])))[:-cut]
        self.spool.close()
        files = spool_files(self.folder / "relais")
        path = files[-1] if files else self.folder / "relais-00000001.spool"
        with path.open("ab") as file:
            file.write(torn)
        self.kill()

    @precondition(lambda self: self.next)
    @rule(written=st.integers(0, 600))
    def meet_full_disk(self, written: int) -> None:
        """Make the spool's disk write part of a line or fail to sync: nothing is acknowledged."""
        if not self.journal.fails and not self.spool.count:
            return
        whole, calls = os.write, []

        def write(handle: int, content: Any) -> int:
            calls.append(handle)
            if len(calls) > 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return whole(handle, bytes(content)[:written])

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(spool_file.os, "write", write)
            patched.setattr(spool_file.os, "fsync", _refuse)
            future = self.spool.submit(*spooled(*self.next))
            with pytest.raises(JournalUnwritable, match="cannot be written to: "):
                future.result()

    @invariant()
    def every_acknowledged_entry_is_somewhere_in_its_order(self) -> None:
        recorded = [record.entry.sequence for record in self.journal.since()]
        assert recorded == sorted(set(recorded))
        waiting = [entry.sequence for entry in self.spool.snapshot()[0]]
        assert set(self.acknowledged) <= {*recorded, *waiting}

    def teardown(self) -> None:
        self.journal.fails = False
        assert self.spool.bring_in()
        recorded = [record.entry.sequence for record in self.journal.since()]
        assert recorded == sorted(set(recorded))
        assert set(self.acknowledged) <= set(recorded)
        assert spool_files(self.folder / "relais") == []
        self.spool.close()
        shutil.rmtree(self.folder)


def _kill(*_: object, **__: object) -> None:
    raise Killed


def _refuse(*_: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


TestJournaling = Journaling.TestCase
TestJournaling.settings = settings(deadline=None)


# --- single cases


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "spool" / "relais"


def test_spool_is_private_and_leaves_no_file(base: Path) -> None:
    journal = MemoryJournal(lambda: START)
    spool = Spool(base, journal, MemoryNotes())
    assert spool.submit(*spooled(1, 2)).result() == (loan(1), loan(2))
    (file,) = spool_files(base)
    assert [oct(path.stat().st_mode & 0o777) for path in (file, file.parent)] == ["0o600", "0o700"]
    with file.open("rb") as still_open:
        assert PATRON.encode() in still_open.read()
        assert spool.bring_in()
        still_open.seek(0)
        assert not still_open.read().strip(b"\0")
    assert list(base.parent.iterdir()) == []
    assert [record.entry for record in journal.since()] == [loan(1), loan(2)]
    spool.close()


def test_spool_keeps_the_note_of_a_pending_loan(base: Path) -> None:
    journal, notes = FailingJournal(lambda: START), MemoryNotes()
    journal.fails = True
    waiting = make.pending(1, "i1", at=START, desk="CMU")
    spool = Spool(base, journal, notes)
    spool.submit(Spooled(waiting, "la dame au chapeau")).result()
    spool.close()
    journal.fails = False
    again = Spool(base, journal, notes)
    assert (again.count, again.bring_in(), again.count) == (1, True, 0)
    assert notes.read() == {waiting.id: "la dame au chapeau"}
    assert [record.entry for record in journal.since()] == [waiting]
    again.close()


def test_spool_reports_a_damaged_line_and_keeps_its_file(
    base: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = [encode_line(Spooled(loan(number))) for number in (1, 2, 3)]
    lines[1] = lines[1].replace(b"i2", b"i7")
    assert list(decode_lines(b"".join(lines))) == [Spooled(loan(1)), None, Spooled(loan(3))]
    base.parent.mkdir()
    file = base.with_name("relais-00000001.spool")
    file.write_bytes(b"".join(lines))
    journal = MemoryJournal(lambda: START)
    spool = Spool(base, journal, MemoryNotes())
    assert spool.bring_in()
    spool.close()
    assert [record.entry for record in journal.since()] == [loan(1), loan(3)]
    (kept,) = spool_files(base)
    assert (kept.name, kept.read_bytes()) == ("relais-00000001.spool.damaged", b"".join(lines))
    assert f"{file} has unreadable lines: it is kept with the suffix .damaged." in caplog.messages
    assert PATRON not in caplog.text
    # The damaged file is not read again, and no later file gets its number.
    spool = Spool(base, journal, MemoryNotes())
    spool.submit(*spooled(4)).result()
    assert [path.name for path in spool_files(base)] == [
        "relais-00000001.spool.damaged",
        "relais-00000002.spool",
    ]
    spool.close()


def test_spool_leaves_the_file_of_a_running_process(base: Path) -> None:
    journal = MemoryJournal(lambda: START)
    first = Spool(base, journal, MemoryNotes())
    first.submit(*spooled(1)).result()
    second = Spool(base, journal, MemoryNotes())
    assert second.count == 0
    second.submit(*spooled(2)).result()
    assert second.bring_in()
    assert first.bring_in()
    assert [record.entry for record in journal.since()] == [loan(2), loan(1)]
    first.close()
    second.close()


def test_spools_of_two_processes_share_a_folder(base: Path) -> None:
    journals = [FailingJournal(lambda: START), FailingJournal(lambda: START)]
    spools = [Spool(base, journal, MemoryNotes()) for journal in journals]
    both = Barrier(2)

    def append(place: int, number: int) -> None:
        both.wait()
        spools[place].submit(*spooled(number)).result()

    with ThreadPoolExecutor(2) as threads:
        for turn in range(1, 101):
            # Both spools start a new file at the same time, because their previous files have been
            # recorded.
            list(threads.map(append, (0, 1), (turn, 1000 + turn)))
            assert len(spool_files(base)) == 2
            assert all(spool.bring_in() for spool in spools)
    kept = [[record.entry for record in journal.since()] for journal in journals]
    assert kept == [[loan(first + turn) for turn in range(1, 101)] for first in (0, 1000)]
    assert spool_files(base) == []


def test_unwritable_spool_refuses_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    spool = Spool(
        tmp_path / "file" / "spool" / "relais", MemoryJournal(lambda: START), MemoryNotes()
    )
    with pytest.raises(JournalUnwritable, match="cannot be written to: Not a directory"):
        spool.submit(*spooled(1)).result()
    assert (spool.count, spool.fault) == (
        0,
        f"The spool {tmp_path / 'file' / 'spool'} cannot be written to: Not a directory.",
    )
    spool.close()


def test_spool_base_differs_for_databases_of_one_folder(tmp_path: Path) -> None:
    urls = (
        "sqlite:////srv/a/relais.sqlite3",
        "sqlite:////srv/b/relais.sqlite3",
        "postgresql+psycopg://relais@db.test/a",
        "postgresql+psycopg://relais@db.test/b",
        "postgresql+psycopg://relais@other.test/a",
    )
    assert len({spool_base(url, tmp_path) for url in urls}) == len(urls)
    assert len({spool_base(url) for url in urls}) == len(urls)
    assert spool_base(urls[0]) == Path("/srv/a/relais.sqlite3")
    with_password = "postgresql+psycopg://relais:other@db.test/a"
    assert spool_base(with_password, tmp_path) == spool_base(urls[2], tmp_path)


def test_spool_records_thousands_of_loans_once(base: Path, tmp_path: Path, clock: Clock) -> None:
    numbers = range(1, 2001)
    with open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}", role="server", now=clock) as database:
        database.journal.append(loan(7), loan(1500))
        spool = Spool(base, database.journal, database.notes)
        spool.submit(*spooled(*numbers)).result()
        assert spool.bring_in()
        recorded = [record.entry.sequence for record in database.journal.since()]
        assert recorded == [7, 1500, *(number for number in numbers if number not in {7, 1500})]
        spool.close()


def move_away(path: Path) -> None:
    path.rename(path.with_name("away"))


def truncate(path: Path) -> None:
    os.truncate(path, 10)


def replace_by_an_older_copy(path: Path) -> None:
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    copy.replace(path)


@pytest.mark.parametrize("disturb", [Path.unlink, move_away, truncate, replace_by_an_older_copy])
def test_submit_acknowledges_nothing_if_the_file_is_out_of_place(
    tmp_path: Path, disturb: Callable[[Path], object]
) -> None:
    journal = FailingJournal(lambda: START)
    journal.fails = True
    spool = Spool(tmp_path / "relais", journal, MemoryNotes())
    spool.submit(*spooled(1, 2)).result()
    disturb(tmp_path / "relais-00000001.spool")
    for _ in range(2):
        with pytest.raises(JournalUnwritable, match="moved, removed or replaced while loans"):
            spool.submit(*spooled(3)).result()
    spool.close()  # like a kill; acknowledged loans are on disk anyway
    journal.fails = False
    again = Spool(tmp_path / "relais", journal, MemoryNotes())
    assert again.bring_in()
    assert {record.entry for record in journal.since()} == {loan(1), loan(2)}
    assert len(journal.since()) == 2


def test_check_notices_a_file_that_was_moved_and_put_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "relais", FailingJournal(lambda: START), MemoryNotes())
    spool.submit(*spooled(1)).result()
    file = tmp_path / "relais-00000001.spool"
    move_away(file)
    spool.check()
    assert "was moved, removed or replaced" in spool.fault
    file.with_name("away").rename(file)
    assert spool.submit(*spooled(2)).result() == (loan(2),)
    assert spool.fault == ""


def test_bring_in_ends_the_refusal_of_a_removed_spool(tmp_path: Path) -> None:
    journal = FailingJournal(lambda: START)
    spool = Spool(tmp_path / "relais", journal, MemoryNotes())
    spool.submit(*spooled(1)).result()
    (tmp_path / "relais-00000001.spool").unlink()
    spool.check()
    assert spool.bring_in()
    assert (spool.fault, spool_files(tmp_path / "relais")) == ("", [])
    assert spool.submit(*spooled(2)).result() == (loan(2),)


def test_bring_in_records_a_file_that_was_put_back_after_a_restart(tmp_path: Path) -> None:
    journal = FailingJournal(lambda: START)
    journal.fails = True
    file = tmp_path / "relais-00000001.spool"
    first = Spool(tmp_path / "relais", journal, MemoryNotes())
    first.submit(*spooled(1, 2)).result()
    move_away(file)
    first.close()
    second = Spool(tmp_path / "relais", journal, MemoryNotes())
    second.submit(*spooled(3)).result()
    file.with_name("away").replace(file)
    second.check()
    journal.fails = False
    assert second.bring_in()
    assert [record.entry for record in journal.since()] == [loan(3), loan(1), loan(2)]
    assert (second.fault, list(tmp_path.iterdir())) == ("", [])


def test_bring_in_leaves_another_processs_file_of_the_same_name(tmp_path: Path) -> None:
    journal = FailingJournal(lambda: START)
    journal.fails = True
    file = tmp_path / "relais-00000001.spool"
    first, second = (Spool(tmp_path / "relais", journal, MemoryNotes()) for _ in range(2))
    first.submit(*spooled(1)).result()
    move_away(file)
    second.submit(*spooled(2)).result()
    journal.fails = False
    assert first.bring_in()
    second.close()  # like a kill, before the spool has checked its file again
    assert Spool(tmp_path / "relais", journal, MemoryNotes()).bring_in()
    assert [record.entry for record in journal.since()] == [loan(1), loan(2)]


def test_check_rewrites_a_file_that_was_removed_twice(tmp_path: Path) -> None:
    journal = FailingJournal(lambda: START)
    journal.fails = True
    spool = Spool(tmp_path / "relais", journal, MemoryNotes())
    spool.submit(*spooled(1, 2)).result()
    for _ in range(2):
        for file in spool_files(tmp_path / "relais"):
            file.unlink()
        spool.check()
    spool.close()
    again = Spool(tmp_path / "relais", journal, MemoryNotes())
    assert again.snapshot() == ((loan(1), loan(2)), ())


def test_spool_reads_loans_of_a_rewritten_and_returned_file_once(tmp_path: Path) -> None:
    journal = FailingJournal(lambda: START)
    journal.fails = True
    file = tmp_path / "relais-00000001.spool"
    spool = Spool(tmp_path / "relais", journal, MemoryNotes())
    spool.submit(*spooled(1, 2)).result()
    move_away(file)
    spool.check()
    file.with_name("away").rename(file)
    spool.submit(*spooled(3)).result()
    spool.close()
    again = Spool(tmp_path / "relais", journal, MemoryNotes())
    assert again.snapshot() == ((loan(1), loan(2), loan(3)), ())


@pytest.mark.parametrize("name", ["re[l]ais", "relais*", "relais?"])
def test_spool_files_of_a_name_with_special_characters(tmp_path: Path, name: str) -> None:
    base = tmp_path / name
    Spool(base, MemoryJournal(lambda: START), MemoryNotes()).submit(*spooled(1)).result()
    assert [file.name for file in spool_files(base)] == [f"{name}-00000001.spool"]


def test_spool_files_leave_out_those_of_other_databases(tmp_path: Path) -> None:
    for name in ("relais", "relais-2", "relais-00000001", "other"):
        Spool(tmp_path / name, MemoryJournal(lambda: START), MemoryNotes()).submit(
            *spooled(1)
        ).result()
    names = [file.name for file in spool_files(tmp_path / "relais")]
    assert names == ["relais-00000001.spool"]
