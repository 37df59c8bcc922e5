"""A file that a command writes where a person wants it, or the sentence that says why not."""

from __future__ import annotations

from pathlib import Path

from dashboard.errors import FileRefused
from procedure.io.atomic_files import write_atomically


def write_file(path: Path, content: bytes) -> None:
    """Write a whole file, replacing what was there.

    Raises:
        FileRefused: it cannot be written there; what was there is untouched.
    """
    try:
        write_atomically(path, content)
    except OSError as refusal:
        raise FileRefused(
            f"{path} cannot be written ({refusal.strerror}): give another file."
        ) from refusal
