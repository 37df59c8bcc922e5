"""A file that a command writes, or the message why it cannot."""

from __future__ import annotations

from pathlib import Path

from dashboard.errors import FileRefused
from procedure.io.atomic_files import write_atomically


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically, replacing an existing one.

    Raises:
        FileRefused: it cannot be written there; an existing file is unchanged.
    """
    try:
        write_atomically(path, content)
    except OSError as refusal:
        raise FileRefused(
            f"{path} cannot be written ({refusal.strerror}): give another file."
        ) from refusal
