"""Returns, loans that wait, completions and voids of them, as workstations send them."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dashboard.rights import Act, Person
from dashboard.state.house import House
from dashboard.state.intake import Intake
from procedure.circulation import Loan, Return, Void, Waiting
from procedure.errors import JournalUnwritable
from procedure.waiting import MemoryNotes, loan_id
from tests.dashboard.conftest import Clock

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
CARD, OTHER = "SLSP204518377", "2071234567"
NOTE = "Mme Rochat, doctorante"


def sent(kind: str, number: int, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": str(UUID(int=number)),
        "at": NOON.isoformat(),
        "made_at": (NOON - timedelta(minutes=7)).isoformat(),
        "skew_s": 420.0,
        "desk": "MAIL",
        "workstation": "poste-1",
        "sequence": number,
    } | more


def lent(number: int, item: str = "A1111", **more: Any) -> dict[str, Any]:
    return sent("loan", number, patron=CARD, item=item) | more


def back(number: int, item: str = "A1111", **more: Any) -> dict[str, Any]:
    return sent("return", number, item=item, cart="2") | more


def waits(number: int, item: str = "A1111", **more: Any) -> dict[str, Any]:
    return sent("waiting", number, item=item, note=NOTE) | more


def completed(number: int, waiting: int, **more: Any) -> dict[str, Any]:
    return sent("complete", number, waiting=str(UUID(int=waiting)), patron=CARD) | more


def undone(number: int, target: UUID | int, **more: Any) -> dict[str, Any]:
    named = str(UUID(int=target) if isinstance(target, int) else target)
    return sent("void", number, loan=named, reason="erreur") | more


def told(number: int, state: str = "kept", **more: Any) -> dict[str, Any]:
    return {"id": str(UUID(int=number)), "state": state, "warning": None, "reason": None} | more


class Desk:
    """An intake over memory."""

    def __init__(self, house: House, person: Person | None = None) -> None:
        self.house = house
        self._intake, self._person = Intake(house), person or Person()

    def take(self, *messages: object) -> list[dict[str, Any]]:
        return self._intake.take(messages, self._person).result(0)

    @property
    def entries(self) -> list[Any]:
        return [one.entry for one in self.house.journal.since()]


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


def scanned(number: int, **more: Any) -> dict[str, Any]:
    clock = {"made_at": NOON - timedelta(minutes=7), "skew_s": 420.0}
    same = {"desk": "MAIL", "item": "A1111", "workstation": "poste-1", "sequence": number}
    return {"id": UUID(int=number), "at": NOON} | same | clock | more


def test_a_return_lies_on_its_cart(desk: Desk) -> None:
    assert desk.take(back(1), back(1)) == [told(1)] * 2
    assert desk.take(back(1)) == [told(1)]
    assert desk.entries == [Return(**scanned(1), cart="2")]
    assert desk.house.carts.rows(cart="2") == desk.entries


def test_a_book_lent_from_the_cart_is_warned_of_and_taken(desk: Desk, clock: Clock) -> None:
    desk.take(back(1))
    clock.pass_by(minutes=10)
    later = {"at": (NOON + timedelta(minutes=9)).isoformat()}
    assert desk.take(lent(2, **later)) == [told(2, warning="on_cart")]
    assert desk.take(waits(3, **later)) == [told(3)], "the cart is behind it by then"
    assert desk.entries[1].warning == "on_cart"


def test_a_book_lent_in_the_outage_and_given_back_is_flagged(desk: Desk) -> None:
    desk.take(lent(1))
    assert desk.take(back(2)) == [told(2, warning="lent_and_carted")]
    assert desk.take(back(3, item=OTHER)) == [told(3, warning="looks_like_patron")]


def test_an_override_is_kept_with_the_loan(desk: Desk) -> None:
    answers = desk.take(lent(1, overridden=True), lent(2, item="B2111"))
    assert answers == [told(1), told(2)]
    assert [one.overridden for one in desk.entries] == [True, False]


def test_a_loan_from_a_paper_sheet_says_so_and_keeps_its_hour(desk: Desk) -> None:
    hour = (NOON - timedelta(hours=2)).isoformat()
    assert desk.take(lent(1, late=True, at=hour, made_at=hour)) == [told(1)]
    (loan,) = desk.entries
    assert (loan.late, loan.at, loan.made_at) == (True, NOON - timedelta(hours=2), None)


def test_a_forgotten_card_waits_with_a_note_beside_the_journal(desk: Desk) -> None:
    assert desk.take(waits(1, note="  Mme Rochat,\n doctorante")) == [told(1)]
    assert desk.take(waits(1)) == [told(1)]
    assert desk.entries == [Waiting(**scanned(1))]
    assert desk.house.notes.read() == {UUID(int=1): NOTE}
    assert "Rochat" not in repr(desk.entries)


def test_completing_lends_at_the_moment_when_the_book_left(desk: Desk, clock: Clock) -> None:
    desk.take(waits(1))
    clock.pass_by(minutes=30)
    assert desk.take(completed(2, 1)) == [told(2)]
    assert desk.take(completed(2, 1), completed(3, 1)) == [told(2), told(3)]
    loan = Loan(**scanned(1) | {"id": loan_id(UUID(int=1))}, patron=CARD, late=True)
    assert desk.entries == [Waiting(**scanned(1)), loan]
    assert desk.house.notes.read() == {}
    refused = told(4, "refused", reason="waiting_settled")
    assert desk.take(completed(4, 1, patron=OTHER)) == [refused]
    assert desk.take(waits(1)) == [told(1)], "sent again, it brings no note back"
    assert desk.house.notes.read() == {}


def test_what_was_scanned_offline_arrives_in_one_message(desk: Desk) -> None:
    answers = desk.take(
        *(waits(1), completed(2, 1), waits(3, item="B2111"), undone(4, 3), completed(5, 3)),
        *(back(6, item="C3111"), undone(7, 6)),
    )
    settled = told(5, "refused", reason="waiting_settled")
    assert answers == [told(1), told(2), told(3), told(4), settled, told(6), told(7)]
    desk.take()
    assert [row.loan.item for row in desk.house.loan_log.rows()] == ["A1111"]
    assert (desk.house.waiting.rows(), desk.house.carts.rows()) == ([], [])
    assert desk.house.notes.read() == {}


def test_a_doubtful_card_is_noticed_when_it_completes(desk: Desk) -> None:
    desk.take(waits(1))
    answers = desk.take(completed(2, 1, patron="12-345-678", overridden=True))
    assert answers == [told(2, warning="matriculation")]
    loan = desk.entries[-1]
    assert (loan.warning, loan.overridden) == ("matriculation", True)


def test_a_return_and_a_waiting_loan_are_taken_back_by_id(desk: Desk) -> None:
    desk.take(back(1), waits(2))
    assert desk.take(undone(3, 1), undone(4, 2)) == [told(3), told(4)]
    assert desk.take(undone(3, 1), undone(4, 2)) == [told(3), told(4)]
    assert desk.house.notes.read() == {}
    again = [told(number, "refused", reason="loan_void") for number in (5, 6)]
    assert desk.take(undone(5, 1), undone(6, 2)) == again
    assert [type(one) for one in desk.entries] == [Return, Waiting, Void, Void]


@pytest.mark.parametrize("completes", [True, False])
def test_what_waits_is_settled_once_though_nothing_is_folded_in_between(
    desk: Desk, completes: bool
) -> None:
    desk.take(waits(1))
    ways = [completed(2, 1), undone(3, 1)]
    first, second = desk.take(*(ways if completes else reversed(ways)))
    assert (first["state"], second["state"], second["reason"]) == (
        "kept",
        "refused",
        "waiting_settled",
    )
    assert len(desk.entries) == 2


def test_what_was_completed_is_taken_back_as_a_loan(desk: Desk) -> None:
    desk.take(waits(1), completed(2, 1))
    settled = told(3, "refused", reason="waiting_settled")
    assert desk.take(undone(3, 1), undone(4, loan_id(UUID(int=1)))) == [settled, told(4)]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (back(1, desk="NOWHERE"), "desk_unknown"),
        (back(1, item=" "), "item_missing"),
        (back(1, cart="x" * 41), "malformed"),
        (back(1, cart="2\x00"), "malformed"),
        (back(1, cart=2), "malformed"),
        (waits(1, desk=""), "desk_unknown"),
        (waits(1, item=""), "item_missing"),
        (waits(1, note=" "), "note_missing"),
        (waits(1, note="x" * 81), "note_long"),
        (waits(1, note=None), "malformed"),
        (completed(1, 9), "waiting_settled"),
        (completed(1, 9) | {"waiting": "x"}, "malformed"),
        (undone(1, 9), "loan_unknown"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    desk: Desk, message: dict[str, Any], reason: str
) -> None:
    assert desk.take(message) == [told(1, "refused", reason=reason)]
    assert (desk.entries, desk.house.notes.read()) == ([], {})


def test_a_waiting_loan_needs_a_card_to_be_completed(desk: Desk) -> None:
    desk.take(waits(1))
    missing = told(2, "refused", reason="patron_missing")
    assert desk.take(completed(2, 1, patron=" ")) == [missing]
    assert desk.house.notes.read() == {UUID(int=1): NOTE}


def test_whoever_may_only_read_records_nothing(house: House) -> None:
    guest = Desk(house, Person(acts=frozenset({Act.READ})))
    refused = [told(number, "refused", reason="not_allowed") for number in (1, 2, 3)]
    assert guest.take(back(1), waits(2), completed(3, 2)) == refused
    assert guest.entries == []


class FullNotes(MemoryNotes):
    """Notes on a disk that is full until it has room again."""

    full = True

    def write(self, waiting: UUID, note: str) -> Future[None]:
        return self._failed() if self.full else super().write(waiting, note)

    def forget(self, settled: Any) -> Future[None]:
        return self._failed() if self.full else super().forget(settled)

    def _failed(self) -> Future[None]:
        failed: Future[None] = Future()
        failed.set_exception(JournalUnwritable("disk full"))
        return failed


def test_nothing_waits_without_its_note_and_no_note_stays_behind(house: House) -> None:
    notes = FullNotes()
    desk = Desk(replace(house, notes=notes))
    assert desk.take(waits(1)) == [told(1, "waiting", reason="unwritable")]
    notes.full = False
    assert desk.take(waits(1)) == [told(1)]
    assert notes.read() == {UUID(int=1): NOTE}
    notes.full = True
    desk.take(completed(2, 1))
    desk.take()
    assert notes.read() == {UUID(int=1): NOTE}
    notes.full = False
    desk.take(lent(3, item="B2111"))
    desk.take()
    assert notes.read() == {}
