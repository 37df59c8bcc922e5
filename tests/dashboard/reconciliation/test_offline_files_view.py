"""The page lists loans from another year or the future, and writes them only if confirmed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.circulation.transactions import Loan

PRESS = 'data-act="confirm-times"'


@pytest.fixture
def context(context: AppContext) -> AppContext:
    """Two desks, each with a loan from today; one also has loans from last year and from 2099."""
    now = context.clock.now()
    times = [now, now - timedelta(days=365), datetime(2099, 1, 1, 11, 30, tzinfo=UTC)]
    context.store.journal.append(
        *(
            Loan(id=UUID(int=n), at=at, desk="MAIL", patron="2071234567", item=f"<i>{n}")
            for n, at in enumerate(times)
        ),
        Loan(id=UUID(int=9), at=now, desk="CMU", patron="2071234567", item="9"),
    )
    return context


def exported(context: AppContext) -> list[tuple[str, int]]:
    context.folds.update()
    return sorted((export.desk, len(export.loans)) for export in context.folds.loan_log.exports)


def send(panes: Iterable[LiveHTML], act: str, value: str = "") -> None:
    for pane in panes:
        pane.receive({"act": act, "value": value})


def test_desk_with_unusual_dates_is_held_while_others_are_written(context: AppContext) -> None:
    progress = ReconciliationProgress(ledger=ReconciliationLedger(context), session=Session())
    progress.update()
    progress.go("files")
    view = OfflineFilesView(progress=progress, language=language("en"))
    pane = view.__panel__()
    send([pane], "write")
    assert exported(context) == [("CMU", 1)]
    assert f"2 loans have a date before {context.clock.now().year} or in the future." in pane.html
    send([pane], "confirm-times")
    assert exported(context) == [("CMU", 1), ("MAIL", 3)]
    assert PRESS not in pane.html
    send([pane], "confirm-times")
    assert exported(context) == [("CMU", 1), ("MAIL", 3)]


def test_trial_asks_to_confirm_its_own_loans(context: AppContext) -> None:
    progress = ReconciliationProgress(ledger=ReconciliationLedger(context), session=Session())
    progress.update()
    view = OfflineFilesView(progress=progress, language=language("en"))
    send([view.__panel__()], "trial", "MAIL")
    assert exported(context) == []
    send([view.__panel__()], "confirm-times")
    assert exported(context) == [("MAIL", 3)]
