"""`relais reconcile` and its subcommands, with a stand-in for Alma that listens on a port."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import Workbook

from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.local_time import local
from procedure.simulation.alma.server import FakeAlma
from tests.dashboard.cli.conftest import ROWS, THEN, USERS
from tests.support import make
from tests.support.cli import Run, json_lines
from tests.support.loans import settle_loan


def rows(result: Result) -> list[dict[str, str]]:
    entries = json_lines(result)
    keys = ["id", "desk", "item", "state", "predicted", "reason", "doubt", "stage"]
    assert all(list(row) == keys for row in entries)
    assert not any(patron in result.output for _, patron in ROWS)
    return entries


def states_of(result: Result) -> list[tuple[str, str, str, str]]:
    return [(row["item"], row["state"], row["predicted"], row["reason"]) for row in rows(result)]


def test_reconcile_from_export_to_sign_off(
    run: Run, lent: Path, alma: tuple[FakeAlma, int]
) -> None:
    assert run("loans", "export", "--desk", "MAIL", "--out", lent).exit_code == 0
    (file,) = lent.glob("MAIL*.dat")
    alma_report = alma[0].upload("MAIL", file.read_bytes(), file.name)
    report = run("reconcile", "report", "-", "--export", file.name, "--json", text=alma_report)
    assert (report.exit_code, states_of(report)) == (
        3,
        [
            ("100", "confirmed", "not_checked", "by_report"),
            ("101", "refused", "not_checked", "user_not_found"),
            ("999", "refused", "not_checked", "item_not_found"),
            ("104", "confirmed", "not_checked", "by_report"),
        ],
    )
    proof = run("reconcile", "verify", "--json")
    assert (
        proof.exit_code,
        [(row["item"], row["state"], row["reason"]) for row in rows(proof)],
    ) == (
        3,
        [
            ("100", "confirmed", ""),
            ("101", "refused", "user_not_found"),
            ("999", "refused", "item_not_found"),
            ("104", "confirmed", "due_shifted"),
        ],
    )
    assert proof.stderr == (
        "2 of 4 accounted for (2 in Alma, 0 settled by hand), "
        "2 left (0 to check, 0 on the way, 2 to settle); 0 cancelled.\n"
    )
    failures = run("loans", "export", "--desk", "MAIL", "--failures", "--out", lent / "again.dat")
    assert (failures.exit_code, failures.stdout.splitlines()[0]) == (
        0,
        f"2 loans from MAIL written to {lent / 'again.dat'}",
    )
    again = failures.stdout.splitlines()[1].removeprefix("export ")
    alma[0].world.users["2070000009"] = USERS[0]
    alma[0].upload("MAIL", (lent / "again.dat").read_bytes())
    assert run("reconcile", "uploaded", again, "--by", "LM").exit_code == 0
    last = run("reconcile", "verify", "--json")
    left = [row for row in rows(last) if row["state"] == "refused"]
    assert [(loan["item"], loan["reason"]) for loan in left] == [
        ("101", "missing"),
        ("999", "missing"),
    ]
    for loan in left:
        settle_loan(loan["id"], "lent at the desk", "LM")
    end = run("reconcile", "status", "--json")
    assert (end.exit_code, [row["state"] for row in rows(end)]) == (
        0,
        ["confirmed", "resolved", "resolved", "confirmed"],
    )
    assert alma[0].gate.effects == []


@pytest.fixture
def uploaded(run: Run, lent: Path) -> Path:
    """Return a desk's offline file that is recorded as uploaded, but that Alma has not received."""
    run("loans", "export", "--desk", "MAIL", "--out", lent)
    (file,) = lent.glob("MAIL*.dat")
    assert run("reconcile", "uploaded", file.name, "--by", "LM").exit_code == 0
    return file


def test_verify_without_a_key_leaves_alma_unchecked(run: Run, uploaded: Path) -> None:
    result = run("reconcile", "verify", "--json", RELAIS_ALMA_KEY="")
    assert (result.exit_code, {row["state"] for row in rows(result)}) == (3, {"uploaded"})
    assert result.stderr.startswith(
        "RELAIS_ALMA_KEY is not set: checks that need Alma are skipped.\n"
    )


def test_verify_stopped_by_alma_is_resumed(
    run: Run, uploaded: Path, alma: tuple[FakeAlma, int]
) -> None:
    alma[0].gate.remaining = 1003
    stopped = run("reconcile", "verify", "--json")
    assert stopped.exit_code == 4
    assert "more requests before midnight" in stopped.stderr
    alma[0].gate.remaining = 9999
    assert run("reconcile", "verify", "--json").exit_code == 3


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_verify_against_a_list_without_the_api(
    run: Run, lent: Path, alma: tuple[FakeAlma, int], form: str
) -> None:
    run("loans", "export", "--desk", "MAIL", "--out", lent)
    (sent,) = lent.glob("MAIL*.dat")
    due = datetime.now() + timedelta(days=28)  # noqa: DTZ005 - as a list from Alma shows it
    listed = [
        ["Barcode", "Primary Identifier", "Due Date"],
        ["100", "2070000001", f"{due:%d.%m.%Y %H:%M}"],
    ]
    file = lent / f"loans.{form}"
    if form == "csv":
        file.write_text("\n".join(";".join(cells) for cells in listed))
    else:
        book = Workbook()
        for cells in listed:
            book.active.append(cells)
        book.save(file)
    early = run("reconcile", "verify", "--loans", file, "--json", RELAIS_ALMA_KEY="")
    assert {row["state"] for row in rows(early)} == {"exported"}
    assert early.stderr.startswith(
        "Not verified, because their file is not marked as uploaded: 4 rows."
    )
    run("reconcile", "uploaded", sent.name, "--by", "LM")
    result = run("reconcile", "verify", "--loans", file, "--json", RELAIS_ALMA_KEY="")
    assert [(row["state"], row["reason"]) for row in rows(result)] == [
        ("confirmed", ""),
        ("refused", "missing"),
        ("refused", "missing"),
        ("refused", "missing"),
    ]
    file = lent / "empty.csv"
    file.write_text("Barcode;Primary Identifier\n")
    nothing = run("reconcile", "verify", "--again", "--loans", file)
    assert (nothing.exit_code, "nothing was verified" in nothing.stderr) == (2, True)


def test_report_of_another_file_is_refused(run: Run, lent: Path) -> None:
    run("loans", "export", "--desk", "MAIL", "--out", lent)
    (file,) = lent.glob("MAIL*.dat")
    text = "Succeeded: 8\nFailed: 1\nItem not found. Barcode: 777\n"
    result = run("reconcile", "report", "-", "--export", file.name, text=text)
    assert result.exit_code == 1
    assert str(result.exception) == f"This is not the report for {file.name}."
    assert {row["state"] for row in rows(run("reconcile", "status", "--json"))} == {"exported"}


@pytest.mark.parametrize("by_report", [True, False])
def test_verify_before_the_job_runs_refuses_nothing_permanently(
    run: Run, lent: Path, uploaded: Path, alma: tuple[FakeAlma, int], by_report: bool
) -> None:
    file = uploaded
    early = run("reconcile", "verify", "--json")
    assert {row["reason"] for row in rows(early)} == {"missing"}
    alma_report = alma[0].upload("MAIL", file.read_bytes(), file.name)
    if by_report:
        run("reconcile", "report", "-", "--export", file.name, text=alma_report)
    else:
        run("reconcile", "verify")
    late = rows(run("reconcile", "status", "--json"))
    assert [(row["item"], row["state"]) for row in late] == [
        ("100", "confirmed"),
        ("101", "refused"),
        ("999", "refused"),
        ("104", "confirmed"),
    ]
    again = run("loans", "export", "--desk", "MAIL", "--failures", "--out", lent / "again.dat")
    assert again.stdout.splitlines()[0] == f"2 loans from MAIL written to {lent / 'again.dat'}"


def test_reconcile_writes_and_shows_neither_key_nor_identifier(
    run: Run, lent: Path, database_url: str
) -> None:
    run("reconcile", "verify")
    with open_database(database_url, now=lambda: datetime.now(UTC)) as database:
        assert "k-read" not in repr(database.journal.since())
    assert "k-read" not in run("reconcile", "status").output


def test_status_hides_an_item_that_may_be_a_card(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "OffCirc.dat"
    file.write_text(f"{local(THEN):%Y%m%d%H%M}L{'2071234567':<80}2071234575\r\n")
    assert run("loans", "import", file, "--desk", "MAIL").exit_code == 0
    status = run("reconcile", "status", "--json")
    assert [(row["item"], row["doubt"]) for row in rows(status)] == [("", "looks_like_patron")]
    assert "2071234567" not in status.output


def test_status_counts_pending_loans(run: Run, lent: Path) -> None:
    with open_database(Settings.from_env().database_url, now=utc_now) as database:
        database.journal.append(make.pending(1, "1060000001", at=utc_now()))
    told = run("reconcile", "status").stderr.splitlines()[-1]
    assert told.endswith("; 0 cancelled; 1 waiting for a forgotten card.")
