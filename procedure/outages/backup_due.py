"""When a backup is due: once an outage is declared, then once a day until its end."""

from datetime import datetime, timedelta

EVERY = timedelta(days=1)


def is_backup_due(declared: datetime | None, last: datetime | None, now: datetime) -> bool:
    """Return whether a backup is due (aware UTC), by the declaration of the outage that stands.

    A backup of the future counts as none: the clock was set back since.
    """
    if declared is None:
        return False
    if last is None or last > now:
        return True
    return last < declared or now - last >= EVERY
