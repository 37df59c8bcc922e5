"""Small files next to a database that record its last acknowledged entry, backup and drill.

They remain when the database or its log is lost or replaced, so the server notices at startup that
entries are missing. Each holds a JSON object:

- `<database>.state.json`: the position (`entries`) of the last acknowledged entry, and its `id`,
  which shows whether the database belongs to another installation. The file may be a second
  behind.
- `<database>.backup.json`: the last backup's file, time and entry count (`file`, `at`, `entries`).
- `<database>.drill.json`: when the last drill ended (`at`).

The files are replaced atomically but not synced, so a power cut may bring back older versions.
"""

import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its file, when it was made (UTC), and its entry count, or 0 if unknown."""

    file: Path
    at: datetime
    entries: int


class NewestEntry(NamedTuple):
    """The newest entry of a database: its position, or 0 if there is none, and its id, if known."""

    position: int = 0
    id: str = ""


def side_file(database: Path, ending: str) -> Path:
    """Return the path of the database, with links resolved, plus an ending."""
    return Path(os.path.realpath(database) + ending)


def last_acknowledged(database: Path) -> NewestEntry:
    """Return the last acknowledged entry, or position 0 if it is unknown.

    Versions before 1.0.0 did not save the id.
    """
    content = _read(side_file(database, ".state.json"))
    position, entry_id = content.get("entries"), content.get("id", "")
    if not isinstance(position, int) or not isinstance(entry_id, str):
        return NewestEntry()
    return NewestEntry(position, entry_id)


def remember_acknowledged(database: Path, newest: NewestEntry) -> None:
    """Save the last acknowledged entry; a disk error is only logged."""
    _replace(side_file(database, ".state.json"), {"entries": newest.position, "id": newest.id})


def last_backup(database: Path) -> Backup | None:
    """Return the last known backup of the database, or None."""
    content = _read(side_file(database, ".backup.json"))
    with suppress(KeyError, TypeError, ValueError):
        at = datetime.fromisoformat(content["at"])
        return Backup(Path(content["file"]), at, int(content["entries"]))
    return None


def last_drill(database: Path) -> datetime | None:
    """Return when the last known drill ended (UTC), or None."""
    content = _read(side_file(database, ".drill.json"))
    with suppress(KeyError, TypeError, ValueError):
        return datetime.fromisoformat(content["at"])
    return None


def remember_drill(database: Path, at: datetime) -> None:
    """Save when the last drill ended; a disk error is only logged."""
    _replace(side_file(database, ".drill.json"), {"at": at.isoformat()})


def remember_backup(database: Path, backup: Backup) -> None:
    """Save the last backup; a disk error is only logged."""
    known = {"file": str(backup.file), "at": backup.at.isoformat(), "entries": backup.entries}
    _replace(side_file(database, ".backup.json"), known)


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, TypeError, ValueError):
        _log.warning("%s cannot be read and is ignored.", path)
        return {}


def _replace(path: Path, content: Mapping[str, object]) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file)
        draft.replace(path)
    except OSError as refusal:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        _log.debug("%s was not written: %s", path, refusal.strerror)
