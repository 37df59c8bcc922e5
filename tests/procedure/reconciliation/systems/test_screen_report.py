"""If a system issues no report, staff record the refusals shown on its screen."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.errors import TransactionRefused
from procedure.journal import Entry, Recorded
from procedure.reconciliation.journal_entries import FileUploaded, JobReportRecorded
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.systems.screen_report import refused_on_screen
from tests.support import make

AT = datetime(2026, 11, 24, 11, tzinfo=UTC)
LOANS = tuple(UUID(int=number) for number in range(1, 4))
FIRST, SECOND = UUID(int=10), UUID(int=11)


class Day:
    """A journal of three loans in one uploaded file."""

    def __init__(self) -> None:
        self.log = ReconciliationLog()
        self._position = 0
        self.add(
            *(
                make.loan(loan, f"B{loan.int}", f"K{loan.int}", at=AT, desk="HAUPT")
                for loan in LOANS
            )
        )
        self.send(FIRST, LOANS)

    def add(self, *entries: Entry) -> None:
        for entry in entries:
            self._position += 1
            self.log.extend([Recorded(self._position, AT, entry)])

    def send(self, export: UUID, loans: tuple[UUID, ...]) -> None:
        self.add(
            make.export(
                export, *loans, at=AT, desk="HAUPT", name=f"{export.int}.koc", format="koha"
            ),
            FileUploaded(id=UUID(int=export.int + 100), at=AT, export=export),
        )

    def refuse(self, loan: UUID, reason: str) -> JobReportRecorded:
        entry_id = UUID(int=1000 + self._position)
        at = AT + timedelta(hours=1)
        entry = refused_on_screen(
            self.log, loan, reason, entry_id=entry_id, at=at, operator="A. B."
        )
        self.add(entry)
        return entry

    @property
    def states(self) -> list[tuple[str, str]]:
        rows = [self.log.row(loan) for loan in LOANS]
        return [(row.state.value, row.reason) for row in rows if row is not None]


UPLOADED = (ReconciliationState.UPLOADED.value, "")


def test_refused_row_leaves_the_others_uploaded() -> None:
    day = Day()
    day.refuse(LOANS[1], "user_not_found")
    assert day.states == [UPLOADED, ("refused", "user_not_found"), UPLOADED]


def test_earlier_refusals_in_the_same_file_are_kept() -> None:
    day = Day()
    day.refuse(LOANS[1], "user_not_found")
    entry = day.refuse(LOANS[0], "item_not_found")
    refused = ((LOANS[1], "user_not_found"), (LOANS[0], "item_not_found"))
    assert entry.refused == refused
    assert day.states == [("refused", "item_not_found"), ("refused", "user_not_found"), UPLOADED]


def test_row_in_a_later_file_is_not_refused_again() -> None:
    day = Day()
    day.refuse(LOANS[1], "user_not_found")
    day.send(SECOND, (LOANS[1],))
    assert day.refuse(LOANS[0], "item_not_found").refused == ((LOANS[0], "item_not_found"),)
    assert day.states == [("refused", "item_not_found"), UPLOADED, UPLOADED]


def test_only_uploaded_rows_can_be_refused() -> None:
    day = Day()
    day.refuse(LOANS[0], "item_not_found")
    with pytest.raises(TransactionRefused, match="refused: only what was uploaded"):
        day.refuse(LOANS[0], "item_not_found")
    with pytest.raises(TransactionRefused, match="no loan with this id"):
        day.refuse(UUID(int=99), "item_not_found")
