"""Instants and what a clock on the wall shows, across the hours that are skipped or come twice."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

GENEVA = ZoneInfo("Europe/Zurich")


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone of this name (`Europe/Zurich`); None when there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown, a path, or the name of a folder
        return None


def local(at: datetime, zone: ZoneInfo = GENEVA) -> datetime:
    """Return what the wall clock shows at an aware instant, with its zone."""
    return at.astimezone(zone)


def comes_twice(at: datetime, zone: ZoneInfo = GENEVA) -> bool:
    """Tell whether the wall clock shows this time twice that night: then the zone must be shown."""
    return len(instants(local(at, zone).replace(tzinfo=None), zone)) == 2


def instants(shown: datetime, zone: ZoneInfo = GENEVA) -> tuple[datetime, ...]:
    """Return every UTC instant at which the wall clock shows this naive time, earliest first.

    None in the hour skipped in March, two in the hour repeated in October, else one.
    """
    found = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(sorted({at for at in found if _shows(at, shown, zone)}))


def _shows(at: datetime, shown: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).replace(tzinfo=None, fold=0) == shown.replace(fold=0)
