"""The reconciliation in both languages, without a browser: every step drawn, every word there."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.reconciliation.cart_returns_view import CartReturnsView
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_page import ReconciliationPage
from dashboard.reconciliation.reconciliation_text import forecasts, points, reasons, steps
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.row_repair_view import RowRepairView
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.rows_view import RowsView
from dashboard.reconciliation.steps_view import StepsView, TallyView
from dashboard.reconciliation.verification_view import VerificationView, list_html
from dashboard.translations import language
from dashboard.ui.failure_log import failure_count
from dashboard.ui.file_drop import FileDrop
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.circulation.settlements import Corrected, SettledByHand
from procedure.errors import TransactionRefused
from procedure.reconciliation.checklist import BLOCK_BACK, BLOCK_OFF, POINTS, STEPS
from procedure.reconciliation.forecast import MESSAGE_OF
from procedure.reconciliation.job_report import MESSAGES
from procedure.reconciliation.journal_entries import ChecklistTicked, LoanVerified, Verification
from procedure.reconciliation.verification import read_loan_list
from tests.support import make
from tests.support.page_models import outage_of
from tests.support.tables import cells


@pytest.fixture
def progress(context: AppContext) -> ReconciliationProgress:
    """A row in each state, with markup where somebody may have scanned or typed it."""
    at = context.now() - timedelta(hours=1)
    ids = [UUID(int=n) for n in range(1, 6)]
    journal = context.journal
    journal.append(*(make.loan(one, f"<i>{one.int}</i>", "<b>P</b>", at=at) for one in ids))
    journal.append(
        make.export(20, *tuple(ids[:3]), at=at, name="mail.dat"),
        make.uploaded(21, 20, at=at),
        LoanVerified(UUID(int=22), at, ids[0], Verification.MISSING),
        LoanVerified(UUID(int=23), at, ids[1], Verification.IN_ALMA),
        SettledByHand(id=UUID(int=24), at=at, loan=ids[2], how="<u>by hand</u>", operator="LM"),
        make.void(25, ids[3], "<u>twice</u>", at=at),
    )
    made = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )
    made.update()
    return made


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize("step", [*STEPS, "rows"])
def test_page_renders_every_step(progress: ReconciliationProgress, code: str, step: str) -> None:
    failures = failure_count()
    progress.go(step)
    place = ReconciliationPage(progress=progress, language=language(code))
    for other in (STEPS[0], step):
        progress.go(other)
    assert place.__panel__().get_root() is not None
    assert failure_count() == failures


def test_page_drops_the_warning_of_c1_when_the_outage_ends(
    progress: ReconciliationProgress,
) -> None:
    outage = outage_of(progress.context, progress.session)
    outage.declare("Alma")
    progress.update()
    tally = TallyView(progress=progress, language=language("en"))
    before = "C1 is still in force" in tally.__panel__().html
    outage.end()
    progress.update()
    assert (before, "C1 is still in force" in tally.__panel__().html) == (True, False)


def test_page_says_that_nothing_is_on_a_cart(progress: ReconciliationProgress) -> None:
    progress.go("carts")
    carts = CartReturnsView(progress=progress, language=language("en"))
    head = carts.__panel__().html.split("</h2>")[1].split("</div>")[0]
    assert "nothing to return" in head
    assert "open of" not in head
    at = progress.context.now()
    progress.context.journal.append(make.back(40, "1060000040", at=at, desk="MAIL"))
    progress.update()
    assert "open of" in carts.__panel__().html


def test_last_step_has_nothing_to_sign_for_without_loans(context: AppContext) -> None:
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )
    progress.update()
    steps = StepsView(progress=progress, language=language("en"))
    before = "nothing to sign for" in steps.__panel__().html
    context.journal.append(make.loan(1, at=context.now()))
    progress.update()
    assert (before, "nothing to sign for" in steps.__panel__().html) == (True, False)


def test_page_recalls_the_block_before_the_signature(context: AppContext) -> None:
    at = context.now()
    context.journal.append(
        make.loan(1, at=at),
        ChecklistTicked(id=UUID(int=2), at=at, point=BLOCK_OFF, operator="LM"),
        SettledByHand(id=UUID(int=3), at=at, loan=UUID(int=1), how="by hand", operator="LM"),
    )
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )
    progress.update()
    tally = TallyView(progress=progress, language=language("en"))
    assert progress.proposed == "sign"
    assert "Only a signature" not in tally.__panel__().html
    assert "block" in tally.__panel__().html
    context.journal.append(ChecklistTicked(id=UUID(int=4), at=at, point=BLOCK_BACK, operator="LM"))
    context.models.update()
    progress.update()
    assert "Only a signature" in tally.__panel__().html


def test_box_of_a_corrected_row_is_another_than_that_of_the_refused_row(
    progress: ReconciliationProgress,
) -> None:
    """A page keeps what is ticked in a box by its key: the row was not ticked, and is now."""
    progress.go("proof")
    page = OfflineFilesView(progress=progress, language=language("en"))
    rows, repair = RowFilter(progress=progress), RowRepair(progress=progress)
    proof = VerificationView(
        progress=progress,
        language=language("en"),
        repair=repair,
        rows=rows,
        write=page.write_corrected,
    )
    loan = UUID(int=1)
    boxes = [proof.__panel__().select(LiveHTML)[0].html]
    change = Corrected(id=UUID(int=40), at=progress.context.now(), loan=loan, item="0312")
    progress.context.journal.append(change)
    progress.update()
    boxes.append(proof.__panel__().select(LiveHTML)[0].html)
    keys = [re.findall(rf'data-key="(row-[^"]*{loan})"( checked)?', html) for html in boxes]
    assert keys == [
        [(f"row-missing-settle-{loan}", "")],
        [(f"row-missing-write-{loan}", " checked")],
    ]


def test_file_of_corrected_rows_is_written_of_those_that_are_ticked(
    progress: ReconciliationProgress,
) -> None:
    page = OfflineFilesView(progress=progress, language=language("en"))
    change = Corrected(
        id=UUID(int=40), at=progress.context.now(), loan=UUID(int=1), item="0312", patron="2071"
    )
    progress.context.journal.append(change)
    progress.update()
    progress.go("proof")
    with pytest.raises(TransactionRefused) as refusal:
        page.write_corrected([])
    assert (refusal.value.reason, progress.step) == ("none_chosen", "proof")
    page.write_corrected([UUID(int=1)])
    written = [export.loans for export in page.files.written]
    assert (written, progress.step) == ([(UUID(int=1),)], "send")


def test_page_refuses_a_list_with_rounded_codes() -> None:
    loans, bad = read_loan_list(b"Barcode;User\n0312;2071234567\n3,12E+13;2071234567\n")
    html = list_html(len(loans), bad, language("fr"))
    assert "Rien n’est prouvé\u202f: avec une liste incomplète" in html
    assert "ligne 3, code raccourci ou arrondi par le tableur" in html
    assert "Il faut une colonne" in list_html(0, (), language("fr"))


def test_page_has_words_for_every_key() -> None:
    shown_in = language("fr")
    assert tuple(steps(shown_in)) == STEPS
    assert tuple(points(shown_in)) == POINTS
    assert {*MESSAGES, "missing", "other_user", "handed_on"} <= set(reasons(shown_in))
    assert set(MESSAGE_OF) <= set(forecasts(shown_in))


def test_page_escapes_scanned_and_typed_texts(progress: ReconciliationProgress) -> None:
    rows, desk, shown_in = (
        RowFilter(progress=progress),
        RowRepair(progress=progress),
        language("fr"),
    )
    progress.go("rows")
    table = RowsView(rows=rows, repair=desk, language=shown_in)
    assert cells(table, "remark") == [
        "Absent d’Alma",
        "",
        "<u>by hand</u> (LM)",
        "<u>twice</u>",
        "Non vérifié",
    ]
    shown = RowRepairView(repair=desk, progress=progress, language=shown_in)
    desk.open(UUID(int=1))
    assert "&lt;b&gt;P&lt;/b&gt;" in shown.__panel__().html
    assert "<b>P</b>" not in shown.__panel__().html


def test_page_ignores_a_drop_without_a_file() -> None:
    got: list[object] = []
    zone = FileDrop(got.append)
    for wrong in (None, {}, {"files": "x"}, {"files": [1, {"name": "a", "content": "=="}]}):
        zone._handle_msg(wrong)
    assert got == []
    zone._handle_msg({"files": [{"name": "a.dat", "content": "YWJj"}]})
    assert got == [[("a.dat", b"abc")]]


def test_page_keeps_typed_report_fields(
    progress: ReconciliationProgress,
) -> None:
    given = {"awaited": [], "exports": [], "drafts": [], "missing": [], "ready": 0, "desks": {}}
    html = [
        render("reconciliation/job_reports", language("fr"), **given, turn=n, refusal="")
        for n in (0, 1)
    ]
    assert ['data-key="report-0"' in html[0], 'data-key="report-1"' in html[1]] == [True, True]
