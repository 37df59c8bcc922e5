"""Who is at which desk: the workstations and the people that scanned there lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from procedure.circulation.transactions import Scan

LATELY = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A person at a workstation of a desk: when they last scanned (UTC), and how often lately.

    `operator` is empty where nobody signs in.
    """

    desk: str
    workstation: str
    operator: str
    last: datetime
    scans: int


def at_desks(scans: Iterable[Scan], now: datetime) -> tuple[AtDesk, ...]:
    """Return who scanned within the last two hours, by desk, who did so last first."""
    found: dict[tuple[str, str, str], list[datetime]] = {}
    for scan in scans:
        if now - LATELY <= scan.at <= now:
            key = scan.desk, scan.workstation, scan.operator or ""
            found.setdefault(key, []).append(scan.at)
    people = [AtDesk(*key, max(instants), len(instants)) for key, instants in found.items()]
    return tuple(sorted(sorted(people, key=attrgetter("last"), reverse=True), key=_desk))


def _desk(one: AtDesk) -> str:
    return one.desk
