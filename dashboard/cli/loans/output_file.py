"""Where an offline file goes: tried before its export is recorded, and never written over."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import FileRefused
from procedure.circulation.transactions import Export
from procedure.io.atomic_files import AtomicFile, draft_for, write_atomically


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file, or a folder in which the file gets its own name; `draft` has begun it there."""

    out: Path
    draft: AtomicFile

    def put(self, content: bytes, made: Export) -> Path:
        """Write a recorded export and return its path.

        Raises:
            FileRefused: not written after all; the message says how to have it once more.
        """
        path = _path(self.out, made)
        try:
            self.draft.commit(path, content)
        except OSError as refusal:
            raise FileRefused(
                f"{path} was not written ({refusal.strerror}), but the export is recorded. "
                f"Write it with: relais loans export --again {made.id} --out FILE"
            ) from refusal
        return path


@contextmanager
def output_file(out: Path | None) -> Generator[OutputFile]:
    """Try the place: an export is recorded only once a file has begun there.

    The order is not to be turned round: a recorded export without its file can be written again,
    a file without its record would be lent twice.

    Raises:
        FileRefused: the place holds something, or takes no file; nothing was exported.
    """
    out = out or Path()
    with ExitStack() as open_files:
        try:
            _refuse_unless_free(out)
            draft = open_files.enter_context(draft_for(out / "export" if out.is_dir() else out))
        except OSError as refusal:
            raise FileRefused(
                f"No file can be written there ({refusal.strerror}): give another --out. "
                "Nothing was exported."
            ) from refusal
        yield OutputFile(out, draft)


def put_again(out: Path | None, content: bytes, earlier: Export) -> tuple[Path, bool]:
    """Write an earlier export once more; tell its path, and whether it had to be written.

    Raises:
        FileRefused: the place holds something else, or takes no file.
    """
    path = out or Path()
    try:
        path = _path(path, earlier)
        if path.is_file() and path.read_bytes() == content:
            return path, False
        if _holds_something(path):
            raise FileRefused(
                f"{path} exists already and is not that file: give another --out. "
                "Nothing was written."
            )
        write_atomically(path, content)
    except OSError as refusal:
        raise FileRefused(
            f"{path} was not written ({refusal.strerror}): give another --out."
        ) from refusal
    return path, True


def _refuse_unless_free(out: Path) -> None:
    if out.is_dir():
        return
    if not out.parent.is_dir():
        raise FileRefused(f"There is no folder {out.parent}: make it, or give another --out.")
    if _holds_something(out):
        raise FileRefused(f"{out} exists already: give another --out. Nothing was exported.")


def _path(out: Path, made: Export) -> Path:
    return out / made.name if out.is_dir() else out


def _holds_something(path: Path) -> bool:
    """Tell whether a file would be lost here; a device is something, an empty file is nothing."""
    return path.exists() and not (path.is_file() and path.stat().st_size == 0)
