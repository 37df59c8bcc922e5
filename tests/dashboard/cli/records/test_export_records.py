"""`relais records export`: its files, its journal entry, and its refusals."""

import json
from pathlib import Path

import pandas as pd
import pytest

from procedure import open_records
from procedure.io.database.database import open_database
from procedure.personal_data.access_entries import FileDownloaded
from tests.procedure.records.recorded import PATRON, UNTIL, fill
from tests.support.cli import Run, run_relais


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RELAIS_DATABASE_URL", database_url)
    with open_database(database_url, now=lambda: UNTIL) as database:
        fill(database)
    return lambda *words: run_relais("records", "export", *words)


def taken(url: str) -> list[FileDownloaded]:
    with open_database(url, now=lambda: UNTIL) as database:
        return [recorded.entry for recorded in database.journal.since(kinds=[FileDownloaded.KIND])]


def test_export_writes_every_table_and_records_who_exported(
    run: Run, tmp_path: Path, database_url: str
) -> None:
    result = run(str(tmp_path / "out"), "--outage", "last", "--by", "Anne")
    assert result.exit_code == 0, result.output
    assert result.output == f"32 tables written to {tmp_path / 'out'}.\n"
    loans = pd.read_parquet(tmp_path / "out" / "loans.parquet")
    with open_records(database_url, until=UNTIL, outage="last") as records:
        same = ["id", "at", "desk", "state", "settled_at", "outage"]
        pd.testing.assert_frame_equal(loans[same], records.loans[same])
    assert PATRON not in set(loans["patron"])
    (entry,) = taken(database_url)
    assert (entry.operator, entry.file) == (
        "Anne",
        "out (4 loans, 1 answers, 1 reports, 1 messages, 1 reviews, 1 signatures, pseudonyms)",
    )
    audit = run_relais("audit", "--by", "Anne", "--json")
    assert json.loads(audit.output)["about"] == entry.file


def test_export_shows_identifiers_only_to_a_named_person(
    run: Run, tmp_path: Path, database_url: str
) -> None:
    out = str(tmp_path / "out")
    refused = run(out, "--identifiers", "patron")
    assert (refused.exit_code, taken(database_url)) == (2, [])
    assert "say who exports them" in refused.output
    words = ("--format", "csv", "--identifiers", "patron", "--by", "Anne")
    assert run(out, *words).exit_code == 0
    assert PATRON in (tmp_path / "out" / "loans.csv").read_text("utf-8")
    assert taken(database_url)[0].file.endswith("patron shown)")


def test_refused_export_leaves_nothing_behind(run: Run, tmp_path: Path, database_url: str) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    result = run(str(tmp_path), "--format", "csv")
    assert (result.exit_code, "already exists" in str(result.exception)) == (1, True)
    result = run(str(tmp_path / "out"), "--outage", "zzz")
    assert result.exit_code == 1
    assert "zzz is not the id of a declared outage" in str(result.exception)
    assert "Alma is down" in str(result.exception)  # the message names the only outage
    assert [path.name for path in tmp_path.iterdir() if "sqlite" not in path.name] == ["mine.txt"]
    assert taken(database_url) == []
