"""Importing lists in a process of its own: a server answers scans meanwhile as before.

The order comes as JSON on the standard input, so that no name or path is in a list of processes;
what became of the files goes to the standard output.
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from procedure.io.offline_lists.list_import import ImportedList, ListImport, import_files
from procedure.io.offline_lists.list_store import ListStore
from procedure.local_time import library_zone, use_zone

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
