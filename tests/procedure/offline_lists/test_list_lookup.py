"""A lookup in a list's file gives the same result as a dict of its entries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.errors import OfflineListError
from procedure.offline_lists.list_layout import (
    NEVER,
    REASONS,
    ListKind,
    account_entry,
    entry,
    normalized,
    reason_and_number,
)
from procedure.offline_lists.list_lookup import OfflineList, OfflineLists
from tests.procedure.offline_lists.lists import AS_OF, KEY, TODAY, accounts, content, items

IDENTIFIERS = st.text(min_size=1, max_size=12).filter(normalized)
ENTRIES = st.builds(entry, st.sampled_from(REASONS), st.integers(0, NEVER))


@given(st.dictionaries(IDENTIFIERS.map(normalized), ENTRIES), IDENTIFIERS)
def test_look_up_equals_that_of_a_dict(known: dict[str, int], other: str) -> None:
    listed = items(**known)
    for identifier, packed in known.items():
        reason, number = reason_and_number(packed)
        days = number if reason is Reason.ITEM_SHORT_LOAN else None
        assert listed.look_up(f" {identifier}\n", TODAY) == ListAdvice(reason, AS_OF, days)
    if normalized(other) not in known:
        assert listed.look_up(other, TODAY) == ListAdvice(Reason.ITEM_UNKNOWN, AS_OF)


@given(st.lists(st.tuples(st.lists(st.sampled_from("ABCDEF")), ENTRIES)))
def test_highest_entry_applies_to_every_identifier_of_an_account(
    rows: list[tuple[list[str], int]],
) -> None:
    listed = accounts(*rows)
    by_identifier = {
        identifier: max(e for ids, e in rows if identifier in ids)
        for ids, _ in rows
        for identifier in ids
    }
    for identifiers, _ in rows:
        highest = max((by_identifier[identifier] for identifier in identifiers), default=0)
        reason, _number = reason_and_number(highest)
        if reason is not Reason.KNOWN:
            found = {listed.look_up(identifier, TODAY) for identifier in identifiers}
            assert None not in found
            assert not identifiers or Reason.KNOWN not in {
                advice.reason for advice in found if advice
            }


@pytest.mark.parametrize(
    ("expires", "reason"),
    [
        (None, Reason.KNOWN),
        (TODAY + timedelta(days=1), Reason.KNOWN),
        (TODAY, Reason.KNOWN),
        (TODAY - timedelta(days=1), Reason.CARD_EXPIRED),
    ],
)
def test_account_expires_after_its_day(expires: date | None, reason: Reason) -> None:
    listed = accounts((["123"], account_entry(expires)))
    assert listed.look_up("123", TODAY) == ListAdvice(reason, AS_OF)


def test_block_prevails_over_expiry_for_every_identifier() -> None:
    listed = accounts(
        (["slsp-1", "2071"], account_entry(date(2020, 1, 1))),
        (["2071"], account_entry(None, is_blocked=True)),
    )
    assert listed.look_up("SLSP-1", TODAY) == ListAdvice(Reason.CARD_BLOCKED, AS_OF)


def test_incomplete_list_says_nothing_about_other_accounts() -> None:
    listed = accounts((["1"], account_entry(None, is_blocked=True)), is_complete=False)
    assert listed.look_up("2", TODAY) is None


def test_card_expires_by_the_local_day_of_the_scan() -> None:
    lists = OfflineLists(accounts((["1"], account_entry(date(2026, 11, 28)))), items(B=0))
    late = datetime(2026, 11, 28, 22, 59, tzinfo=UTC)
    assert lists.patron("1", late) == ListAdvice(Reason.KNOWN, AS_OF)
    after_midnight = late + timedelta(minutes=2)
    assert lists.patron("1", after_midnight) == ListAdvice(Reason.CARD_EXPIRED, AS_OF)
    assert lists.item("b", late) == ListAdvice(Reason.KNOWN, AS_OF)
    assert OfflineLists().patron("1", late) is OfflineLists().item("b", late) is None


def test_another_key_finds_nothing() -> None:
    made = content(ListKind.ITEMS, [(["1"], entry(Reason.ITEM_NOT_FOR_LOAN))])
    assert OfflineList(made, KEY).look_up("1", TODAY) == ListAdvice(Reason.ITEM_NOT_FOR_LOAN, AS_OF)
    listed = OfflineList(made, b"o" * 32)
    assert listed.look_up("1", TODAY) == ListAdvice(Reason.ITEM_UNKNOWN, AS_OF)


@given(st.integers(0, 200), st.binary(max_size=64))
def test_part_of_a_file_is_not_a_list(size: int, rest: bytes) -> None:
    whole = content(ListKind.ITEMS, [(["1"], 0)])
    for damaged in (whole[: min(size, len(whole) - 1)], rest):
        with pytest.raises(OfflineListError, match="not a list"):
            OfflineList(damaged, KEY)
