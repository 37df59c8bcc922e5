"""Data from an earlier version can be opened and gives the same output.

tests/stored/README.md explains how the database and the expected files were made. If a test
fails, its output is in a file in its own folder; if the new wording is intended, copy that file to
`expected`.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import msgspec
import pytest

from dashboard.settings import Settings
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.scan_rules import ScanRules
from procedure.io.clock import utc_now
from procedure.monitoring.rollup import EPOCH
from procedure.outages.outage_entries import OutageLog
from procedure.outages.public_entries import PublicLog
from procedure.outages.public_status import public_page
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.spreadsheets import as_csv, extension_tables, extensions
from tests.stored.opened import EXPECTED, HERE, open_database, relais, settings, unpack

WINDOW = ("--since", "2025-06-15", "--until", "2025-06-18T13:00")
OUTAGE = "019781e8"  # the beginning of the outage's id
# The name of the file with the expected output, the command's arguments, and its exit codes.
OUTPUTS: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("check.txt", ("check",), (1,)),  # two faults, which the earlier version allowed
    ("loans-list.jsonl", ("loans", "list", "--json"), (0,)),
    ("loans-summary.jsonl", ("loans", "summary", "--json"), (0,)),
    ("outage-reports.txt", ("dossier",), (0,)),
    ("outage-report-en.md", ("dossier", OUTAGE, "--language", "en"), (0,)),
    ("outage-report-fr.md", ("dossier", OUTAGE, "--language", "fr"), (0,)),
    ("reconcile-status.jsonl", ("reconcile", "status", "--json"), (3,)),
    ("reconcile-summary.jsonl", ("reconcile", "summary", "--json"), (3,)),
    ("replay.jsonl", ("replay", str(HERE / "scenario.toml"), "--json"), (0,)),
)
# The line of a dossier that says when the dossier was created.
DRAWN_UP = re.compile(r"^- .*\d\d:\d\d\. (Local times|Heures locales)\.\n", re.MULTILINE)
FILES = sorted((EXPECTED / "files").iterdir())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """A copy of the stored database; the commands use this copy."""
    path = unpack(tmp_path)
    with settings(path):
        yield path


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def same(tmp_path: Path, name: str, output: bytes) -> None:
    if output != (EXPECTED / name).read_bytes():
        actual = tmp_path / Path(name).name
        actual.write_bytes(output)
        pytest.fail(f"{name} differs; diff {EXPECTED / name} {actual}")


def stored_outcomes(database: Path) -> bytes:
    """Return the first 20 outcomes as JSON lines, then the number and the digest of all lines."""
    opened = open_database(f"sqlite:///{database}", now=_never)
    lines = [msgspec.json.encode(seen) + b"\n" for seen in opened.history.outcomes(since=EPOCH)]
    opened.close()
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    return b"".join(lines[:20]) + f"{len(lines)} lines, SHA-256 {digest}\n".encode()


def stored(database: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize(("name", "words", "codes"), OUTPUTS, ids=[output[0] for output in OUTPUTS])
def test_command_output_is_unchanged(
    database: Path, tmp_path: Path, name: str, words: tuple[str, ...], codes: tuple[int, ...]
) -> None:
    output = relais(*words, codes=codes).replace(str(HERE), "tests/stored")
    same(tmp_path, name, DRAWN_UP.sub("", output).encode())


def test_report_has_the_shares_and_the_outages(database: Path) -> None:
    """In the earlier version, availability and outages had separate commands."""
    shares = rows(relais("report", *WINDOW, "--json"))
    outages = {share["key"]: share.pop("outages") for share in shares}
    assert shares == rows((EXPECTED / "availability.jsonl").read_text())
    expected: dict[str, list[dict[str, Any]]] = {key: [] for key in outages}
    for name, column in (("outages", "target"), ("outages-by-service", "service")):
        for row in rows((EXPECTED / f"{name}.jsonl").read_text()):
            # The report has no row for a service with one target, only for the target.
            expected.get(row.pop(column), []).append(row)
    assert outages == expected


def test_reconciliation_tables_are_unchanged(database: Path, tmp_path: Path) -> None:
    relais("reconcile", "summary", "--out", tmp_path / "summary-table.csv", codes=(3,))
    relais("loans", "summary", "--csv", tmp_path / "loans.csv")
    for name in ("summary-table.csv", "loans.csv"):
        same(tmp_path, name, (tmp_path / name).read_bytes())


def test_list_of_short_loans_is_unchanged(database: Path, tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{database}", now=_never)
    log = ReconciliationLog(opened.journal.since(kinds=KINDS))
    opened.close()
    due = extensions(log, Settings.from_env().short_loans, now=utc_now())
    same(tmp_path, "extensions-table.csv", as_csv(extension_tables(due)))


@pytest.mark.parametrize("file", FILES, ids=[file.name.split("_")[0] for file in FILES])
def test_earlier_alma_file_is_rewritten_unchanged(
    database: Path, tmp_path: Path, file: Path
) -> None:
    relais("loans", "export", "--again", file.name, "--out", tmp_path)
    same(tmp_path, f"files/{file.name}", (tmp_path / file.name).read_bytes())


def test_recorded_loans_are_exported_unchanged(database: Path, tmp_path: Path) -> None:
    # --yes confirms that the loans are from a past year.
    relais("loans", "export", "--desk", "MAIL", "--yes", "--out", tmp_path / "mail.dat", codes=(3,))
    same(tmp_path, "mail.dat", (tmp_path / "mail.dat").read_bytes())


def test_outcomes_are_unchanged(database: Path, tmp_path: Path) -> None:
    same(tmp_path, "outcomes-head.jsonl", stored_outcomes(database))


def test_backup_restores_every_entry(database: Path, tmp_path: Path) -> None:
    counts = f"{stored(database, 'select count(*) from entry')[0][0]} entries (169 loans) and"
    listed = relais("loans", "list", "--json")
    assert counts in relais("backup", tmp_path / "copy.backup")
    with settings(tmp_path / "restored.sqlite3"):
        assert counts in relais("restore", tmp_path / "copy.backup")
        assert relais("loans", "list", "--json") == listed


def test_earlier_backup_is_restored(tmp_path: Path) -> None:
    backup = copy(unpack(tmp_path), tmp_path / "earlier.backup")
    with settings(tmp_path / "restored.sqlite3"):
        relais("restore", backup)
        same(tmp_path, "loans-list.jsonl", relais("loans", "list", "--json").encode())


@pytest.mark.parametrize("file", ["OffCirc.dat", "desk.jsonl", "papier.csv"])
def test_earlier_transaction_file_is_recognised(database: Path, file: str) -> None:
    words = ("loans", "import", HERE / file, "--desk", "BASTIONS", "--json")
    # One line of the paper sheet has no item.
    result = json.loads(relais(*words, codes=(0, 1)))
    assert (result["new"], result["left"]) == (0, 0)


def test_entries_are_read_and_rewritten_unchanged(database: Path, tmp_path: Path) -> None:
    """New versions may add fields, but must not lose fields or skip entries."""
    head, order = "select id, kind, at, recorded_at, ", "order by position"
    theirs = stored(database, f"{head} body from entry {order}")
    source = open_database(f"sqlite:///{database}", now=_never)
    kept = source.journal.since()
    copy = tmp_path / "copy.sqlite3"
    instants = iter([recorded.recorded_at for recorded in kept])
    target = open_database(f"sqlite:///{copy}", now=lambda: next(instants))
    for recorded in kept:
        target.journal.append(recorded.entry)
    source.close()
    target.close()
    part = "substr(entry.body, 1, length(entry.body) - 1) || ',' || substr(own.body, 2)"
    joined = f"coalesce({part}, entry.body) as body"
    ours = stored(copy, f"{head} {joined} from entry left join personal as own using (position)")
    assert [row[:4] for row in ours] == [row[:4] for row in theirs]
    for (*_, written), (entry, kind, *_, body) in zip(ours, theirs, strict=True):
        before = json.loads(body)
        after = {name: value for name, value in json.loads(written).items() if name in before}
        assert after == before, f"{kind} {entry}"


def test_notes_of_pending_loans_are_read(database: Path) -> None:
    opened = open_database(f"sqlite:///{database}", now=_never)
    notes, log = opened.notes.read(), CirculationLog(opened.journal.since())
    opened.close()
    assert list(notes.values()) == ["étudiante au sac rouge"]
    assert [(loan.id, loan.item) for loan in log.pending()] == [(*notes, "CMU-0062")]


# The tables added by each schema version, newest first.
_STEPS = (
    ("latest",),
    ("personal",),
    ("external_sign_in",),
    ("workstation",),
    ("account", "sign_in"),
    ("cut_off",),
    ("note",),
    ("state", "hour", "day", "cadence", "rollup"),
)


# Up to schema 7, the bodies of entries contained the identifiers; this puts them back.
_JOINED = """
update entry set body = substr(entry.body, 1, length(entry.body) - 1) || ',' || substr(own.body, 2)
from personal as own where own.position = entry.position
"""


@pytest.mark.parametrize("version", [8, 7, 6, 5, 4, 3, 2, 1])
def test_older_schema_is_migrated(database: Path, tmp_path: Path, version: int) -> None:
    open_database(f"sqlite:///{database}", now=_never).close()
    listed = stored(database, "select name, sql from sqlite_master order by name")
    personal = stored(database, "select * from personal order by position")
    connection = sqlite3.connect(database)
    if version < 8:
        connection.execute(_JOINED)
    for tables in _STEPS[: 9 - version]:
        for table in tables:
            connection.execute(f"drop table {table}")
    connection.execute("delete from schema_version where version > ?", (version,))
    connection.commit()
    connection.close()
    same(tmp_path, "loans-list.jsonl", relais("loans", "list", "--json").encode())
    assert stored(database, "select name, sql from sqlite_master order by name") == listed
    assert stored(database, "select * from personal order by position") == personal
    same(tmp_path, "outcomes-head.jsonl", stored_outcomes(database))


def _never() -> Any:
    raise AssertionError("reading must not ask for the time")


def test_outage_of_an_earlier_version_stays_public(database: Path) -> None:
    """The earlier version published titles and messages immediately, so they are still public."""
    opened = open_database(f"sqlite:///{database}", now=_never)
    entries = opened.journal.since()
    opened.close()
    log, published = OutageLog(), PublicLog()
    for fold in (log, published):
        fold.extend(entries)
    records = log.records()
    now = records[-1].declared.at + timedelta(days=1)
    outages = public_page(records, published, ScanRules(), now).outages
    assert [
        (outage.title, [message.text for message in outage.messages]) for outage in outages
    ] == [
        (
            {"": record.declared.title},
            [{"": news.message} for news in reversed(record.news) if news.message],
        )
        for record in reversed(records)
    ]
    assert any(outage.messages for outage in outages)
