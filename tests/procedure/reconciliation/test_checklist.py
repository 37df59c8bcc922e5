"""The checklist: the last word on a point holds, and the block waits to be put back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from procedure.journal import Recorded
from procedure.reconciliation.checklist import BEFORE, BLOCK_BACK, BLOCK_OFF, Checklist
from procedure.reconciliation.journal_entries import ChecklistTicked, SignedOff
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def fold(*ticks: tuple[str, bool]) -> Checklist:
    entries = [
        ChecklistTicked(uuid4(), AT + timedelta(minutes=n), point, done, operator="LM")
        for n, (point, done) in enumerate(ticks)
    ]
    checks = Checklist()
    checks.extend(recorded(*entries))
    return checks


def test_nothing_is_done_before_somebody_says_so() -> None:
    checks = fold()
    assert (checks.open_before, checks.to_put_back) == (BEFORE, None)


def test_a_tick_has_its_name_and_can_be_taken_back() -> None:
    ticked = fold((BEFORE[1], True)).tick(BEFORE[1])
    assert ticked is not None
    assert (ticked.operator, ticked.at) == ("LM", AT)
    assert fold((BEFORE[1], True), (BEFORE[1], False)).tick(BEFORE[1]) is None


def test_the_block_waits_from_when_it_was_taken_off_until_it_is_back() -> None:
    assert fold((BLOCK_OFF, True)).to_put_back == AT
    assert fold((BLOCK_OFF, True), (BLOCK_BACK, True)).to_put_back is None


def test_a_block_taken_off_again_is_to_be_put_back_again() -> None:
    checks = fold((BLOCK_OFF, True), (BLOCK_BACK, True), (BLOCK_OFF, True))
    assert checks.to_put_back == AT + timedelta(minutes=2)


def test_a_signature_keeps_the_ticks_that_it_froze() -> None:
    checks = fold((BLOCK_OFF, True), (BEFORE[1], True))
    signed = SignedOff(uuid4(), AT + timedelta(hours=1), "LM", (), 2)
    checks.extend([Recorded(3, AT, signed)])
    assert checks.tick(BEFORE[1]) is None
    assert [checks.as_signed().tick(point) is not None for point in BEFORE[:2]] == [True, True]
