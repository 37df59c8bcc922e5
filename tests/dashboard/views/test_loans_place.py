"""The loans place in both languages, without a browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from dashboard.state.house import House
from dashboard.state.lending import Lending
from dashboard.state.visit import Visit
from dashboard.translations import language
from dashboard.views.loan_table import LoanTable
from dashboard.views.loan_words import reasons, scan_words
from dashboard.views.loans_place import LoansPlace
from procedure.circulation import Loan, Void

# Panel 1.9 resets an index in a way that pandas 3.1 will drop one day.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture
def lending(house: House) -> Lending:
    at = house.now() - timedelta(minutes=1)
    house.journal.append(
        Loan(UUID(int=1), at, "MAIL", "<b>P</b>", "A1", warning="unknown_card"),
        Loan(UUID(int=2), at, "MAIL", "2071234567", "B2", sequence=1),
        Void(UUID(int=3), at, UUID(int=2), "<i>read</i> twice"),
    )
    made = Lending(house=house, visit=Visit(desk="MAIL", page="loans"))
    made.listing.look()
    made.files.open = True
    return made


@pytest.mark.parametrize("code", ["fr", "en"])
def test_it_can_be_drawn(lending: Lending, code: str) -> None:
    place = LoansPlace(lending, language(code))
    lending.listing.chosen = lending.listing.rows[0]
    lending.files.write()
    lending.refresh()
    assert place.__panel__().get_root() is not None


def test_what_was_scanned_or_typed_is_text_in_the_table_never_html(lending: Lending) -> None:
    table = LoanTable(lending.listing, language("fr"), lambda _: None).__panel__()
    html = {column for column, kind in table.formatters.items() if kind == {"type": "html"}}
    assert html == {"state", "act"}
    assert list(table.value["patron"]) == ["2071234567", "<b>P</b>"]
    assert list(table.value["remark"]) == [
        "<i>read</i> twice",
        "Ce numéro n’a la forme d’aucune carte connue\u202f: vérifiez la carte.",
    ]


def test_a_corrected_time_is_said_beside_the_loan(house: House) -> None:
    at = house.now() - timedelta(minutes=1)
    slow, exact = at - timedelta(minutes=7), at - timedelta(seconds=59)
    house.journal.append(
        Loan(UUID(int=1), at, "MAIL", "2071234567", "A1", made_at=slow, skew_s=420.0),
        Loan(UUID(int=2), at, "MAIL", "2071234567", "B2", sequence=1, made_at=exact, skew_s=59.0),
    )
    lending = Lending(house=house, visit=Visit(desk="MAIL", page="loans"))
    lending.listing.look()
    table = LoanTable(lending.listing, language("fr"), lambda _: None).__panel__()
    remarks = dict(zip(table.value["item"], table.value["remark"], strict=True))
    assert remarks == {"A1": "Heure corrigée\u202f: 11:52 au poste.", "B2": ""}


def test_every_reason_has_its_sentence_in_the_scan_box() -> None:
    spoken = language("fr")
    words = scan_words(spoken)
    assert {key: words[f"why_{key}"] for key in reasons(spoken)} == reasons(spoken)
