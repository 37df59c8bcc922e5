"""The folder into which the university's job puts its exports, taken once it is quiet.

Files that became a list are deleted: they name people. A file that was refused stays until it is
changed, or too old, and is not tried again; beside the lists stands why.

Lists are made in a process of its own: a server answers scans meanwhile as before. The order comes
as JSON on the standard input, so that no name or path is in a list of processes; what became of the
files goes to the standard output.
"""

import asyncio
import logging
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from procedure.io.atomic_files import write_atomically
from procedure.io.offline_lists.list_import import ImportedList, ListImport, import_files
from procedure.io.offline_lists.list_store import ListStore
from procedure.local_time import library_zone, use_zone
from procedure.offline_lists.list_layout import Header

NICER = 10  # than the server, to the scheduler of the system


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """The files to import into the lists of a folder, and how."""

    folder: str
    files: tuple[str, ...]
    now: datetime
    plan: ListImport
    zone: str


async def import_in_process(
    folder: Path, files: tuple[Path, ...], now: datetime, plan: ListImport
) -> list[ImportedList]:
    """Do as `import_files`, in another process of lower priority.

    Raises:
        OSError: the process ended without an answer; its error is in the log of this one.
    """
    names = tuple(str(file) for file in files)
    order = ImportOrder(str(folder), names, now, plan, library_zone().key)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate(msgspec.json.encode(order))
    if process.returncode:
        raise OSError(f"the import of lists ended with {process.returncode}")
    return msgspec.json.decode(answer, type=list[ImportedList])


def main() -> None:
    """Import what the standard input orders."""
    if hasattr(os, "nice"):
        os.nice(NICER)
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=ImportOrder)
    use_zone(ZoneInfo(order.zone))
    files = [Path(file) for file in order.files]
    try:
        outcomes = import_files(ListStore(Path(order.folder)), files, order.now, order.plan)
    except Exception as error:
        # Without its message, which may quote a line of a file: this goes into the server's log.
        frames = "".join(traceback.format_tb(error.__traceback__))
        sys.exit(f"the import of lists failed: {type(error).__name__}\n{frames}")
    sys.stdout.buffer.write(msgspec.json.encode(outcomes))


if __name__ == "__main__":
    main()


QUIET = timedelta(minutes=1)  # since the last change of any file
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """Why a file was refused, and its size and the time of its last change as they were then."""

    fault: str
    size: int
    changed_ns: int


class ListInbox:
    """A folder of exports, and the folder of the lists that are made of them."""

    def __init__(self, folder: Path, lists: Path) -> None:
        self.folder = folder
        self._lists = lists
        self._seen: dict[str, tuple[int, int]] = {}

    async def take(self, now: datetime, plan: ListImport) -> list[Header]:
        """Make lists of the files that wait, if none of them changed lately; return these lists.

        Call it again and again: a file is quiet once it is as it was at the call before.

        Raises:
            OSError: the folder, or that of the lists, cannot be read or written.
        """
        seen = self._files()
        was_seen, self._seen = self._seen, seen
        refused = self.refused()
        waiting = [name for name in seen if name not in refused]
        if not waiting or seen != was_seen or not all(_is_quiet(one, now) for one in seen.values()):
            return []
        files = tuple(self.folder / name for name in sorted(waiting))
        outcomes = await import_in_process(self._lists, files, now, plan)
        faults: dict[str, str] = {}
        for outcome in outcomes:
            if outcome.header is None:
                _log.error("A list was refused: %s", outcome.fault)
                faults |= dict.fromkeys(outcome.names, outcome.fault)
            else:
                header = outcome.header
                _log.info("took a list of %s: %d identifiers", header.kind, header.count)
        # A file may have the one list and the other: it stays if one of them was refused.
        for name in waiting:
            if name not in faults and (fault := self._delete(name, seen[name])):
                _log.error("%s", fault)
                faults[name] = fault
        refused |= {name: RefusedFile(fault, *seen[name]) for name, fault in faults.items()}
        self._write_refused(refused)
        return [outcome.header for outcome in outcomes if outcome.header]

    def refused(self) -> dict[str, RefusedFile]:
        """Return the files that were refused, by name, as far as they are as they were then."""
        try:
            known = msgspec.json.decode(
                self._refused_file.read_bytes(), type=dict[str, RefusedFile]
            )
        except (FileNotFoundError, msgspec.MsgspecError):
            return {}
        seen = self._files()
        return {
            name: one for name, one in known.items() if seen.get(name) == (one.size, one.changed_ns)
        }

    def delete_old(self, older_than: datetime) -> int:
        """Delete the files last changed before an instant (aware); return how many.

        Raises:
            OSError: one of them cannot be deleted.
        """
        old = [name for name, state in self._files().items() if _changed_at(state) < older_than]
        for name in old:
            (self.folder / name).unlink(missing_ok=True)
        return len(old)

    def _files(self) -> dict[str, tuple[int, int]]:
        """Return the size and the last change of each file by name; no links are followed."""
        if not self.folder.is_dir():
            return {}
        files = [one for one in self.folder.iterdir() if one.is_file() and not one.is_symlink()]
        named = [one for one in files if not one.name.startswith(".")]
        states = {one.name: one.stat() for one in named if one.suffix not in _UNFINISHED}
        return {name: (state.st_size, state.st_mtime_ns) for name, state in states.items()}

    def _delete(self, name: str, state: tuple[int, int]) -> str:
        """Delete a file that became a list, unless it was replaced meanwhile; return why not."""
        if self._files().get(name) != state:
            return ""
        try:
            (self.folder / name).unlink()
        except OSError as fault:
            return f"{name}: was taken, has identifiers, and cannot be deleted: {fault.strerror}"
        return ""

    def _write_refused(self, refused: Mapping[str, RefusedFile]) -> None:
        if refused or self._refused_file.exists():
            self._lists.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._refused_file, msgspec.json.encode(refused))

    @property
    def _refused_file(self) -> Path:
        return self._lists / "refused.json"


def _changed_at(state: tuple[int, int]) -> datetime:
    return datetime.fromtimestamp(state[1] / 1e9, UTC)


def _is_quiet(state: tuple[int, int], now: datetime) -> bool:
    # A transfer may keep a time of another zone: what is still to come says nothing.
    return not now - QUIET < _changed_at(state) <= now
