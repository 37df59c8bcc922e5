"""A browser's list agrees with the server's list, except on a few codes that match by chance."""

from datetime import timedelta

from hypothesis import given, settings, strategies as st

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.offline_lists.browser_list import LARGEST_KNOWN, SOON
from procedure.offline_lists.list_layout import NEVER, ListKind, account_entry, entry, normalized
from tests.procedure.offline_lists.lists import (
    AS_OF,
    BROWSER_KEY,
    KEY,
    TODAY,
    accounts,
    content,
    for_browsers,
    items,
)

ITEM_ENTRIES = st.one_of(
    st.just(0),
    st.just(entry(Reason.ITEM_NOT_FOR_LOAN)),
    st.just(entry(Reason.ITEM_REQUESTED)),
    st.builds(entry, st.just(Reason.ITEM_SHORT_LOAN), st.integers(1, 3)),
)
EXPIRY = st.integers(-40, SOON - 1).map(lambda days: AS_OF.date() + timedelta(days=days))
ACCOUNT_ENTRIES = st.builds(account_entry, st.none() | EXPIRY, is_blocked=st.booleans())
BARCODES = st.text(min_size=1, max_size=9).map(normalized).filter(bool)


@given(st.dictionaries(BARCODES, ITEM_ENTRIES, max_size=40))
@settings(max_examples=40)
def test_browser_agrees_with_the_server_about_known_items(known: dict[str, int]) -> None:
    browser = for_browsers(
        ListKind.ITEMS, [([barcode], packed) for barcode, packed in known.items()]
    )
    server = items(**known)
    for barcode in known:
        assert browser.look_up(barcode, TODAY) == server.look_up(barcode, TODAY)


@given(st.dictionaries(BARCODES, ACCOUNT_ENTRIES, max_size=20), st.integers(0, SOON))
@settings(max_examples=40)
def test_browser_agrees_with_the_server_about_accounts(known: dict[str, int], later: int) -> None:
    rows = [([card], packed) for card, packed in known.items()]
    browser, server = for_browsers(ListKind.ACCOUNTS, rows), accounts(*rows)
    day = AS_OF.date() + timedelta(days=later)
    for card in known:
        said = server.look_up(card, day)
        assert said is not None
        doubted = None if said.reason is Reason.KNOWN else said
        assert browser.look_up(card, day) == doubted


def test_false_matches_are_few() -> None:
    counts = {
        entry(Reason.ITEM_NOT_FOR_LOAN): 20_000,
        entry(Reason.ITEM_REQUESTED): 500,
        entry(Reason.ITEM_SHORT_LOAN, 1): 3,
        entry(Reason.ITEM_SHORT_LOAN, 7): 3000,
        0: 100_000,
    }
    barcodes = iter(range(10**9, 2 * 10**9))
    rows = [
        ([str(next(barcodes))], packed) for packed, count in counts.items() for _ in range(count)
    ]
    browser = for_browsers(ListKind.ITEMS, rows)
    known = [browser.look_up(identifiers[0], TODAY) for identifiers, packed in rows if not packed]
    assert sum(said != ListAdvice(Reason.KNOWN, AS_OF) for said in known) <= 10
    unknown = [browser.look_up(str(next(barcodes)), TODAY) for _ in range(20_000)]
    reasons = [said.reason for said in unknown if said]
    assert reasons.count(Reason.KNOWN) <= 300
    assert len(reasons) - reasons.count(Reason.KNOWN) - reasons.count(Reason.ITEM_UNKNOWN) <= 2


def test_incomplete_list_calls_no_item_unknown() -> None:
    rows = [(["1"], entry(Reason.ITEM_NOT_FOR_LOAN))]
    browser = for_browsers(ListKind.ITEMS, rows, is_complete=False)
    assert browser.look_up("2", TODAY) is None
    assert LARGEST_KNOWN == 4 * 2**20


def test_browser_list_leaves_out_distant_expiry() -> None:
    far = AS_OF.date() + timedelta(days=SOON)
    rows = [(["1"], account_entry(far)), (["2"], account_entry(None)), (["3"], NEVER)]
    assert for_browsers(ListKind.ACCOUNTS, rows).header.filters == ()


def test_browser_list_contains_neither_the_server_key_nor_an_identifier() -> None:
    rows = [(["SLSP-123456789"], account_entry(None, is_blocked=True))]
    header = for_browsers(ListKind.ACCOUNTS, rows).header
    assert (header.key, header.rounds) == (BROWSER_KEY, 1000)
    assert KEY not in content(ListKind.ACCOUNTS, rows)
    assert b"123456789" not in content(ListKind.ACCOUNTS, rows)
