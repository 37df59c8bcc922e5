"""After a rollback, a page of this version can send to a server of an earlier version."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.desk.conftest import Start
from tests.ui.desk.every_message import send_every_message, transactions

pytestmark = pytest.mark.ui

ROOT = Path(__file__).resolve().parents[3]
EARLIER = "79df4a4e"
READ = """
import json, sys
from datetime import UTC, datetime

import dashboard
from dashboard.core.rights import User
from dashboard.loans.transactions.message import read_transaction

for one in json.load(sys.stdin):
    read = read_transaction(one, now=datetime.now(UTC), person=User())
    print(dashboard.__file__, one["kind"], type(read).__name__)
"""


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The code of an earlier version, taken from the repository."""
    folder = tmp_path / "earlier"
    folder.mkdir()
    words = ("git", "archive", "--format=tar", EARLIER, "dashboard", "procedure")
    archive = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"this copy of the repository lacks {EARLIER}")
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


def test_earlier_server_reads_every_message_of_this_page(start: Start, earlier: Path) -> None:
    sent = transactions(send_every_message(start()[1]))
    doubted = next(transaction for transaction in sent if transaction["kind"] == "loan") | {
        "told": [{"reason": "card_blocked", "as_of": "2026-11-24T03:00:00Z"}]
    }
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=earlier,
        env=os.environ | {"PYTHONPATH": str(earlier)},
        input=json.dumps([*sent, doubted]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read = [line.split() for line in done.stdout.splitlines()]
    assert {file for file, *_ in read} == {str(earlier / "dashboard" / "__init__.py")}
    assert {(kind, name) for _, kind, name in read} == {
        ("loan", "Loan"),
        ("void", "Void"),
        ("void", "CompletionVoid"),
        ("waiting", "WaitingRequest"),
        ("complete", "Completion"),
        ("return", "Return"),
    }
