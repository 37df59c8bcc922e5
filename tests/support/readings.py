"""Readings of status pages, made a few minutes before `NOW`."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.status_pages.reading_validity import (
    PageStatusReadByStaff,
    Reading,
    feed_reading,
    person_reading,
)
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INTERVAL = timedelta(minutes=5)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def read_by_feed(
    status: PageStatus, minutes: float = 1, target: str = "exlibris-status"
) -> Reading:
    reason = UnreadReason.SYNTAX if status is PageStatus.UNKNOWN else None
    report = PageReport(status, reason=reason)
    return feed_reading(target, "statuspage", report, at=ago(minutes), interval=INTERVAL)


def read_by_staff(
    status: PageStatus, minutes: float = 1, target: str = "exlibris-status"
) -> Reading:
    return person_reading(
        PageStatusReadByStaff(
            id=UUID(int=1),
            at=ago(minutes),
            target=target,
            word=status,
            workstation="CMU-3",
            operator="mb",
        )
    )
