"""The reconciliation page draws every step with its text, in French and English."""

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
from dashboard.reconciliation.reconciliation_page import PointsView, ReconciliationPage
from dashboard.reconciliation.reconciliation_text import forecasts, points, reasons, steps
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.row_repair_view import RowRepairView
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.rows_view import RowsView
from dashboard.reconciliation.sign_off_view import SignerView, SignOffView
from dashboard.reconciliation.step_band import StepBand
from dashboard.reconciliation.verification_view import VerificationView, list_html
from dashboard.translations import language
from dashboard.ui.failure_log import failure_count
from dashboard.ui.file_drop import FileDrop
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.circulation.settlements import Corrected, ReturnSettledByHand, SettledByHand
from procedure.errors import TransactionRefused
from procedure.reconciliation.checklist import BLOCK_OFF, CARTS_CLOSED, POINTS
from procedure.reconciliation.corrections import ALMA_SCREEN
from procedure.reconciliation.forecast import MESSAGE_OF
from procedure.reconciliation.job_report import MESSAGES
from procedure.reconciliation.journal_entries import ChecklistTicked, LoanVerified, Verification
from procedure.reconciliation.steps import STEPS
from procedure.reconciliation.verification import read_loan_list
from tests.support import make
from tests.support.page_models import outage_of
from tests.support.tables import cells


@pytest.fixture
def progress(context: AppContext) -> ReconciliationProgress:
    """Rows in several states, with markup in every value that may be scanned or typed."""
    at = context.clock.now() - timedelta(hours=1)
    ids = [UUID(int=n) for n in range(1, 6)]
    journal = context.store.journal
    journal.append(
        *(make.loan(loan_id, f"<i>{loan_id.int}</i>", "<b>P</b>", at=at) for loan_id in ids)
    )
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
    progress.go("send")
    band = StepBand(progress=progress, language=language("en"))
    before = "C1 is still in force" in band.__panel__().html
    outage.end()
    progress.update()
    assert (before, "C1 is still in force" in band.__panel__().html) == (True, False)


def heading(progress: ReconciliationProgress) -> str:
    band = StepBand(progress=progress, language=language("en")).__panel__().html
    return re.findall(r"<h1[^>]*>(.*?)</h1>", band)[0]


def test_heading_names_the_open_step_and_its_count(progress: ReconciliationProgress) -> None:
    progress.context.store.journal.append(
        make.back(40, "1060000040", at=progress.context.clock.now())
    )
    progress.update()
    shown = []
    for step in STEPS:
        progress.go(step)
        shown.append(heading(progress))
    assert shown == [
        "Import: 4 loans in the log.",
        "Scans: nothing to check.",
        "Pre-flight: 1 loan not checked.",
        "Upload: 1 loan to write.",
        "Proof: 1 loan to settle.",
        "Carts: 1 item to return.",
        "Sign off: 4 points are still open.",
    ]


def test_carts_show_one_cart_and_fold_what_is_returned(progress: ReconciliationProgress) -> None:
    at = progress.context.clock.now()
    backs = [make.back(40 + n, f"106000004{n}", at=at, desk="CMU") for n in range(3)]
    progress.context.store.journal.append(
        *backs,
        make.back(50, "1060000050", at=at, desk="MAIL"),
        ReturnSettledByHand(
            id=UUID(int=60), at=at, back=backs[0].id, how=ALMA_SCREEN, operator="cr"
        ),
    )
    progress.update()
    progress.go("carts")
    carts = CartReturnsView(progress=progress, language=language("en"))

    def shown() -> list[str]:
        return re.findall(
            r'<span class="code">(\d+)', carts.__panel__().html.split('class="fold1"')[0]
        )

    assert shown() == ["1060000041", "1060000042"]
    assert "The 2 are returned" in carts.__panel__().html
    folded = carts.__panel__().html.split('class="fold1"')[1]
    assert ("1 item already returned" in folded, "cr, " in folded) == (True, True)
    carts._act("cart", "MAIL")
    assert shown() == ["1060000050"]
    assert "closed, 2 loans left" in carts.__panel__().html


def test_first_act_asks_for_a_name_and_is_then_done(
    progress: ReconciliationProgress,
) -> None:
    progress.go("send")
    points = PointsView(
        progress=progress, language=language("en"), step="send", points=(CARTS_CLOSED,)
    )
    signer = SignerView(progress=progress, language=language("en"))
    assert "Your name" not in signer.__panel__().html
    points._act("tick", CARTS_CLOSED)
    assert ("Your name" in signer.__panel__().html, points.refusal) == (True, "")
    assert progress.context.folds.checklist.tick(CARTS_CLOSED) is None
    signer._form("who", {"name": "L. M."})
    tick = progress.context.folds.checklist.tick(CARTS_CLOSED)
    assert (tick and tick.operator, "Your name" in signer.__panel__().html) == ("L. M.", False)


def test_sign_off_lists_open_points_above_its_button(context: AppContext) -> None:
    """The list names the same open points as the ledger and the dossier."""
    at = context.clock.now()
    context.store.journal.append(
        make.loan(1, at=at),
        ChecklistTicked(id=UUID(int=2), at=at, point=BLOCK_OFF, operator="LM"),
        make.export(4, 1, at=at),
        SettledByHand(id=UUID(int=3), at=at, loan=UUID(int=1), how="by hand", operator="LM"),
        make.back(5, "1060000040", at=at),
    )
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )
    progress.update()
    progress.go("sign")
    view = SignOffView(progress=progress, language=language("en"))
    html = view.__panel__().html
    titles = re.findall(r"<div><b>(.*?)</b>", html)
    assert titles == [
        "Items on the carts, to be returned in Alma: 1.",
        "Points of the upload not ticked: 3.",
        "The block has not been put back in Alma.",
    ]
    assert html.index("The block has not been put back") < html.index("Sign, 3 points open")
    view._form("sign", {"name": "L. M."})
    assert progress.overview is not None
    assert progress.overview.signed is not None
    assert "The block has not been put back" in view.__panel__().html


def test_nobody_signs_while_a_loan_is_pending(progress: ReconciliationProgress) -> None:
    progress.context.store.journal.append(make.pending(40, "A1", at=progress.context.clock.now()))
    progress.update()
    progress.go("sign")
    html = SignOffView(progress=progress, language=language("en")).__panel__().html
    assert "Loans on a forgotten card, to complete or void: 1." in html
    assert "2 of 4 loans accounted for, 1 waits for a forgotten card." in html
    assert re.search(r'data-key="sign" disabled', html)


def test_last_step_has_nothing_to_sign_for_without_loans(context: AppContext) -> None:
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )
    progress.update()
    band = StepBand(progress=progress, language=language("en"))
    before = "nothing to sign for" in band.__panel__().html
    context.store.journal.append(make.loan(1, at=context.clock.now()))
    progress.update()
    assert (before, "nothing to sign for" in band.__panel__().html) == (True, False)


def test_only_a_signature_is_missing_when_nothing_is_open(context: AppContext) -> None:
    at = context.clock.now()
    context.store.journal.append(
        make.loan(1, at=at),
        SettledByHand(id=UUID(int=3), at=at, loan=UUID(int=1), how="by hand", operator="LM"),
    )
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )
    progress.update()
    assert (progress.step, heading(progress)) == ("sign", "Sign off: only a signature is missing.")
    context.store.journal.append(make.back(5, "1060000040", at=at))
    progress.update()
    assert heading(progress) == "Sign off: 1 point is still open."


def test_corrected_row_gets_a_new_checkbox(
    progress: ReconciliationProgress,
) -> None:
    """A page remembers ticks by key, so a corrected row's box gets a new key and starts ticked."""
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
    change = Corrected(id=UUID(int=40), at=progress.context.clock.now(), loan=loan, item="0312")
    progress.context.store.journal.append(change)
    progress.update()
    boxes.append(proof.__panel__().select(LiveHTML)[0].html)
    keys = [re.findall(rf'data-key="(row-[^"]*{loan})"( checked)?', html) for html in boxes]
    assert keys == [
        [(f"row-missing-settle-{loan}", "")],
        [(f"row-missing-write-{loan}", " checked")],
    ]


def test_file_of_corrected_rows_contains_only_ticked_ones(
    progress: ReconciliationProgress,
) -> None:
    page = OfflineFilesView(progress=progress, language=language("en"))
    change = Corrected(
        id=UUID(int=40),
        at=progress.context.clock.now(),
        loan=UUID(int=1),
        item="0312",
        patron="2071",
    )
    progress.context.store.journal.append(change)
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
