"""What pages still say of an outage that no longer stands."""

from datetime import datetime, timedelta

from procedure.outages.declared_outage import OutageLog, OutageRecord

LATELY = timedelta(hours=12)  # for so long after its end the reconciliation is shown
TOLD_FOR = timedelta(hours=1)  # for so long a page says that a declaration was withdrawn


def over_lately(log: OutageLog, now: datetime) -> OutageRecord | None:
    """Return the outage that ended last, where that is not long ago."""
    ended = [(record.over.at, record) for record in log.records() if record.over is not None]
    at, newest = max(ended, key=lambda found: found[0], default=(now, None))
    return newest if newest is not None and now - at < LATELY else None


def withdrawn_lately(log: OutageLog, now: datetime) -> OutageRecord | None:
    """Return the newest outage, where its declaration was withdrawn a short while ago."""
    newest = next(reversed(log.every()), None)
    taken_back = newest.withdrawn if newest else None
    return newest if taken_back and now - taken_back.at < TOLD_FOR else None
