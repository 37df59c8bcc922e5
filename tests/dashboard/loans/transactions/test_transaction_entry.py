"""Workstations send returns and pending loans, and complete or void pending loans."""

from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission, Visitor
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.errors import JournalUnwritable
from tests.support.clock import NOON, Clock
from tests.support.context import with_store
from tests.support.intake import Desk, answer
from tests.support.memory import MemoryNotes

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


def scanned(number: int, **more: Any) -> dict[str, Any]:
    clock = {"made_at": NOON - timedelta(minutes=7), "skew_s": 420.0}
    same = {"desk": "MAIL", "item": "A1111", "workstation": "poste-1", "sequence": number}
    return {"id": UUID(int=number), "at": NOON} | same | clock | more


def test_return_is_recorded_on_its_cart(desk: Desk) -> None:
    assert desk.take(back(1), back(1)) == [answer(1)] * 2
    assert desk.take(back(1)) == [answer(1)]
    assert desk.entries == [Return(**scanned(1), cart="2")]
    assert desk.context.folds.loan_log.returns() == desk.entries


def test_loan_from_the_cart_is_recorded_with_a_warning(desk: Desk, clock: Clock) -> None:
    desk.take(back(1))
    clock.pass_by(minutes=10)
    later = {"at": (NOON + timedelta(minutes=9)).isoformat()}
    assert desk.take(lent(2, **later)) == [answer(2, warning="on_cart")]
    assert desk.take(waits(3, **later)) == [answer(3)], "the item has left the cart"
    assert desk.entries[1].warning == "on_cart"


def test_return_of_an_item_lent_in_the_outage_is_flagged(desk: Desk) -> None:
    desk.take(lent(1))
    assert desk.take(back(2)) == [answer(2, warning="lent_and_carted")]
    assert desk.take(back(3, item=OTHER)) == [answer(3, warning="looks_like_patron")]


def test_void_in_the_same_message_frees_the_item(desk: Desk) -> None:
    desk.take(lent(1), back(2, item="B2111"))
    answers = desk.take(
        undone(3, 1),
        lent(4, patron=OTHER),
        undone(5, 2),
        lent(6, item="B2111", patron=OTHER),
    )
    assert answers == [answer(3), answer(4), answer(5), answer(6)]
    assert [entry.warning for entry in desk.entries if isinstance(entry, Loan)] == [
        None,
        None,
        None,
    ]


def test_override_is_recorded_with_the_loan(desk: Desk) -> None:
    answers = desk.take(lent(1, overridden=True), lent(2, item="B2111"))
    assert answers == [answer(1), answer(2)]
    assert [entry.overridden for entry in desk.entries] == [True, False]


def test_loan_from_paper_is_marked_and_keeps_its_time(desk: Desk) -> None:
    hour = (NOON - timedelta(hours=2)).isoformat()
    assert desk.take(lent(1, late=True, at=hour, made_at=hour)) == [answer(1)]
    (loan,) = desk.entries
    assert (loan.late, loan.at, loan.made_at) == (True, NOON - timedelta(hours=2), None)


def test_pending_loan_keeps_its_note_outside_the_journal(desk: Desk) -> None:
    assert desk.take(waits(1, note="  Mme Rochat,\n doctorante")) == [answer(1)]
    assert desk.take(waits(1)) == [answer(1)]
    assert desk.entries == [PendingLoan(**scanned(1))]
    assert desk.context.store.notes.read() == {UUID(int=1): NOTE}
    assert "Rochat" not in repr(desk.entries)


def test_completion_lends_at_the_time_of_the_scan(desk: Desk, clock: Clock) -> None:
    desk.take(waits(1))
    clock.pass_by(minutes=30)
    assert desk.take(completed(2, 1)) == [answer(2)]
    assert desk.take(completed(2, 1), completed(3, 1)) == [answer(2), answer(3)]
    loan = Loan(**scanned(1) | {"id": loan_id(UUID(int=1))}, patron=CARD, late=True)
    assert desk.entries == [PendingLoan(**scanned(1)), loan]
    assert desk.context.store.notes.read() == {}
    refused = answer(4, "refused", reason="waiting_settled")
    assert desk.take(completed(4, 1, patron=OTHER)) == [refused]
    assert desk.take(waits(1)) == [answer(1)], (
        "sending a pending loan again does not restore its note"
    )
    assert desk.context.store.notes.read() == {}


def test_offline_transactions_are_accepted_in_one_message(desk: Desk) -> None:
    answers = desk.take(
        waits(1),
        completed(2, 1),
        waits(3, item="B2111"),
        undone(4, 3),
        completed(5, 3),
        back(6, item="C3111"),
        undone(7, 6),
    )
    settled = answer(5, "refused", reason="waiting_settled")
    assert answers == [answer(1), answer(2), answer(3), answer(4), settled, answer(6), answer(7)]
    desk.take()
    assert [row.loan.item for row in desk.context.folds.loan_log.rows()] == ["A1111"]
    assert (desk.context.folds.loan_log.pending(), desk.context.folds.loan_log.returns()) == (
        [],
        [],
    )
    assert desk.context.store.notes.read() == {}


def test_completion_flags_a_doubtful_card(desk: Desk) -> None:
    desk.take(waits(1))
    answers = desk.take(completed(2, 1, patron="12-345-678", overridden=True))
    assert answers == [answer(2, warning="matriculation")]
    loan = desk.entries[-1]
    assert (loan.warning, loan.overridden) == ("matriculation", True)


def test_return_and_pending_loan_are_voided_by_id(desk: Desk) -> None:
    desk.take(back(1), waits(2))
    assert desk.take(undone(3, 1), undone(4, 2)) == [answer(3), answer(4)]
    assert desk.take(undone(3, 1), undone(4, 2)) == [answer(3), answer(4)]
    assert desk.context.store.notes.read() == {}
    again = [answer(number, "refused", reason="loan_void") for number in (5, 6)]
    assert desk.take(undone(5, 1), undone(6, 2)) == again
    assert [type(entry) for entry in desk.entries] == [Return, PendingLoan, Void, Void]


@pytest.mark.parametrize("completes", [True, False])
def test_pending_loan_ends_once_even_before_it_is_folded(desk: Desk, completes: bool) -> None:
    desk.take(waits(1))
    ways = [completed(2, 1), undone(3, 1)]
    if not completes:
        ways.reverse()
    first, second = desk.take(*ways)
    assert (first["state"], second["state"], second["reason"]) == (
        "kept",
        "refused",
        "waiting_settled",
    )
    assert len(desk.entries) == 2


def test_completed_loan_is_voided_as_a_loan(desk: Desk) -> None:
    desk.take(waits(1), completed(2, 1))
    settled = answer(3, "refused", reason="waiting_settled")
    assert desk.take(undone(3, 1), undone(4, loan_id(UUID(int=1)))) == [settled, answer(4)]


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
def test_impossible_transaction_is_refused(
    desk: Desk, message: dict[str, Any], reason: str
) -> None:
    assert desk.take(message) == [answer(1, "refused", reason=reason)]
    assert (desk.entries, desk.context.store.notes.read()) == ([], {})


def test_completion_needs_a_card(desk: Desk) -> None:
    desk.take(waits(1))
    missing = answer(2, "refused", reason="patron_missing")
    assert desk.take(completed(2, 1, patron=" ")) == [missing]
    assert desk.context.store.notes.read() == {UUID(int=1): NOTE}


def test_read_only_visitor_records_nothing(context: AppContext) -> None:
    guest = Desk(context, Visitor(acts=frozenset({Permission.READ})))
    refused = [answer(number, "refused", reason="not_allowed") for number in (1, 2, 3)]
    assert guest.take(back(1), waits(2), completed(3, 2)) == refused
    assert guest.entries == []


class FullNotes(MemoryNotes):
    """Notes on a full disk, until the test makes room again."""

    full = True

    def write(self, waiting: UUID, note: str) -> Future[None]:
        return self._failed() if self.full else super().write(waiting, note)

    def forget(self, settled: Any) -> Future[None]:
        return self._failed() if self.full else super().forget(settled)

    def _failed(self) -> Future[None]:
        failed: Future[None] = Future()
        failed.set_exception(JournalUnwritable("disk full"))
        return failed


def test_pending_loan_and_note_exist_together(context: AppContext) -> None:
    notes = FullNotes()
    desk = Desk(with_store(context, notes=notes))
    assert desk.take(waits(1)) == [answer(1, "waiting", reason="unwritable")]
    notes.full = False
    assert desk.take(waits(1)) == [answer(1)]
    assert notes.read() == {UUID(int=1): NOTE}
    notes.full = True
    desk.take(completed(2, 1))
    desk.take()
    assert notes.read() == {UUID(int=1): NOTE}
    notes.full = False
    desk.take(lent(3, item="B2111"))
    desk.take()
    assert notes.read() == {}


CHANGES = [
    {"desk": "CMU"},
    {"patron": OTHER},
    {"item": "B2111"},
    {"made_at": NOON.isoformat()},
    {"kind": "return", "cart": ""},
]
RETRIED = {"at": (NOON - timedelta(minutes=2)).isoformat(), "skew_s": 300.0, "sequence": 9}
TAKEN = {"state": "refused", "reason": "other_content"}


@pytest.mark.parametrize("one_batch", [True, False])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        *((lent(1), lent(1) | change) for change in CHANGES),
        *(
            (back(1), back(1) | change)
            for change in ({"desk": "CMU"}, {"item": "B"}, {"cart": "3"})
        ),
        (back(1), lent(1)),
        (waits(1), waits(1, item="B2111", note="M. Favre")),
        (waits(1), completed(1, 1)),
        (lent(1), undone(1, 1)),
        (
            lent(1, made_at=NOON.isoformat()),
            lent(1, at="2026-11-24T10:50:00Z", made_at="2026-11-24T10:50:00Z"),
        ),
    ],
)
def test_same_id_with_other_content_is_refused(
    desk: Desk, first: dict[str, Any], second: dict[str, Any], one_batch: bool
) -> None:
    batches = [[first, second]] if one_batch else [[first], [second]]
    answers = [reply for batch in batches for reply in desk.take(*batch)]
    assert [answers[0]["state"], answers[1]] == ["kept", answer(1) | TAKEN]
    assert len(desk.entries) == 1
    assert set(desk.context.store.notes.read().values()) <= {NOTE}


@pytest.mark.parametrize("one_batch", [True, False])
@pytest.mark.parametrize("first", [lent(1), back(1), waits(1), lent(1, made_at=NOON.isoformat())])
def test_same_id_with_a_better_clock_is_recorded_once(
    desk: Desk, first: dict[str, Any], one_batch: bool
) -> None:
    batches = [[first, first | RETRIED]] if one_batch else [[first], [first | RETRIED]]
    assert [reply for batch in batches for reply in desk.take(*batch)] == [answer(1), answer(1)]
    assert len(desk.entries) == 1


@pytest.mark.parametrize("one_batch", [True, False])
def test_void_sent_twice_voids_only_its_first_target(desk: Desk, one_batch: bool) -> None:
    desk.take(lent(1), lent(2, item="B2111"))
    answers = (
        desk.take(undone(3, 1), undone(3, 2))
        if one_batch
        else [*desk.take(undone(3, 1)), *desk.take(undone(3, 2))]
    )
    assert answers == [answer(3), answer(3) | TAKEN]
    desk.take()
    assert [row.loan.id.int for row in desk.context.folds.loan_log.rows() if row.is_valid] == [2]


def test_id_taken_by_another_process_is_not_acknowledged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = desk.context.store.journal
    submit = journal.submit

    def overtaken(*entries: Any, **more: Any) -> Future[Any]:
        journal.append(replace(entries[0], patron=OTHER))
        return submit(*entries, **more)

    monkeypatch.setattr(journal, "submit", overtaken)
    assert desk.take(lent(1), lent(2, item="B2111")) == [answer(1) | TAKEN, answer(2)]


def test_unstorable_text_refuses_only_its_own_transaction(desk: Desk) -> None:
    answers = desk.take(
        lent(1),
        waits(2, note="Mme \ud800"),
        waits(3, note="Mme \0 Rochat"),
        undone(4, 1, reason="\udcff"),
        lent(5, item="\ud800"),
        lent(6, patron="\ud800"),
        lent(7, made_at="9999-12-31T23:59:00Z"),
        lent(8, item="B2111"),
    )
    reasons = [
        None,
        "note_unreadable",
        "note_unreadable",
        "reason_unreadable",
        "item_unreadable",
        "patron_unreadable",
        "malformed",
        None,
    ]
    assert [reply["reason"] for reply in answers] == reasons
    assert [entry.id.int for entry in desk.entries] == [1, 8]


def test_server_fault_delays_only_one_transaction(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(CARD)

    monkeypatch.setattr(desk.context.folds.loan_log, "pending_loan", broken)
    failed = {"state": "waiting", "reason": "failed"}
    assert desk.take(lent(1), completed(2, 9), lent(3, item="B2111")) == [
        answer(1),
        answer(2) | failed,
        answer(3),
    ]
    assert "RuntimeError at" in caplog.text
    assert CARD not in caplog.text
