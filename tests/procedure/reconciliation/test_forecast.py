"""Predictions of Alma's answer to each row, which may depend on earlier rows in the upload."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.settlements import Corrected, corrected
from procedure.circulation.transactions import Loan
from procedure.reconciliation.alma_records import (
    ItemFacts,
    ItemSeen,
    LoanFacts,
    PatronFacts,
    PatronSeen,
)
from procedure.reconciliation.forecast import AlmaSnapshot, Forecast, forecast_upload, unasked

NINE = datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC)
NOW = NINE + timedelta(hours=4)
LOAN = Loan(id=UUID(int=1), at=NINE, desk="MAIL", patron="A-01", item="i")
ITEM = ItemFacts("i", "99", "22", "23", "MAIN", "")
USER = PatronFacts("anna", (("04", "m-1"), ("01", "A-01")))


def item(**more: Any) -> ItemSeen:
    return ItemSeen(UUID(int=8), NOW, "i", replace(ITEM, **more))


def user(identifier: str = "A-01", **more: Any) -> PatronSeen:
    return PatronSeen(UUID(int=9), NOW, identifier, replace(USER, **more))


def lent_to(by: str, at: datetime | None) -> ItemSeen:
    return item(process="LOAN", loan=LoanFacts("i", by, at, None))


def facts(**more: Any) -> AlmaSnapshot:
    given: dict[str, Any] = {
        "items": {"i": item()},
        "patrons": {"A-01": user(), "m-1": user("m-1")},
    }
    return AlmaSnapshot(**{**given, "now": NOW, **more})


def one(loan: Loan = LOAN, **more: Any) -> tuple[str, str]:
    (problem,) = forecast_upload([loan], facts(**more))
    return problem.kind, problem.message


NOT_HERE = ItemSeen(UUID(int=8), NOW, "i", None, "401689")
NOBODY = PatronSeen(UUID(int=9), NOW, "A-01", None, "401861")


@pytest.mark.parametrize(
    ("more", "kind", "message"),
    [
        ({}, "ok", "done"),
        ({"items": {}}, "not_checked", ""),
        ({"patrons": {}}, "not_checked", ""),
        ({"items": {"i": NOT_HERE}}, "item_not_found", "item_not_found"),
        ({"items": {"i": NOT_HERE}, "patrons": {}}, "item_not_found", "item_not_found"),
        (
            {"items": {"i": replace(NOT_HERE, elsewhere=True)}},
            "item_elsewhere",
            "item_not_found",
        ),
        ({"patrons": {"A-01": NOBODY}}, "user_not_found", "user_not_found"),
        ({"patrons": {"A-01": NOBODY}, "items": {}}, "user_not_found", "user_not_found"),
        (
            {"patrons": {"A-01": replace(NOBODY, elsewhere=True)}},
            "user_in_network",
            "user_not_found",
        ),
        ({"items": {"i": lent_to("bert", NINE - timedelta(days=1))}}, "on_loan_other", "on_loan"),
        ({"items": {"i": lent_to("bert", None)}}, "on_loan_other", "on_loan"),
        ({"items": {"i": lent_to("bert", NOW)}}, "later_action", "later_action"),
        ({"items": {"i": lent_to("anna", NOW)}}, "later_action", "later_action"),
        ({"items": {"i": lent_to("anna", NINE.replace(second=59))}}, "renewal", "done"),
        (
            {"items": {"i": item(process="HOLDSHELF", waits_for=("bert",))}},
            "on_hold_shelf",
            "on_hold_shelf",
        ),
        ({"items": {"i": item(process="HOLDSHELF", waits_for=("anna",))}}, "ok", "done"),
        ({"items": {"i": item(process="TRANSIT")}}, "ok", "done"),
        ({"libraries": {"MAIL": ("ARVE",)}}, "wrong_desk", "wrong_desk"),
        ({"libraries": {"MAIL": ("ARVE", "MAIN")}}, "ok", "done"),
        ({"libraries": {"CMU": ("ARVE",)}}, "ok", "done"),
        ({"patrons": {"A-01": user(blocks=("FINES",))}}, "user_blocked", "blocked"),
        ({"patrons": {"A-01": user(expires=NOW)}}, "card_expired", "blocked"),
        ({"patrons": {"A-01": user(expires=NOW + timedelta(1))}}, "ok", "done"),
        (
            {"items": {"i": item(policy="1H")}, "terms": {"1H": timedelta(hours=4)}},
            "due_at_risk",
            "done",
        ),
        ({"items": {"i": item(policy="1H")}, "terms": {"1H": timedelta(hours=5)}}, "ok", "done"),
    ],
)
def test_forecast_follows_almas_answers(more: dict[str, Any], kind: str, message: str) -> None:
    assert one(**more) == (kind, message)


@pytest.mark.parametrize(
    ("reason", "more", "kind", "message"),
    [
        (Reason.CARD_BLOCKED, {"patrons": {}}, "listed_card_blocked", "blocked"),
        (Reason.ITEM_NOT_FOR_LOAN, {"items": {}}, "listed_item_not_for_loan", "not_loanable"),
        (Reason.ITEM_SHORT_LOAN, {"items": {}}, "not_checked", ""),
        (Reason.CARD_BLOCKED, {}, "ok", "done"),  # Alma was asked afterwards
    ],
)
def test_forecast_follows_the_list_if_alma_was_not_asked(
    reason: Reason, more: dict[str, Any], kind: str, message: str
) -> None:
    listed = replace(LOAN, told=(ListAdvice(reason, NINE),))
    assert one(listed, **more) == (kind, message)
    assert unasked(Counter([kind])) == (0 if kind == "ok" else 1)


def test_corrected_card_drops_the_lists_advice_about_the_old_one() -> None:
    told = (ListAdvice(Reason.ITEM_SHORT_LOAN, NINE, 3), ListAdvice(Reason.CARD_BLOCKED, NINE))
    listed = replace(LOAN, told=told)
    other = corrected(listed, [Corrected(id=UUID(int=3), at=NOW, loan=LOAN.id, patron="B-02")])
    assert (other.patron, other.told) == ("B-02", told[:1])
    checked = corrected(listed, [Corrected(id=UUID(int=4), at=NOW, loan=LOAN.id)])
    assert checked == listed


def test_forecast_of_an_unwritable_row_is_unwritable() -> None:
    assert one(replace(LOAN, item="é")) == ("unwritable", "")


def test_forecast_of_another_identifier_suggests_the_barcode() -> None:
    assert forecast_upload([replace(LOAN, patron="m-1")], facts()) == (
        Forecast(LOAN.id, "other_identifier", "user_not_found", "A-01"),
    )
    primary = {"anna": user("anna")}
    assert one(replace(LOAN, patron="anna"), patrons=primary) == ("ok", "done")


def rows(*patrons: str, minutes: tuple[int, ...]) -> list[Loan]:
    return [
        replace(LOAN, id=UUID(int=number), patron=patron, at=NINE + timedelta(minutes=minute))
        for number, (patron, minute) in enumerate(zip(patrons, minutes, strict=True))
    ]


def test_forecast_of_an_item_that_an_earlier_row_lends() -> None:
    users = {"A-01": user(), "B-01": user("B-01", primary_id="bert", identifiers=(("01", "B-01"),))}

    def kinds(loans: list[Loan], **more: Any) -> list[str]:
        return [problem.kind for problem in forecast_upload(loans, facts(patrons=users, **more))]

    assert kinds(rows("A-01", "B-01", minutes=(0, 5))) == ["ok", "on_loan_other"]
    assert kinds(rows("A-01", "A-01", minutes=(0, 5))) == ["ok", "renewal"]
    assert kinds(rows("B-01", "A-01", minutes=(5, 0))) == ["ok", "later_action"]
    # If Alma refuses a row, the item is not lent.
    blocked = {**users, "A-01": user(blocks=("FINES",))}
    loans = rows("A-01", "B-01", minutes=(0, 5))
    assert [forecast.kind for forecast in forecast_upload(loans, facts(patrons=blocked))] == [
        "user_blocked",
        "ok",
    ]
    # Whichever is later counts: the loan in Alma or the preceding row.
    before = {"i": lent_to("bert", NINE - timedelta(days=1))}
    assert kinds(rows("B-01", "A-01", minutes=(0, 5)), items=before) == ["renewal", "on_loan_other"]
