"""Reserved names: browsers cannot claim the names of the server and of enrolled workstations."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from unicodedata import normalize

from procedure.access.accounts import EnrolledWorkstation

HOLDS = timedelta(seconds=5)
SERVER = "server"  # the key of the server's vantage in `procedure.monitoring.model`


class EnrolledNames:
    """The names of the enrolled workstations, refreshed every few seconds."""

    def __init__(
        self,
        workstations: Callable[[], Iterable[EnrolledWorkstation]],
        now: Callable[[], datetime],
    ) -> None:
        self._workstations, self._now = workstations, now
        self._names: frozenset[str] = frozenset()
        self._read_at: datetime | None = None

    def without_claim(self, name: str) -> str:
        """Return the name that a client claims, with a question mark if it is reserved.

        The client's transactions are recorded in either case.
        """
        taken = {SERVER, *self._enrolled()}
        return f"{name.strip()} ?" if _plain(name) in taken else name

    def _enrolled(self) -> frozenset[str]:
        now = self._now()
        if self._read_at is None or now - self._read_at >= HOLDS:
            names = (workstation.name for workstation in self._workstations())
            self._names = frozenset(map(_plain, names))
            self._read_at = now
        return self._names


def _plain(name: str) -> str:
    """Return a name without differences that people overlook: case, width, surrounding spaces."""
    return normalize("NFKC", name).strip().casefold()
