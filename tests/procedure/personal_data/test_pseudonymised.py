"""Pseudonyms in place of every identifier of an entry."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from procedure.circulation.pseudonyms import is_pseudonym, pseudonym
from procedure.circulation.transaction_checks import is_same_patron
from procedure.circulation.transactions import Return
from procedure.journal import Entry
from procedure.personal_data.pseudonymised import pseudonymised
from tests.procedure.io.database.entries.test_entry_rows import (
    CORRECTED,
    ENTRIES,
    ITEM_SEEN,
    LOAN,
    USER_SEEN,
)

KEY = b"key"
RETURN = Return(id=UUID(int=9), at=datetime(2026, 11, 1, tzinfo=UTC), desk="CMU", item="23")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.KIND)
def test_pseudonymised_leaves_no_identifier(entry: Entry) -> None:
    hidden = pseudonymised(entry, KEY)
    assert b"MARKED" not in msgspec.json.encode(hidden)
    assert pseudonymised(hidden, b"another") == hidden


def test_pseudonymised_keeps_other_fields() -> None:
    assert pseudonymised(LOAN, KEY) == replace(LOAN, patron=pseudonym("MARKED-1", KEY))
    assert pseudonymised(CORRECTED, KEY) == replace(CORRECTED, patron=pseudonym("MARKED-2", KEY))
    assert pseudonymised(RETURN, KEY) is RETURN
    unknown = replace(USER_SEEN, user=None, code="401861")
    assert pseudonymised(unknown, KEY) == replace(unknown, identifier=pseudonym("MARKED-5", KEY))
    seen = pseudonymised(ITEM_SEEN, KEY)
    assert seen == replace(
        ITEM_SEEN,
        item=replace(
            ITEM_SEEN.item,
            loan=replace(ITEM_SEEN.item.loan, user=pseudonym("MARKED-3", KEY)),
            waits_for=(pseudonym("MARKED-4", KEY),),
        ),
    )


def test_pseudonym_is_equal_for_equal_identifiers_under_one_key() -> None:
    assert pseudonym("P-1", KEY) == pseudonym("P-1", KEY) != pseudonym("P-2", KEY)
    assert pseudonym("P-1", KEY) != pseudonym("P-1", b"other")
    assert pseudonym("", KEY) == ""
    assert is_pseudonym(pseudonym("P-1", KEY))
    assert not any(map(is_pseudonym, ("", "P-1", "~", "~12345", "~0123456789ABCDEF")))


def test_is_same_patron_for_a_deleted_identifier() -> None:
    assert is_same_patron("P-1", "P-1")
    assert not is_same_patron("P-1", "P-2")
    assert is_same_patron(pseudonym("P-1", KEY), "P-1")
    assert not is_same_patron("P-1", pseudonym("P-1", KEY))
