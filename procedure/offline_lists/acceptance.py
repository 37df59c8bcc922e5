"""Checks whether a new list may replace the current one without staff approval."""

from procedure.errors import OfflineListRefused
from procedure.offline_lists.list_layout import Header

LEAST_OF_COUNT = 0.8
LEAST_IN_COMMON = 0.5
LEAST_OF_SHAPE = 0.1
LEAST_KNOWN = 0.5
MOST_NEWLY_BARRED = 0.1
MOST_CARDS = 0.1


def check_acceptable(new: Header, earlier: Header, in_common: float) -> None:
    """Check a new list; `in_common` is the share of the current list that the new one contains.

    Raises:
        OfflineListRefused: the list is older than the current list or more than a fifth shorter,
            lacks more than half of the current list, or contains only blocked accounts while the
            current list contains all accounts.
    """
    if new.as_of < earlier.as_of:
        raise OfflineListRefused(
            f"is from {new.as_of:%Y-%m-%d %H:%M} UTC, older than the current list "
            f"({earlier.as_of:%Y-%m-%d %H:%M} UTC)"
        )
    if new.is_complete < earlier.is_complete:
        raise OfflineListRefused(
            "contains only blocked accounts, but the current list contains all accounts"
        )
    if new.count < LEAST_OF_COUNT * earlier.count:
        raise OfflineListRefused(
            f"has {new.count} identifiers, but the current list has {earlier.count}: more than a "
            "fifth are missing"
        )
    if in_common < LEAST_IN_COMMON:
        raise OfflineListRefused(
            "has fewer than half of the identifiers in the current list: it is from another "
            "library, or uses a different kind of identifier"
        )


def check_accounts(known: float, barred: float, barred_before: float) -> None:
    """Check a list of accounts against the current list.

    `known` is the share of the new list that is also on the current list. `barred` is the share of
    the new list that is blocked or expired today, and `barred_before` is the same share of the
    current list.

    Raises:
        OfflineListRefused: more than half of the list is new, or the share of barred accounts has
            risen by more than ten percentage points.
    """
    if known < LEAST_KNOWN:
        raise OfflineListRefused("consists mostly of identifiers that are not on the current list")
    if barred - barred_before > MOST_NEWLY_BARRED:
        raise OfflineListRefused(
            f"has {barred:.0%} blocked or expired accounts, compared with {barred_before:.0%} on "
            "the current list"
        )


def check_shape(of_shape: float) -> None:
    """Check the first list of accounts, which has no current list to be compared with.

    `of_shape` is the share of the accounts in a sample that have an identifier with a card's shape.

    Raises:
        OfflineListRefused: `of_shape` is less than a tenth.
    """
    if of_shape < LEAST_OF_SHAPE:
        raise OfflineListRefused(
            "has hardly any identifiers that match the shape of a card in scans.toml: it is from "
            "another library, or uses a different kind of identifier"
        )


def check_items(of_cards: float) -> None:
    """Check a list of items.

    `of_cards` is the share of the items in a sample whose barcode has a card's shape.

    Raises:
        OfflineListRefused: `of_cards` is more than a tenth.
    """
    if of_cards > MOST_CARDS:
        raise OfflineListRefused(
            "has barcodes with the shape of a card in scans.toml: it is probably a list of "
            "accounts; name its columns identifier, expiry date and blocked"
        )
