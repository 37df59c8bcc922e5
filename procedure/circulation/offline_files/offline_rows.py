"""The rows and times of offline files, whatever the library system."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from procedure.errors import OfflineFileError
from procedure.local_time import instants

Kind = Literal["L", "R"]

# The maximum length of a line; lines are shorter in every layout.
LONGEST_LINE = 4096


class OfflineRow(NamedTuple):
    """A line of an offline file, with its number (from 1), its instant (UTC) and its codes.

    `kind` is `L` for a loan and `R` for a return; `patron` is empty in a return.
    """

    line: int
    at: datetime
    kind: Kind
    item: str
    patron: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The good rows of a file and the faults in the bad rows, both in file order."""

    rows: tuple[OfflineRow, ...]
    faults: tuple[OfflineFileError, ...]


def lines(content: bytes) -> Iterable[str]:
    """Yield a file's lines without line endings, each cut to `LONGEST_LINE + 1` characters."""
    if content.isascii():
        for text in content.decode("ascii").split("\n"):
            yield text.removesuffix("\r") if len(text) <= LONGEST_LINE else text[: LONGEST_LINE + 1]
        return
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        # A character has at most four bytes.
        yield _decoded(line[: 4 * LONGEST_LINE + 4]).removesuffix("\r")[: LONGEST_LINE + 1]


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


class WallTimes:
    """Converts a file's local times to instants, in line order, with a cache.

    In the hour that occurs twice in October, times belong to the first occurrence until they go
    backward. `read` parses a timestamp to a naive time, or returns None if it cannot; `form` is the
    format to show in errors.
    """

    def __init__(self, read: Callable[[str], datetime | None], form: str) -> None:
        self._read, self._form = read, form
        self._known: dict[str, tuple[datetime, ...]] = {}
        self._before: datetime | None = None

    def of(self, stamp: str, number: int) -> datetime:
        """Return the instant of a line's timestamp.

        Raises:
            OfflineFileError: the timestamp is not a time, or the clocks skipped it.
        """
        moments = self._known.get(stamp)
        if moments is None:
            moments = self._known[stamp] = self._instants(stamp, number)
        first = moments[0]
        if len(moments) == 1:
            self._before = first
            return first
        last = moments[-1]
        self._before = last if self._before is not None and self._before > first else first
        return self._before

    def _instants(self, stamp: str, number: int) -> tuple[datetime, ...]:
        wall_time = self._read(stamp)
        if wall_time is None:
            raise OfflineFileError(f"does not begin with a time {self._form}", line=number)
        moments = instants(wall_time)
        if not moments:
            raise OfflineFileError("has a time that the clocks skipped in March", line=number)
        return moments
