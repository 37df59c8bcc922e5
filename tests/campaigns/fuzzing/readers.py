"""The parsers of files from other systems, and the invariants that their results must satisfy."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, date
from pathlib import Path
from tempfile import NamedTemporaryFile

from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.row import ImportSheet
from procedure.circulation.offline_files.alma_layout import USUAL
from procedure.circulation.offline_files.alma_layout_check import observed
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.offline_files.koha_parser import parse_koc
from procedure.circulation.transactions import Loan
from procedure.errors import OfflineFileError, OfflineListError
from procedure.io.offline_lists.list_files import open_list_file
from procedure.offline_lists.listed import ReadingContext
from procedure.reconciliation.job_report import match_report, read_job_report
from procedure.reconciliation.verification import read_loan_list

# Even a small workbook can have this many rows, because repeated text takes little space in it.
MOST_ROWS = 200_000


def offline(content: bytes) -> None:
    result = parse(content)
    assert len(result.rows) + len(result.faults) <= content.count(b"\n") + 1
    assert all(row.at.tzinfo is UTC and row.item.strip() == row.item != "" for row in result.rows)
    assert all((row.kind == "L") == bool(row.patron) for row in result.rows)


def koc(content: bytes) -> None:
    result = parse_koc(content)
    assert len(result.rows) + len(result.faults) <= content.count(b"\n") + 1
    assert all(row.at.tzinfo is UTC and row.item.strip() == row.item != "" for row in result.rows)
    assert all((row.kind == "L") == bool(row.patron) for row in result.rows)


def any_form(content: bytes) -> None:
    _sheet(read_file(content, "x"))


def as_dat(content: bytes) -> None:
    _sheet(read_file(content, "OffCirc.dat"))


def _sheet(sheet: ImportSheet) -> None:
    assert len(sheet.rows) + len(sheet.bad) <= MOST_ROWS
    assert all(row.at.tzinfo is UTC and len(row.stamp) == 12 for row in sheet.rows)
    assert all(len(unreadable.reason) < 500 for unreadable in sheet.bad)


def loan_list(content: bytes) -> None:
    loans, _ = read_loan_list(content)
    assert all(loan.item and loan.user for loan in loans)


def report(content: bytes) -> None:
    result = read_job_report(content.decode("utf-8", errors="replace"))
    nothing: list[Loan] = []
    assert match_report(result, nothing).refused == ()


def layout(content: bytes) -> None:
    with suppress(OfflineFileError):
        observed(content, USUAL)


def list_file(content: bytes) -> None:
    with NamedTemporaryFile() as file, ExitStack() as opened, suppress(OfflineListError):
        file.write(content)
        file.flush()
        for reader in open_list_file(Path(file.name), ReadingContext(date(2026, 11, 29)), opened):
            for identifiers, entry in reader:
                assert 0 <= entry < 1 << 32
                assert len(identifiers) <= 501


READERS: dict[str, Callable[[bytes], None]] = {
    "offline": offline,
    "koc": koc,
    "any_form": any_form,
    "as_dat": as_dat,
    "loan_list": loan_list,
    "report": report,
    "layout": layout,
    "list_file": list_file,
}
