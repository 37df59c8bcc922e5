"""The loans page in French and English, without a browser."""

import ast
import tomllib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

import dashboard.core.context
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.loans.loan_log_table_view import LoanTableView
from dashboard.loans.loan_log_view import LoanLogPanel
from dashboard.loans.loans import LendingState
from dashboard.loans.loans_page import LoansPage
from dashboard.loans.reason_text import reason_texts
from dashboard.loans.scan_text import scan_texts
from dashboard.notebook_api import ReaderSession
from dashboard.outage.outage import OutageState
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.circulation.transactions import PendingLoan, Void
from procedure.handbook.model import Handbook
from tests.support import make
from tests.support.page_models import outage_of
from tests.support.tables import cells, markup

DASHBOARD = Path(dashboard.__file__).parent
SCANS = Path(__file__).parents[2] / "procedure" / "circulation" / "scans.toml"


def coordinated(lending: LendingState) -> OutageState:
    return outage_of(lending.context, lending.session)


def place_of(lending: LendingState, code: str = "fr") -> LoansPage:
    return LoansPage(lending=lending, outage=coordinated(lending), language=language(code))


@pytest.fixture
def lending(context: AppContext) -> LendingState:
    at = context.clock.now() - timedelta(minutes=1)
    context.store.journal.append(
        make.loan(1, "A1", "<b>P</b>", at=at, warning="unknown_card"),
        make.loan(2, "B2", at=at, sequence=1),
        Void(id=UUID(int=3), at=at, loan=UUID(int=2), reason="<i>read</i> twice"),
    )
    made = LendingState(context=context, session=Session(desk="MAIL", page="loans"))
    made.listing.look()
    return made


@pytest.mark.parametrize("code", ["fr", "en"])
def test_page_renders(lending: LendingState, code: str) -> None:
    place = place_of(lending, code)
    lending.listing.chosen = lending.listing.rows[0]
    lending.updates.refresh()
    assert place.__panel__().get_root() is not None


def test_table_escapes_scanned_and_typed_texts(lending: LendingState) -> None:
    table = LoanTableView(lending.listing, language("fr"), print, masked=False)
    assert markup(table, "patron") == ["2071234567", "&lt;b&gt;P&lt;/b&gt;"]
    assert markup(table, "remark") == [
        "&lt;i&gt;read&lt;/i&gt; twice",
        "Ce numéro n’a la forme d’aucune carte connue\u202f: vérifiez la carte.",
    ]


def test_log_has_no_act_for_a_read_only_visitor(lending: LendingState) -> None:
    reader = LendingState(context=lending.context, session=ReaderSession(page="loans"))
    reader.listing.look()
    shown = LoanLogPanel(lending=reader, language=language("fr"))
    assert (len(markup(shown, "item")), markup(shown, "act")) == (2, [])
    assert len(markup(LoanLogPanel(lending=lending, language=language("fr")), "act")) == 2


def test_table_names_a_corrected_time(context: AppContext) -> None:
    at = context.clock.now() - timedelta(minutes=1)
    slow, exact = at - timedelta(minutes=7), at - timedelta(seconds=59)
    context.store.journal.append(
        make.loan(1, "A1", at=at, made_at=slow, skew_s=420.0),
        make.loan(2, "B2", at=at, sequence=1, made_at=exact, skew_s=59.0),
    )
    lending = LendingState(context=context, session=Session(desk="MAIL", page="loans"))
    lending.listing.look()
    table = LoanTableView(lending.listing, language("fr"), print, masked=False)
    remarks = dict(zip(cells(table, "item"), cells(table, "remark"), strict=True))
    assert remarks == {"A1": "Heure corrigée\u202f: 11:52 au poste.", "B2": ""}


def test_table_has_the_due_date(lending: LendingState) -> None:
    table = LoanTableView(lending.listing, language("fr"), print, masked=False)
    assert cells(table, "due") == ["", "22 déc."]


def test_page_counts_pending_loans_and_escapes_their_notes(lending: LendingState) -> None:
    at = lending.context.clock.now() - timedelta(minutes=5)
    lending.context.store.journal.append(
        PendingLoan(id=UUID(int=11), at=at, desk="MAIL", item="C3111", warning="partial"),
    )
    lending.context.store.notes.write(UUID(int=11), "<i>Mme Rochat</i>")
    place = place_of(lending)
    lending.updates.refresh()
    pieces = " ".join(view.html for view in place.__panel__().select(LiveHTML))
    assert "&lt;i&gt;Mme Rochat&lt;/i&gt;" in pieces
    assert "1 sur carte oubliée" in pieces
    assert "<i>Mme" not in pieces
    assert "<b>P" not in pieces


def test_table_names_second_readings_and_overrides(context: AppContext) -> None:
    at = context.clock.now() - timedelta(minutes=1)
    context.store.journal.append(
        make.loan(1, "A1", at=at, warning="partial", overridden=True),
        make.loan(2, "A1", at=at + timedelta(seconds=2), sequence=1),
    )
    lending = LendingState(context=context, session=Session(desk="MAIL", page="loans"))
    lending.updates.refresh()
    table = LoanTableView(lending.listing, language("fr"), print, masked=False)
    assert cells(table, "remark") == [
        "Même scan que celui de 11:59:00\u202f: compté une fois.",
        "Le scan semble coupé\u202f: annulez et scannez de nouveau. Confirmé au poste.",
    ]
    assert ["Doublon" in chip for chip in cells(table, "state")] == [True, False]


def test_dropped_file_opens_its_form_with_what_is_new(lending: LendingState) -> None:
    place = place_of(lending)
    line = '{"at": "2026-11-24T09:00:00Z", "item": "<i>", "patron": "2071234567", "desk": "MAIL"}\n'
    assert not place.dropped
    lending.file_import.look([("<b>.jsonl", line.encode() + b"{\n")])
    assert place.dropped
    shown = [view.html for view in place.__panel__().select(LiveHTML) if "said-new" in view.html]
    assert len(shown) == 1
    assert "<b>Nouveau ici\u202f: 1 prêt. Rien n’est encore pris.</b>" in shown[0]
    assert "ligne 2, n’est pas une ligne de la page du poste" in shown[0]
    assert "&lt;b&gt;.jsonl" in shown[0]
    lending.file_import.take()
    (newest,) = [
        view.html for view in place.__panel__().select(LiveHTML) if "said-new" in view.html
    ]
    assert "<b>Pris\u202f: 1 prêt.</b>" in newest
    assert sum(row.is_valid for row in lending.listing.rows) == 2
    lending.file_import.drop()
    assert not place.dropped


# The modules that refuse a desk's transactions; each refusal has a key.
AT_THE_DESK = (
    "procedure/circulation/transactions",
    "procedure/circulation/lending_rules",
    "procedure/circulation/pending_loans",
    "dashboard/loans/transactions/transaction_entry",
    "dashboard/loans/transactions/message",
)


def keys_of_refusals() -> set[str]:
    paths = [DASHBOARD.parent / f"{name}.py" for name in AT_THE_DESK]
    calls = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {
        node.args[0].value
        for node in calls
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "TransactionRefused"
        if isinstance(node.args[0], ast.Constant)
    }


def keys_of_doubts(handbook: Handbook) -> set[str]:
    scans = tomllib.loads(SCANS.read_text("utf-8"))["scan"]
    shapes = {form.warning for form in handbook.scans.forms} | {
        scan.get("warning") for scan in scans
    }
    file = {f"{field}_{key}" for field in ("item", "patron") for key in ("too_long", "not_ascii")}
    desk = {"repeated", "renewal", "other_patron", "on_cart", "lent_and_carted", "swapped"}
    return {key for key in shapes if key} | file | desk


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_doubt_has_its_words(handbook: Handbook, code: str) -> None:
    texts = reason_texts(language(code))
    keys = keys_of_doubts(handbook) | keys_of_refusals()
    assert {"glued", "partial", "looks_like_item", "isbn", "address", "note_long"} <= keys
    assert keys - texts.keys() == set()


def test_every_reason_has_its_message() -> None:
    shown_in = language("fr")
    words = scan_texts(shown_in)
    assert {key: words[f"why_{key}"] for key in reason_texts(shown_in)} == reason_texts(shown_in)
