"""`relais audit` shows who did what, even after the account has been removed."""

import json
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from uuid import UUID

import pytest

from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from tests.support import make
from tests.support.cli import run_relais

AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
DECLARED = make.outage(1, at=AT, workstation="Poste\x1b[2J", operator="anne")
SHELL = f"{getuser()} (shell)"


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    monkeypatch.setenv("RELAIS_DATABASE_URL", url)
    with open_database(url, now=utc_now) as database:
        database.journal.append(DECLARED)


def audit(*words: str) -> list[tuple[str | None, str, str]]:
    lines = run_relais("audit", "--json", *words).output.splitlines()
    found = map(json.loads, lines)
    return [(entry["person"], entry["act"], entry["about"]) for entry in found]


def test_audit_keeps_acts_of_a_removed_account() -> None:
    run_relais("user", "add", "anne", "--role", "staff", "--password-stdin", text="quatre mots de")
    run_relais("user", "role", "anne", "coordinator")
    run_relais("user", "password", "anne", "--password-stdin", text="quatre mots de plus")
    run_relais("user", "remove", "anne")
    assert run_relais("user", "remove", "anne").exit_code == 1
    assert audit() == [
        ("anne", "outage_declared", str(UUID(int=1))),
        (SHELL, "account_added", "anne"),
        (SHELL, "role_changed", "anne"),
        (SHELL, "password_changed", "anne"),
        (SHELL, "account_removed", "anne"),
    ]
    assert audit("--by", "Anne") == [("anne", "outage_declared", str(UUID(int=1)))]
    assert [act for _, act, _ in audit("--since", "2026-11-24T12:01")][:1] == ["account_added"]
    assert audit("--until", "2026-11-24T12:00") == []


def test_audit_escapes_control_characters() -> None:
    lines = run_relais("audit").output.splitlines()
    assert lines[1].split() == [
        "2026-11-24",
        "12:00",
        "anne",
        "Poste?[2J",
        "outage_declared",
        str(UUID(int=1)),
    ]
