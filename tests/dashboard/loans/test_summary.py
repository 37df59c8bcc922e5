"""The file for Alma and the summary, without a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.errors import NotAllowed
from dashboard.loans.summary import LoanSummary
from procedure.circulation.offline_layout import Layout
from procedure.circulation.transactions import Export, Loan, Void

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
# Computed here, from the layout in the facts, not by the code under test.
LINE = "202611241150" + "L" + "0003-abC".ljust(80) + "2071234567" + "\r\n"


@pytest.fixture
def files(context: AppContext) -> LoanSummary:
    at = NOON - timedelta(minutes=10)
    context.journal.append(
        Loan(UUID(int=1), at, "MAIL", "2071234567", "0003-abC"),
        Loan(UUID(int=2), at, "MAIL", "2071234567", "VOID"),
        Loan(UUID(int=3), at, "CMU", "2071234567", "OTHER-DESK"),
        Loan(UUID(int=4), at, "MAIL", "2071234567", "é", warning="item_not_ascii"),
        Void(UUID(int=5), NOON, UUID(int=2), "lu deux fois"),
    )
    session = Session(desk="MAIL", workstation="poste-1")
    return LoanSummary(context=context, session=session, new_id=lambda: UUID(int=100))


def test_nothing_is_read_before_somebody_looks(files: LoanSummary) -> None:
    files.desk = "MAIL"
    files.refresh()
    assert (files.plan, files.days) == (None, ())
    files.open = True
    assert files.plan is not None
    assert [one.item for one in files.plan.loans] == ["0003-abC"]
    assert [(one.loan.item, one.reason) for one in files.plan.unwritable] == [
        ("é", "item_not_ascii")
    ]
    assert [(one["desk"], one["loans"], one["voids"]) for one in files.days] == [
        ("MAIL", 2, 1),
        ("CMU", 1, 0),
    ]


def test_a_written_file_is_recorded_and_gives_the_same_bytes_each_time(files: LoanSummary) -> None:
    files.param.update(desk="MAIL", open=True)
    done = files.write()
    assert isinstance(done.export, Export)
    assert files.exports == (done.export,)
    assert (files.written, done.export.workstation) == (done.export, "poste-1")
    assert [files.content(done.export) for _ in range(2)] == [LINE.encode()] * 2
    assert files.plan is not None
    assert files.plan.loans == ()
    assert files.write().export is None
    assert files.written == done.export


def test_the_file_is_written_as_the_settings_say(files: LoanSummary) -> None:
    context = files.context
    layout = Layout(line_end="lf", encoding="cp1252")
    context.settings = replace(context.settings, offline_layout=layout)
    files.param.update(desk="MAIL", open=True)
    assert files.plan is not None
    assert (files.plan.layout, files.plan.unwritable) == (layout, ())
    done = files.write()
    assert done.export is not None
    assert done.export.layout == layout
    assert files.content(done.export).endswith("é".ljust(80).encode("cp1252") + b"2071234567\n")


def test_without_a_desk_nothing_is_written(files: LoanSummary) -> None:
    with pytest.raises(NotAllowed, match="choose the desk"):
        files.write()


def test_the_summary_is_a_file_for_a_spreadsheet(files: LoanSummary) -> None:
    assert files.summary_csv().splitlines()[1:] == [
        "CMU,2026-11-24,1,0,1,1,2026-11-24T11:50:00+01:00,2026-11-24T11:50:00+01:00,no",
        "MAIL,2026-11-24,2,1,1,2,2026-11-24T11:50:00+01:00,2026-11-24T11:50:00+01:00,no",
    ]
