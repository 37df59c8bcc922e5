"""Fixtures: a stand-in for Alma on a port, the command with its settings, and four loans."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from procedure.local_time import local
from procedure.simulation.alma.request_gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaUser, Desk, Item, Stock, World
from tests.support.alma import serving
from tests.support.cli import Run, json_lines, run_relais
from tests.support.loans import confirm_loans

THEN = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=3)
USERS = (
    AlmaUser("anna", (("01", "2070000001"), ("04", "m-1"))),
    AlmaUser("bert", (("01", "2070000002"),)),
)


def world() -> World:
    items = [Item(f"10{n}", f"23{n}", f"99{n}", f"22{n}", "MAIN") for n in range(6)]
    items[4].policy = "1H"
    return World(
        Stock(items, list(USERS), [Desk("MAIL", "MAIN"), Desk("CMU", "MAIN")], terms={"1H": 1})
    )


@pytest.fixture
def alma() -> Iterator[tuple[FakeAlma, int]]:
    """Serve a stand-in for Alma in a separate thread."""
    there = FakeAlma(world(), RequestGate(read="k-read", write="k-write", per_second=1000))
    with serving(there) as port:
        yield there, port


@pytest.fixture
def run(database_url: str, alma: tuple[FakeAlma, int], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RELAIS_DATABASE_URL", database_url)
    environment = {
        "RELAIS_ALMA_URL": f"http://127.0.0.1:{alma[1]}",
        "RELAIS_ALMA_KEY": "k-read",
        "RELAIS_ALMA_RATE": "25",
        "RELAIS_SHORT_LOANS": "1H=0.04",
    }

    return lambda *words, **more: run_relais(*words, **environment | more)


ROWS = (("100", "2070000001"), ("101", "2070000009"), ("999", "2070000002"), ("104", "anna"))


@pytest.fixture
def lent(run: Run, tmp_path: Path) -> Path:
    """Import and confirm four loans.

    One is valid, one is to an unknown user, one is of an unknown item, and one is a short loan.
    """
    file = tmp_path / "OffCirc.dat"
    file.write_text(
        "".join(f"{local(THEN):%Y%m%d%H%M}L{item:<80}{patron}\r\n" for item, patron in ROWS)
    )
    assert run("loans", "import", file, "--desk", "MAIL").exit_code == 0
    # The numbers in these tests are shorter than a library's, so every loan is doubtful.
    rows = json_lines(run("reconcile", "status", "--json"))
    confirm_loans(*(row["id"] for row in rows if row["doubt"]))
    return tmp_path
