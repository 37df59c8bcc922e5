"""A contract's service hours follow local time."""

from datetime import UTC, datetime

import pytest

from procedure.monitoring.contract import Contract

# From a Friday to the next Monday; the clocks went back on the Sunday in between.
SINCE, UNTIL = datetime(2026, 10, 23, 10, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("contract", "hours"),
    [
        (Contract("A4"), ["23 10:00/26 09:00"]),
        (
            Contract("A4", weekdays=(1, 2, 3, 4, 5), opens="08:00", closes="19:00"),
            ["23 10:00/23 17:00", "26 07:00/26 09:00"],
        ),
        (
            Contract("A4", opens="06:00"),
            ["23 10:00/23 22:00", "24 04:00/24 22:00", "25 05:00/25 23:00", "26 05:00/26 09:00"],
        ),
        (Contract("A4", weekdays=(7,)), ["24 22:00/25 23:00"]),
    ],
)
def test_contract_hours(contract: Contract, hours: list[str]) -> None:
    counted = contract.hours(SINCE, UNTIL)
    assert [f"{start:%d %H:%M}/{end:%d %H:%M}" for start, end in counted] == hours
