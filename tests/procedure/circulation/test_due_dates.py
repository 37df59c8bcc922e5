from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from procedure.circulation.due_dates import due_date
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.circulation.transactions import Loan
from tests.support import make

GENEVA = ZoneInfo("Europe/Zurich")
RULES = ScanRules(
    (
        ScanShape("slsp", ScanKind.CARD, "SLSP[0-9]{9}", days=3),
        ScanShape("reserve", ScanKind.ITEM, "1061[0-9]{6}", days=7),
        ScanShape("overnight", ScanKind.ITEM, "1062[0-9]{6}", days=1),
        ScanShape("usual", ScanKind.ITEM, "1060[0-9]{6}"),
    ),
    days=28,
)


def loan(at: datetime, item: str = "1060348821") -> Loan:
    return make.loan(1, item, "SLSP204518377", at=at.astimezone(UTC), desk="CMU")


@pytest.mark.parametrize(
    ("item", "day"),
    [
        ("1060348821", date(2026, 12, 22)),
        ("0UBU0536418", date(2026, 12, 22)),
        ("SLSP204518377", date(2026, 12, 22)),
        ("1061004821", date(2026, 12, 1)),
        ("1062004821", date(2026, 11, 25)),
    ],
)
def test_due_date_depends_on_the_shape_of_the_item(item: str, day: date) -> None:
    assert due_date(loan(datetime(2026, 11, 24, 9, 30, tzinfo=UTC), item), RULES) == day


@pytest.mark.parametrize(
    ("lent", "item", "day"),
    [
        # The day of the clock change has 23 hours in March and 25 hours in October. It counts as
        # one day.
        (datetime(2026, 3, 28, 23, 59, tzinfo=GENEVA), "1062004821", date(2026, 3, 29)),
        (datetime(2026, 3, 28, 0, 1, tzinfo=GENEVA), "1062004821", date(2026, 3, 29)),
        (datetime(2026, 10, 24, 23, 59, tzinfo=GENEVA), "1062004821", date(2026, 10, 25)),
        (datetime(2026, 10, 25, 0, 1, tzinfo=GENEVA), "1062004821", date(2026, 10, 26)),
        (datetime(2026, 10, 25, 2, 30, tzinfo=GENEVA, fold=1), "1062004821", date(2026, 10, 26)),
        (datetime(2026, 10, 1, 8, 0, tzinfo=GENEVA), "1060348821", date(2026, 10, 29)),
        (datetime(2026, 3, 1, 8, 0, tzinfo=GENEVA), "1060348821", date(2026, 3, 29)),
        (datetime(2028, 2, 1, 8, 0, tzinfo=GENEVA), "1060348821", date(2028, 2, 29)),
        # Just after midnight in Geneva, it is still the previous day in UTC.
        (datetime(2026, 7, 1, 0, 30, tzinfo=GENEVA), "1062004821", date(2026, 7, 2)),
    ],
)
def test_due_date_counts_calendar_days_in_local_time(lent: datetime, item: str, day: date) -> None:
    assert due_date(loan(lent, item), RULES) == day
