"""Outages that pages still mention after their end or withdrawal."""

from datetime import datetime, timedelta

from procedure.outages.outage_entries import OutageLog, OutageRecord

LATELY = timedelta(hours=12)  # how long to show the reconciliation after an outage
MENTIONED_FOR = timedelta(hours=1)  # how long to mention a withdrawn declaration


def over_lately(log: OutageLog, now: datetime) -> OutageRecord | None:
    """Return the outage that ended last, if it ended recently."""
    ended = [(record.over.at, record) for record in log.records() if record.over is not None]
    at, newest = max(ended, key=lambda found: found[0], default=(now, None))
    return newest if newest is not None and now - at < LATELY else None


def withdrawn_lately(log: OutageLog, now: datetime) -> OutageRecord | None:
    """Return the newest outage if its declaration was withdrawn recently."""
    newest = next(reversed(log.every()), None)
    taken_back = newest.withdrawn if newest else None
    return newest if taken_back and now - taken_back.at < MENTIONED_FOR else None
