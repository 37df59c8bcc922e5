"""The text of the warnings that offline lists give about a loan."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.loans.list_text import list_warnings_text
from dashboard.translations import language
from procedure.circulation.list_advice import ListAdvice, Reason
from tests.support import make

AS_OF = datetime(2026, 11, 24, 1, 10, tzinfo=UTC)
TOLD = (ListAdvice(Reason.CARD_BLOCKED, AS_OF),)
BLOCKED = make.loan(1, told=TOLD, warning=Reason.CARD_BLOCKED)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "Compte bloqué (liste d’aujourd’hui, 02:10)."),
        (1, "Compte bloqué (liste d’hier, 02:10)."),
        (2, "Compte bloqué (liste du 24 nov., 02:10)."),
    ],
)
def test_list_warnings_text_gives_the_age_of_the_list(days: int, text: str) -> None:
    assert list_warnings_text(BLOCKED, AS_OF + timedelta(days=days), language("fr")) == text


def test_list_warnings_text_names_who_lent_anyway() -> None:
    loan = replace(BLOCKED, overridden=True, operator="A. Rochat")
    german = list_warnings_text(loan, AS_OF, language("de"))
    assert german == (
        "Trotz Liste ausgeliehen. Konto gesperrt (Liste von heute, 02:10). A. Rochat."
    )


def test_list_warnings_text_omits_a_decision_about_another_doubt() -> None:
    loan = make.loan(1, told=TOLD, warning="looks_like_patron", overridden=True)
    assert (
        list_warnings_text(loan, AS_OF, language("fr"))
        == "Compte bloqué (liste d’aujourd’hui, 02:10)."
    )
