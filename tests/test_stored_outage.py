"""Relais can still read the files stored at commit 0d1645c8.

The stored files are a database with an outage (its leaders, tasks and public drafts), the messages
that a desk page sent, and an offline file.
"""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.core.visitor import Visitor
from dashboard.loans.transactions.message import read_transaction
from procedure.io.clock import utc_now
from tests.stored.opened import HERE, open_database, relais, settings
from tests.test_stored_data import DRAWN_UP

STORED = HERE / "0d1645c8"
OUTAGE = "0016e96d"  # the beginning of the outage's id
OF_AN_OUTAGE = {
    "outage_led": 2,
    "task_added": 2,
    "task_done": 1,
    "outage_reviewed": 1,
    "public_service_set": 2,
    "public_statement": 2,
    "public_withdrawn": 1,
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    database = tmp_path / "relais.sqlite3"
    database.write_bytes(gzip.decompress((STORED / "relais.db.gz").read_bytes()))
    return database


def test_stored_entries_of_an_outage_open(database: Path) -> None:
    with open_database(f"sqlite:///{database}", now=utc_now) as opened:
        kinds = Counter(recorded.entry.KIND for recorded in opened.journal.since())
    assert {kind: kinds[kind] for kind in OF_AN_OUTAGE} == OF_AN_OUTAGE


@pytest.mark.parametrize("code", ["fr", "en"])
def test_stored_outage_has_the_same_dossier(database: Path, code: str) -> None:
    with settings(database, STORED / "handbook"):
        dossier = DRAWN_UP.sub("", relais("dossier", OUTAGE, "--language", code))
    assert dossier == (STORED / f"dossier-{code}.md").read_text("utf-8")


def test_stored_messages_of_a_desk_page_are_read() -> None:
    bodies = json.loads((STORED / "desk_page.json").read_text("utf-8"))
    sent = [transaction for body in bodies for transaction in body.get("transactions", ())]
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    read = Counter(
        type(read_transaction(transaction, now=now, person=Visitor())).__name__
        for transaction in sent
    )
    assert sum(read.values()) == len(sent)
    assert set(read) == {"Loan", "Void", "CompletionVoid", "PendingRequest", "Completion", "Return"}


def test_stored_offline_file_is_imported(tmp_path: Path) -> None:
    with settings(tmp_path / "other.sqlite3", STORED / "handbook"):
        relais("loans", "import", STORED / "OffCirc.dat", "--desk", "CMU")
        rows = [json.loads(line) for line in relais("loans", "list", "--json").splitlines()]
    assert (len(rows), {row["desk"] for row in rows}) == (46, {"CMU"})
