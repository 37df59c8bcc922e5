"""If its database fails, a real server still records every acknowledged loan exactly once."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from procedure.circulation.transactions import Loan
from procedure.io.database.database import open_database
from procedure.io.spool.spool import spool_base, spool_files
from tests.support import make
from tests.support.small_disk import fill, small_disk
from tests.ui.conftest import Relais, Standins, handbook_over

DESKS = 4
PATIENCE = 120  # seconds without progress after which a test fails
# Room for the database's write-ahead log at its usual length, and for the tables.
DISK_BYTES = 12_000_000


class SpoolingRelais(Relais):
    """A server with its spool in a separate folder."""

    @property
    def spool(self) -> Path:
        return self.folder.parent / "spool"

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'relais.sqlite3'}"

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"RELAIS_SPOOL": str(self.spool)}

    def ask(self, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "X-Relais": "desk"}
        request = Request(f"http://localhost:{self.port}/{path}", content, headers)
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())


class Workstation:
    """Sends its loans in order, and retries each loan until it is acknowledged, as a browser does."""

    def __init__(self, relais: SpoolingRelais, name: str) -> None:
        self._relais, self._name = relais, name
        self.acknowledged: list[str] = []

    def lend(self, count: int) -> None:
        for _ in range(count):
            loan, deadline = self._next_loan(), time.monotonic() + PATIENCE
            while not self._send(loan):
                assert time.monotonic() < deadline, f"{self._name} is still waiting for an answer"
                time.sleep(0.05)
            self.acknowledged.append(loan["id"])

    def _next_loan(self) -> dict[str, Any]:
        number = len(self.acknowledged) + 1
        return make.message(self._name, number, f"{self._name}{number:04}")

    def _send(self, loan: dict[str, Any]) -> bool:
        try:
            answers = self._relais.ask("desk/transactions", {"transactions": [loan]})["answers"]
        except (URLError, ConnectionError):
            return False
        assert answers[0]["state"] in {"kept", "waiting"}, answers
        return answers[0]["state"] == "kept"


@pytest.fixture
def standins() -> Iterator[Standins]:
    made = Standins()
    yield made
    made.stop()


def relais_in(folder: Path, tmp_path: Path, standins: Standins) -> SpoolingRelais:
    return SpoolingRelais(folder, handbook_over(standins, tmp_path / "handbook"), standins)


def lend_everywhere(desks: Sequence[Workstation], count: int) -> None:
    with ThreadPoolExecutor(len(desks)) as threads:
        list(threads.map(lambda desk: desk.lend(count), desks))


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def check_recorded(relais: SpoolingRelais, desks: Sequence[Workstation]) -> None:
    """Check that the journal has each desk's loans once, in order."""
    with open_database(relais.database, role="reader", now=lambda: datetime.now(UTC)) as database:
        loans = [record.entry for record in database.journal.since(kinds=(Loan.KIND,))]
    for desk in desks:
        own = [
            str(loan.id)
            for loan in loans
            if isinstance(loan, Loan) and loan.workstation == desk._name
        ]
        assert own == desk.acknowledged
    assert len(loans) == sum(len(desk.acknowledged) for desk in desks)
    assert spool_files(spool_base(relais.database, relais.spool)) == []


def test_spool_survives_a_lost_database_and_a_kill(tmp_path: Path, standins: Standins) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    relais = relais_in(folder, tmp_path, standins)
    relais.start()
    try:
        desks = [Workstation(relais, f"poste{number}") for number in range(DESKS)]
        lend_everywhere(desks, 5)
        file = folder / "relais.sqlite3"
        file.rename(folder / "away")
        lend_everywhere(desks, 10)
        assert relais.ask("board.json")["recording"] is True
        relais.kill()
        (folder / "away").rename(file)
        assert len(spool_files(spool_base(relais.database, relais.spool))) == 1
        relais.start()
        # The server records the spool's entries before it serves the first request.
        check_recorded(relais, desks)
        lend_everywhere(desks, 5)
        check_recorded(relais, desks)
    finally:
        relais.kill()
    log = (folder / "server.log").read_text("utf-8")
    assert "was moved, removed or replaced while it was open" in log
    assert "2070000001" not in log


def test_spool_that_is_moved_away_refuses_loans_until_it_is_back(
    tmp_path: Path, standins: Standins
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    relais = relais_in(folder, tmp_path, standins)
    relais.start()
    try:
        desk = Workstation(relais, "poste1")
        desk.lend(2)
        (folder / "relais.sqlite3").rename(folder / "away")
        desk.lend(3)
        (file,) = spool_files(spool_base(relais.database, relais.spool))
        file.rename(file.with_name("away"))
        wait_until(lambda: relais.ask("board.json")["recording"] is False, "still recording")
        with pytest.raises(HTTPError) as unready:
            relais.ask("readyz")
        assert json.loads(unready.value.read())["reasons"] == ["database_gone", "spool_unwritable"]
        loan = desk._next_loan()
        assert not desk._send(loan)
        file.with_name("away").rename(file)
        wait_until(lambda: desk._send(loan), "the spool does not accept a loan")
        desk.acknowledged.append(loan["id"])
        relais.kill()
        (folder / "away").rename(folder / "relais.sqlite3")
        relais.start()
        check_recorded(relais, [desk])
    finally:
        relais.kill()


@pytest.mark.long
def test_spool_takes_over_on_a_full_disk(tmp_path: Path, standins: Standins) -> None:
    with small_disk(tmp_path / "data", DISK_BYTES) as disk:
        relais = relais_in(disk, tmp_path, standins)
        relais.start()
        try:
            desks = [Workstation(relais, f"poste{number}") for number in range(DESKS)]
            lend_everywhere(desks, 5)
            filler = fill(disk)
            base = spool_base(relais.database, relais.spool)
            # The write-ahead log has some room left: it accepts loans until it is full.
            while not spool_files(base):
                lend_everywhere(desks, 50)
            lend_everywhere(desks, 10)
            assert relais.ask("board.json")["recording"] is True
            filler.unlink()
            wait_until(lambda: not spool_files(base), "the spool's entries are not in the journal")
            lend_everywhere(desks, 5)
            check_recorded(relais, desks)
        finally:
            relais.kill()
