"""A server killed at any moment does not lose a loan that it has acknowledged."""

import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from procedure.io.database.database import open_database

PROGRAM = Path(__file__).with_name("lend_until_killed.py")
KILLS = 10


def lend_then_kill(url: str, lines: int) -> list[tuple[int, str]]:
    """Kill the program after `lines` lines; return each acknowledged loan's position and id."""
    command = [sys.executable, str(PROGRAM), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
        assert program.stdout is not None
        read = [program.stdout.readline() for _ in range(lines)]
        program.kill()
        read += program.stdout.readlines()
    whole = [line.decode().split() for line in read if line.endswith(b"\n")]
    return [(int(position), loan) for position, loan in whole]


@pytest.mark.long  # every run of tests.campaigns.crashes kills servers on both databases
def test_ten_kills_lose_no_acknowledged_loan(url: str) -> None:
    chance = random.Random(2026)
    acknowledged: list[tuple[int, str]] = []
    for _ in range(KILLS):
        acknowledged += lend_then_kill(url, chance.randint(1, 700))
    with open_database(url, role="server", now=lambda: datetime.now(UTC)) as database:
        entries = [(record.position, str(record.entry.id)) for record in database.journal.since()]
    assert len(acknowledged) >= KILLS
    assert set(acknowledged) <= set(entries)
    assert len({loan for _, loan in entries}) == len(entries)
    # An entry that was being recorded when the server was killed may be in the journal, although it
    # was never acknowledged.
    assert len(entries) - len(acknowledged) <= 3 * KILLS
