"""For each point of a checklist, the last entry counts; a removed block must be put back."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from procedure.journal import Recorded
from procedure.reconciliation.checklist import BEFORE, BLOCK_BACK, BLOCK_OFF, Checklist
from procedure.reconciliation.journal_entries import ChecklistTicked, SignedOff
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def fold(*ticks: tuple[str, bool]) -> Checklist:
    entries = [
        ChecklistTicked(
            id=uuid4(), at=AT + timedelta(minutes=n), point=point, done=done, operator="LM"
        )
        for n, (point, done) in enumerate(ticks)
    ]
    checks = Checklist()
    checks.extend(recorded(*entries))
    return checks


def test_checklist_is_empty_at_first() -> None:
    checks = fold()
    assert (checks.open_before, checks.to_put_back) == (BEFORE, None)


def test_checklist_tick_has_a_name_and_can_be_withdrawn() -> None:
    ticked = fold((BEFORE[1], True)).tick(BEFORE[1])
    assert ticked is not None
    assert (ticked.operator, ticked.at) == ("LM", AT)
    assert fold((BEFORE[1], True), (BEFORE[1], False)).tick(BEFORE[1]) is None


def test_checklist_block_is_open_from_removal_to_restoration() -> None:
    assert fold((BLOCK_OFF, True)).to_put_back == AT
    assert fold((BLOCK_OFF, True), (BLOCK_BACK, True)).to_put_back is None


def test_checklist_block_removed_again_is_open_again() -> None:
    checks = fold((BLOCK_OFF, True), (BLOCK_BACK, True), (BLOCK_OFF, True))
    assert checks.to_put_back == AT + timedelta(minutes=2)


def test_checklist_signature_keeps_its_ticks() -> None:
    checks = fold((BLOCK_OFF, True), (BEFORE[1], True))
    signed = SignedOff(id=uuid4(), at=AT + timedelta(hours=1), operator="LM", states=(), position=2)
    checks.extend([Recorded(3, AT, signed)])
    assert checks.tick(BEFORE[1]) is None
    assert [checks.as_signed().tick(point) is not None for point in BEFORE[:2]] == [True, True]
