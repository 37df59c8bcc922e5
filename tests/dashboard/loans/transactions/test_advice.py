"""The desk gets the lists' warnings; each is stored with its loan, and asked about once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from dashboard.core.context import AppContext
from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.settlements import Settlements
from procedure.circulation.transactions import Loan
from tests.support.clock import NOON, Clock
from tests.support.intake import Desk, answer
from tests.support.lists import AS_OF, BLOCKED, GOOD, KNOWN, NOT_FOR_LOAN, lists, short
from tests.support.memory_store import GivenLists

CARD, OTHER = "SLSP204518377", "SLSP311907254"


@pytest.fixture(autouse=True)
def listed(context: AppContext) -> None:
    items = {**{f"A000{n}": KNOWN for n in range(10)}, "X0001": NOT_FOR_LOAN, "S0001": short(3)}
    both = lists({CARD: GOOD, OTHER: BLOCKED}, items)
    context.store.lists = GivenLists(both)


def lent(number: int, item: str = "A0001", patron: str = OTHER, **more: Any) -> dict[str, Any]:
    return {
        "kind": "loan",
        "id": str(UUID(int=number)),
        "at": NOON.isoformat(),
        "desk": "MAIL",
        "workstation": "poste-1",
        "sequence": number,
        "patron": patron,
        "item": item,
    } | more


def undone(number: int, loan: int) -> dict[str, Any]:
    void = {"kind": "void", "loan": str(UUID(int=loan)), "reason": "F3"}
    return lent(number) | void


def said(*reasons: Reason, days: int | None = None) -> tuple[ListAdvice, ...]:
    return tuple(ListAdvice(reason, AS_OF, days) for reason in reasons)


def told(number: int, warning: str | None, *advice: ListAdvice) -> Mapping[str, Any]:
    return answer(number, warning=warning, told=msgspec.to_builtins(advice))


def test_blocked_card_is_recorded_at_once_with_its_question(desk: Desk) -> None:
    blocked = said(Reason.CARD_BLOCKED)
    assert desk.take_one(lent(1)) == told(1, "card_blocked", *blocked)
    (loan,) = desk.entries
    assert (loan.told, loan.warning, loan.overridden) == (blocked, "card_blocked", False)
    assert Settlements().open_question(loan) == "card_blocked"


def test_loan_in_order_gets_no_advice(desk: Desk) -> None:
    assert desk.take_one(lent(1, patron=CARD)) == answer(1)
    assert desk.entries[0].told == ()


def test_loan_sent_again_gets_the_first_answer(desk: Desk, context: AppContext) -> None:
    first = desk.take_one(lent(1))
    context.store.lists = GivenLists(lists({}, {}))
    assert desk.take_one(lent(1)) == first
    assert len(desk.entries) == 1


def test_card_is_asked_about_once_despite_scans_in_flight(desk: Desk) -> None:
    """F3 lends anyway by voiding the loan and recording it again; the batch has another scan."""
    desk.take(lent(1))
    answers = desk.take(undone(2, 1), lent(3, overridden=True), lent(4, "A0002"))
    blocked = said(Reason.CARD_BLOCKED)
    assert answers == [answer(2), told(3, "card_blocked", *blocked), told(4, None, *blocked)]
    assert desk.take_one(lent(5, "A0003")) == told(5, None, *blocked)
    standing = [entry for entry in desk.entries if isinstance(entry, Loan) and entry.id.int != 1]
    assert [Settlements().open_question(loan) for loan in standing] == [None, None, None]
    assert {loan.told for loan in standing} == {blocked}


def test_item_is_asked_about_even_if_the_card_is_decided(desk: Desk) -> None:
    desk.take(lent(1, overridden=True))
    both = said(Reason.ITEM_NOT_FOR_LOAN, Reason.CARD_BLOCKED)
    assert desk.take_one(lent(2, "X0001")) == told(2, "item_not_for_loan", *both)


def test_second_reading_gets_no_advice(desk: Desk) -> None:
    desk.take(lent(1))
    assert desk.take_one(lent(2)) == answer(2, "repeated", warning="repeated")


def test_other_patron_is_asked_about_first(desk: Desk) -> None:
    desk.take(lent(1, patron=CARD))
    assert desk.take_one(lent(2)) == told(2, "other_patron", *said(Reason.CARD_BLOCKED))


def test_advice_shown_in_the_browser_is_kept(desk: Desk) -> None:
    older = AS_OF - timedelta(days=1)
    shown = {"reason": "item_requested", "as_of": older.isoformat(), "days": None}
    desk.take(lent(1, told=[shown]))
    requested = ListAdvice(Reason.ITEM_REQUESTED, older)
    assert desk.entries[0].told == (requested, *said(Reason.CARD_BLOCKED))


@pytest.mark.parametrize(
    "shown",
    [
        "card_blocked",
        [{"reason": "stolen", "as_of": AS_OF.isoformat()}],
        [{"reason": "card_blocked", "as_of": "2026-11-24T01:10:00"}],
        [{"reason": "card_blocked", "as_of": "0001-01-01T00:00:00+01:00"}],
        [{"reason": "card_blocked"}],
        None,
    ],
)
def test_loan_is_recorded_whatever_the_browser_says_it_showed(desk: Desk, shown: object) -> None:
    assert desk.take_one(lent(1, patron=CARD, told=shown)) == answer(1)
    assert desk.entries[0].told == ()


def test_short_loan_advice_keeps_its_days(desk: Desk) -> None:
    advice = said(Reason.ITEM_SHORT_LOAN, days=3)
    assert desk.take_one(lent(1, "S0001", CARD)) == told(1, None, *advice)


def test_card_of_a_pending_loan_is_asked_about_on_completion(desk: Desk) -> None:
    waits = lent(1, "X0001") | {"kind": "waiting", "note": "Mme Rochat"}
    assert desk.take_one(waits) == told(1, None, *said(Reason.ITEM_NOT_FOR_LOAN))
    card = {"kind": "complete", "waiting": str(UUID(int=1)), "patron": OTHER}
    both = said(Reason.ITEM_NOT_FOR_LOAN, Reason.CARD_BLOCKED)
    assert desk.take_one(lent(2) | card) == told(2, "item_not_for_loan", *both)
    (loan,) = (entry for entry in desk.entries if entry.id == loan_id(UUID(int=1)))
    assert loan.told == both


def test_stale_list_gives_no_advice(desk: Desk, clock: Clock) -> None:
    clock.at = AS_OF + timedelta(hours=72)
    assert desk.take_one(lent(1, at=clock.at.isoformat())) == answer(1)
