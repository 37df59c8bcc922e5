"""The decision whether a new list may replace the earlier list without a person's consent."""

from procedure.errors import OfflineListRefused
from procedure.offline_lists.list_layout import Header

LEAST_OF_COUNT = 0.8
LEAST_IN_COMMON = 0.5
LEAST_OF_SHAPE = 0.1
LEAST_KNOWN = 0.5
MOST_NEWLY_BARRED = 0.1


def check_acceptable(new: Header, earlier: Header, in_common: float) -> None:
    """Check a list against the earlier list; `in_common` is the share of the earlier list on it.

    Raises:
        OfflineListRefused: the list is older, shrank by more than a fifth, or is another library's.
    """
    if new.as_of < earlier.as_of:
        raise OfflineListRefused(
            f"is of {new.as_of:%Y-%m-%d %H:%M} UTC, older than the list that is here "
            f"({earlier.as_of:%Y-%m-%d %H:%M} UTC)"
        )
    if new.count < LEAST_OF_COUNT * earlier.count or new.is_complete < earlier.is_complete:
        raise OfflineListRefused(
            f"has {new.count} identifiers, and the list that is here {earlier.count}: more than a "
            "fifth of them is gone"
        )
    if in_common < LEAST_IN_COMMON:
        raise OfflineListRefused(
            "has less than half of the identifiers of the list that is here: it is another "
            "library's, or of another kind of number"
        )


def check_accounts(known: float, barred: float, barred_before: float) -> None:
    """Check a list of accounts against the earlier list.

    `known` is the share of it on the earlier list; the others are the shares of each list that are
    blocked or expired today.

    Raises:
        OfflineListRefused: half of the list is new, or a tenth more of it is barred, so that a desk
            would turn these patrons away.
    """
    if known < LEAST_KNOWN:
        raise OfflineListRefused(
            "has more than half of identifiers that are not on the list that is here"
        )
    if barred - barred_before > MOST_NEWLY_BARRED:
        raise OfflineListRefused(
            f"has {barred:.0%} of accounts that are blocked or expired, and the list that is here "
            f"{barred_before:.0%}"
        )


def check_shape(of_shape: float) -> None:
    """Check the first list of accounts; `of_shape` is how many of a sample look like cards.

    Raises:
        OfflineListRefused: hardly any of them do.
    """
    if of_shape < LEAST_OF_SHAPE:
        raise OfflineListRefused(
            "has nearly no identifier of the shape of a card in the handbook (scans.toml): it is "
            "another library's, or of another kind of number"
        )
