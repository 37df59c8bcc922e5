"""A return is sent to Alma's API only if that is safe, and never twice, even if the process is killed."""

from typing import Any
from uuid import UUID

import pytest

from procedure.circulation.settlements import RequestOutcome
from procedure.circulation.transactions import Loan, Return, Void
from procedure.errors import RequestOutcomeUnknown, TransactionRefused
from procedure.io.alma.create_loan import SETTLED
from procedure.io.alma.return_item import return_item, settle_scan
from procedure.reconciliation.carts import carted_items
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.simulation.alma.request_gate import Misbehaviour
from tests.procedure.io.database.test_killed import Killed, Mortal
from tests.procedure.io.planted import NOW
from tests.procedure.io.test_from_cart import AGAIN, BACK, FIRST, LEFT, Library


def returning(there: Library, back: UUID = BACK.id) -> Any:
    return lambda api: return_item(api, there.journal, back, library="MAIN")


def settling(there: Library) -> Any:
    return lambda api: settle_scan(api, there.journal, BACK.id)


@pytest.fixture
def there() -> Library:
    library = Library()
    library.journal = Mortal(library.day.clock)
    library.journal.append(BACK)
    return library


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("lives", [0, 1])
def test_return_killed_at_any_write_is_sent_once(there: Library, lives: int, after: bool) -> None:
    there.journal.lives, there.journal.after = lives, after
    with pytest.raises(Killed):
        there.day.ask(returning(there))
    there.journal.lives = float("inf")
    intended, answered = (lives, after) != (0, False), (lives, after) == (1, True)
    if intended and not answered:
        with pytest.raises(TransactionRefused, match="settle it first"):
            there.day.ask(returning(there))
        there.day.clock.at += SETTLED
        answer = there.day.ask(settling(there))
        assert answer.fate is (RequestOutcome.MADE if lives == 1 else RequestOutcome.NEVER_ARRIVED)
    if carted_items(there.reconciled, [BACK]):
        there.day.ask(returning(there))
    assert there.day.stand_in.gate.effects == ["scan book"]
    assert carted_items(there.reconciled, [BACK]) == []
    with pytest.raises(TransactionRefused, match="is no longer on a cart"):
        there.day.ask(returning(there))


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_500"])
def test_return_after_a_broken_connection_is_looked_up_in_alma(there: Library, kind: str) -> None:
    there.day.stand_in.gate.faults = [Misbehaviour(kind, "POST")]
    with pytest.raises(RequestOutcomeUnknown):
        there.day.ask(returning(there))
    with pytest.raises(TransactionRefused, match="settle it first"):
        there.day.ask(returning(there))
    answer = there.day.ask(settling(there))
    if kind == "drop_after":
        assert answer.fate is RequestOutcome.MADE
    else:
        assert answer is None
        there.day.clock.at += SETTLED
        assert there.day.ask(settling(there)).fate is RequestOutcome.NEVER_ARRIVED
        there.day.ask(returning(there))
    assert there.day.stand_in.gate.effects == ["scan book"]
    with pytest.raises(TransactionRefused, match="No scan of this return"):
        there.day.ask(settling(there))


def test_return_of_an_unknown_item_stays_open(there: Library) -> None:
    there.day.stand_in.gate.faults = [Misbehaviour("drop_before", "POST")]
    with pytest.raises(RequestOutcomeUnknown):
        there.day.ask(returning(there))
    there.day.clock.at += SETTLED
    del there.day.stand_in.world.items["book"]
    with pytest.raises(TransactionRefused, match="no item with this barcode"):
        there.day.ask(settling(there))
    assert there.reconciled.log.settlements.attempts[BACK.id].open


@pytest.mark.parametrize(
    ("entries", "back", "reason"),
    [
        ([FIRST], BACK, "not_safe"),
        ([AGAIN], BACK, "not_safe"),
        ([Void(id=UUID(int=70), at=NOW, loan=BACK.id, reason="still here")], BACK, "not_on_cart"),
        ([], LEFT, "return_unknown"),
        (
            [Return(id=UUID(int=71), at=NOW, desk="CMU", item="nothing")],
            UUID(int=71),
            "item_not_found",
        ),
    ],
)
def test_unsafe_return_is_not_sent(
    there: Library, entries: list[Loan | Return | Void], back: Any, reason: str
) -> None:
    there.journal.append(*entries)
    with pytest.raises(TransactionRefused) as refusal:
        there.day.ask(returning(there, getattr(back, "id", back)))
    assert refusal.value.reason == reason
    assert there.day.stand_in.gate.effects == []


def test_return_of_an_item_lent_since_is_not_sent(there: Library) -> None:
    world = there.day.stand_in.world
    user, item = world.users["bert"], world.items["book"]
    world.end_loan(item, NOW)
    world.add_loan(user, item, world.desks["MAIL"], NOW, NOW)
    with pytest.raises(TransactionRefused, match="lent since"):
        there.day.ask(returning(there))


def test_return_through_the_api_is_not_in_a_file(there: Library) -> None:
    there.day.ask(returning(there))
    there.journal.append(AGAIN)
    assert there.export("MAIL", CartLoanPolicy.RETURNS_FIRST).plan.returns == ()


def test_refused_return_keeps_its_code_and_the_item_on_the_cart(there: Library) -> None:
    del there.day.stand_in.world.desks["CMU"]
    answer = there.day.ask(returning(there))
    assert (answer.fate, answer.code) == (RequestOutcome.REFUSED, "40166415")
    assert [item.returned for item in carted_items(there.reconciled, [BACK])] == [BACK]
