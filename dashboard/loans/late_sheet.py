"""The paper sheet, entered afterwards: a time on the wall clock, one user, some items."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from dashboard.core.rights import User
from procedure.circulation.transactions import Loan
from procedure.errors import TransactionRefused
from procedure.local_time import instants

_DAY = re.compile(r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}) ?[:hH.] ?(\d{2})", re.ASCII)


def late_loans(
    day: str,
    time: str,
    patron: str,
    items: str,
    *,
    desk: str,
    now: datetime,
    new_id: Callable[[], UUID],
    person: User,
) -> list[Loan]:
    """Read a line of the sheet as loans, marked late, in the order of the items.

    In the hour that comes twice the earlier instant is taken.

    Raises:
        TransactionRefused: `late_unreadable`, `late_skipped`, `late_future`, `item_missing`.
    """
    at = late_instant(day, time, now)
    barcodes = [line.strip() for line in items.splitlines() if line.strip()]
    if not barcodes:
        raise TransactionRefused("item_missing", "The item barcode is missing: scan it again.")
    return [
        Loan(
            *(new_id(), at, desk, patron, item),
            workstation=person.workstation,
            operator=person.name,
            late=True,
            sequence=number,
        )
        for number, item in enumerate(barcodes)
    ]


def late_instant(day: str, time: str, now: datetime) -> datetime:
    """Return the UTC instant of a local day (`24.11.2026`) and time (`09:41`), not after `now`.

    Raises:
        TransactionRefused: it cannot be read, did not exist, or is still to come.
    """
    candidates = instants(_shown(day, time))
    if not candidates:
        raise TransactionRefused("late_skipped", "The clocks skipped this hour: look again.")
    if candidates[0] > now:
        raise TransactionRefused("late_future", "This time is still to come: look again.")
    return candidates[0]


def _shown(day: str, time: str) -> datetime:
    date, clock = _DAY.fullmatch(day.strip()), _CLOCK.fullmatch(time.strip())
    try:
        if date and clock:
            return datetime(*(int(date[part]) for part in "ymd"), int(clock[1]), int(clock[2]))  # noqa: DTZ001 - as the wall clock showed it
    except ValueError:
        pass  # the 31st of February is no better than no day at all
    raise TransactionRefused("late_unreadable", "Give a day and a time: 24.11.2026, 09:41.")
