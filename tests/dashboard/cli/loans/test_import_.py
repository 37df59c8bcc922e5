"""`relais loans import` from the command line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from procedure.errors import TransactionRefused
from procedure.io.database.database import open_database
from tests.support import make
from tests.support.cli import Run, json_lines, run_relais


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return lambda *words: run_relais("loans", *words, database=tmp_path / "relais.sqlite3")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "OffCirc.dat"
    rows = ["200001010912L", "200001010913R"]
    file.write_text("".join(f"{row}{'0312':<80}{'2071' if 'L' in row else ''}\r\n" for row in rows))
    return file


def test_import_records_a_file_once(run: Run, file: Path) -> None:
    first = run("import", file, file, "--desk", "MAIL", "--json")
    assert first.exit_code == 0
    assert [(row["new"], row["known"], row["bad"], row["left"]) for row in json_lines(first)] == [
        (2, 0, [], 0),
        (0, 2, [], 0),
    ]
    kinds = [(row["kind"], row["lines"]) for row in json_lines(first)[0]["conflicts"]]
    assert kinds == [("lent_and_on_cart", [1, 2]), ("outside_outage", [1]), ("outside_outage", [2])]
    assert "2071" not in first.output
    listed = run("list", "--json")
    assert [(row["local"], row["desk"], row["patron"]) for row in json_lines(listed)] == [
        ("2000-01-01T09:12:00+01:00", "MAIL", "2071")
    ]


def test_import_with_a_bad_line_needs_keep_good(run: Run, file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"rubbish\r\n")
    bad = [{"line": 3, "reason": "has neither L nor R after the 12 digits of the time"}]
    left = run("import", file, "--desk", "MAIL", "--json")
    assert (left.exit_code, run("list", "--json").stdout) == (1, "")
    assert [(row["new"], row["left"], row["bad"]) for row in json_lines(left)] == [(0, 2, bad)]
    result = run("import", file, "--desk", "MAIL")
    assert result.stdout.splitlines()[:3] == [
        f"{file}: 0 new, 0 known, 1 bad",
        "  line 3 has neither L nor R after the 12 digits of the time",
        "  Nothing was imported. To import the 2 good new lines, add --keep-good",
    ]
    response = run("import", file, "--desk", "MAIL", "--json", "--keep-good")
    assert response.exit_code == 0
    assert [(row["new"], row["left"], row["bad"]) for row in json_lines(response)] == [(2, 0, bad)]


def test_import_reads_every_loan_sheet_and_names_the_others(run: Run, tmp_path: Path) -> None:
    """Two sheets list the same item, one with an apostrophe before the code; a third has notes."""
    book, file = Workbook(), tmp_path / "week.xlsx"
    heading = ["Datum", "Uhrzeit", "Strichcode", "Benutzernummer"]
    sheets = {
        "Lundi": [heading, ["24.11.2026", "09:12", "'1060000001", "2071234567"]],
        "Notes": [["Anna ferme à midi"]],
        "Mardi": [heading, ["25.11.2026", "09:12", "1060000001", "2071234568"]],
    }
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    book.save(file)
    options = ("--desk", "MAIL", "--outage-start", "2026-11-24")
    taken = run("import", file, *options)
    assert (taken.exit_code, taken.stdout.splitlines()) == (
        0,
        [
            f"{file}: 2 new, 0 known, 0 bad",
            '  the sheet "Notes" was not read: its first line names neither items nor patrons',
            '  1 line: an apostrophe, ="…" or an invisible space around a code was removed',
            "  look at lines Lundi 2, Mardi 2: 1060000001, MAIL: lent twice without a return between",
        ],
    )
    (known,) = json_lines(run("import", file, *options, "--json"))
    assert (known["known"], known["unread"], known["cleaned"]) == (2, ["Notes"], 1)
    assert [conflict.get("sheets") for conflict in known["conflicts"]] == [["Lundi", "Mardi"]]
    listed = json_lines(run("list", "--json"))
    assert [(row["local"], row["item"]) for row in listed] == [
        ("2026-11-24T09:12:00+01:00", "1060000001"),
        ("2026-11-25T09:12:00+01:00", "1060000001"),
    ]


def test_import_of_a_file_with_only_headings_is_refused(run: Run, file: Path) -> None:
    file = file.with_suffix(".csv")
    file.write_text("at,item,patron\n")
    refused = run("import", file, "--desk", "MAIL")
    assert (refused.exit_code, refused.stdout.splitlines()) == (
        1,
        [f"{file}: 0 new, 0 known, 1 bad", "  the file contains no loans or returns"],
    )


def test_import_needs_a_known_desk_for_rows_without_one(run: Run, file: Path) -> None:
    result = run("import", file, "--json")
    assert result.exit_code == 1
    reasons = [row["reason"] for row in json_lines(result)[0]["bad"]]
    assert reasons == ["names no desk: give the desk where it was recorded"] * 2
    refused = run("import", file, "--desk", "NAIL")
    assert isinstance(refused.exception, TransactionRefused)
    assert str(refused.exception) == 'The handbook has no desk "NAIL"; did you mean "MAIL"?'
    assert run("import", file, "--outage-end", "2026-11-24").exit_code == 2


def test_import_with_a_faulty_handbook_does_not_check_the_desk(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAIS_HANDBOOK", str(tmp_path))
    result = run("import", file, "--desk", "ANY")
    assert (
        result.stderr == "The handbook has faults, so the desk is not checked: run relais check\n"
    )
    assert result.stdout.startswith(f"{file}: 2 new")


def test_import_names_times_outside_the_declared_outage(
    run: Run, file: Path, tmp_path: Path
) -> None:
    """The outage lasted from 09:12 to 09:20, and both rows fall within that time."""
    begun = datetime(2000, 1, 1, 8, 12, tzinfo=UTC)
    declared = make.outage(1, at=begun)
    over = make.ended(2, declared.id, at=begun, ended=begun + timedelta(minutes=8))
    url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    with open_database(url, now=lambda: begun) as database:
        database.journal.append(declared, over)

    def kinds(*more: str) -> list[str]:
        (entry,) = json_lines(run("import", file, "--desk", "MAIL", "--json", *more))
        return [row["kind"] for row in entry["conflicts"]]

    assert kinds() == ["lent_and_on_cart"]
    assert kinds("--outage-start", "2000-01-02") == [
        "lent_and_on_cart",
        "outside_outage",
        "outside_outage",
    ]


def test_import_says_what_kind_a_wrong_file_is(run: Run, file: Path) -> None:
    file.write_bytes(b"<!DOCTYPE html><title>Login</title>")
    page = "is a web page, such as a login page, not a file of loans: log in, then download again"
    refused = run("import", file, "--desk", "MAIL")
    assert (refused.exit_code, refused.stdout.splitlines()) == (
        1,
        [f"{file}: 0 new, 0 known, 1 bad", f"  the file {page}"],
    )
    file.write_bytes(b"PK\x03\x04")
    cut = "  this workbook is cut off: its end is missing; download the file again"
    assert run("import", file.rename(file.with_suffix(".xlsx"))).stdout.splitlines()[1:] == [cut]


def test_import_names_the_line_with_item_and_card_swapped(run: Run, file: Path) -> None:
    file.write_bytes(f"202611240912L{'2071234567':<80}1060348821\r\n".encode())
    taken = run("import", file, "--desk", "MAIL")
    assert taken.stdout.splitlines()[:2] == [
        f"{file}: 1 new, 0 known, 0 bad",
        "  check line 1: Card and item seem to be swapped.",
    ]
    assert "2071234567" not in taken.stdout
