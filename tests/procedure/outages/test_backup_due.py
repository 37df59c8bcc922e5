"""When a backup is due in an outage."""

from datetime import UTC, datetime, timedelta

import pytest

from procedure.outages.backup_due import is_backup_due

DECLARED = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, 0, True),
        (-1, 0, True),
        (0, 0, False),
        (1, 24, False),
        (1, 25, True),
        (30, 2, True),  # the clock was set back
    ],
)
def test_is_backup_due_once_declared_then_daily(
    last: float | None, now: float, *, due: bool
) -> None:
    made = None if last is None else DECLARED + last * HOUR
    assert is_backup_due(DECLARED, made, DECLARED + now * HOUR) is due


def test_is_backup_due_never_without_an_outage() -> None:
    assert not is_backup_due(None, None, DECLARED)
