from datetime import UTC, datetime
from itertools import permutations

import pytest

from procedure.circulation.pending_loans import (
    checked_note,
    checked_pending,
    complete,
    loan_id,
)
from procedure.errors import TransactionRefused
from procedure.reconciliation.offline_file_export import plan_export
from tests.support import make
from tests.support.memory import folded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ONE = make.pending(1, "I1", at=AT, desk="CMU", workstation="CMU-3", operator="mb", sequence=7)
TWO = make.pending(2, "I2", at=AT, desk="CMU", workstation="CMU-3", operator="mb", sequence=6)


def refusal(reason: str) -> pytest.RaisesExc[TransactionRefused]:
    return pytest.RaisesExc(TransactionRefused, check=lambda error: error.reason == reason)


def test_complete_makes_a_loan_at_the_time_of_the_scan() -> None:
    loan = complete(ONE, " SLSP204518377\r\n", workstation="CMU-4", operator="jd")
    assert loan == make.loan(
        loan_id(ONE.id),
        "I1",
        "SLSP204518377",
        at=AT,
        desk="CMU",
        workstation="CMU-4",
        operator="jd",
        late=True,
        sequence=7,
    )
    for order in permutations((ONE, TWO, loan)):
        assert folded(*order).pending() == [TWO]


def test_complete_names_nobody_if_nobody_signed_in() -> None:
    loan = complete(ONE, "SLSP204518377", workstation="CMU-4")
    assert (loan.workstation, loan.operator) == ("CMU-4", None)


def test_plan_export_leaves_out_pending_loans() -> None:
    log = folded(ONE, complete(TWO, "P2"))
    assert [loan.item for loan in plan_export(log, "CMU").loans] == ["I2"]


def test_complete_refuses_what_is_not_pending() -> None:
    done = complete(ONE, "P1")
    for entries in (
        (),
        (ONE, done),
        (ONE, make.void(3, ONE.id, "erreur", at=AT)),
    ):
        with refusal("waiting_settled"):
            complete(folded(*entries).pending_loan(ONE.id), "P1")


def test_complete_refuses_an_empty_identifier() -> None:
    with refusal("patron_missing"):
        complete(ONE, "  ")


def test_checked_pending_checks_like_a_loan() -> None:
    assert checked_pending(
        make.pending(1, " I1\r\n", at=AT, desk="CMU", sequence=7)
    ) == make.pending(1, "I1", at=AT, desk="CMU", sequence=7)
    assert checked_pending(make.pending(1, "é", at=AT, desk="CMU")).warning == "item_not_ascii"
    for item, reason in (("", "item_missing"), ("a\tb", "item_unreadable")):
        with refusal(reason):
            checked_pending(make.pending(1, item, at=AT, desk="CMU"))


def test_checked_note_is_one_short_line() -> None:
    assert checked_note("  Mme Rochat,\n doctorante ") == "Mme Rochat, doctorante"
    for note, reason in ((" \n", "note_missing"), ("x" * 81, "note_long")):
        with refusal(reason):
            checked_note(note)
