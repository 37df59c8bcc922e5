"""The names that a browser cannot give itself: the server's, and those of enrolled workstations."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from unicodedata import normalize

from procedure.access.accounts import EnrolledWorkstation

HOLDS = timedelta(seconds=5)
SERVER = "server"  # the key of the server's own vantage in `procedure.monitoring.model`


class EnrolledNames:
    """Reads the names of the enrolled workstations, again after some seconds."""

    def __init__(
        self,
        workstations: Callable[[], Iterable[EnrolledWorkstation]],
        now: Callable[[], datetime],
    ) -> None:
        self._workstations, self._now = workstations, now
        self._names: frozenset[str] = frozenset()
        self._read_at: datetime | None = None

    def without_claim(self, name: str) -> str:
        """Return the name that a client gives itself, with a question mark if it is another's.

        What it sends is recorded all the same.
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
    """Return a name without what a reader does not see: case, width, spaces around it."""
    return normalize("NFKC", name).strip().casefold()
