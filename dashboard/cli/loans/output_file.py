"""Writes offline files, and never overwrites a file that has content."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard.core.errors import FileRefused
from procedure.circulation.transactions import Export
from procedure.io.atomic_files import AtomicFile, create_atomic_file, write_atomically


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to write; if `out` is a folder, the file gets the export's name."""

    out: Path
    draft: AtomicFile

    def write(self, content: bytes, made: Export) -> Path:
        """Write the file of a recorded export, and return its path.

        Raises:
            FileRefused: the file was not written; the message says how to write it again.
        """
        path = _path(self.out, made)
        try:
            self.draft.commit(path, content)
        except OSError as refusal:
            raise FileRefused(
                f"{path} could not be written ({refusal.strerror}), but the export has been "
                f"recorded. Write it with: relais loans export --again {made.id} --out FILE"
            ) from refusal
        return path


@contextmanager
def output_file(out: Path | None) -> Generator[OutputFile]:
    """Create a temporary file in the output folder before the export is recorded.

    The export must be recorded before its file is written: a recorded export can be written again,
    but the loans in an unrecorded file would be exported a second time.

    Raises:
        FileRefused: the file already exists or cannot be written; nothing was exported.
    """
    out = out or Path()
    with ExitStack() as open_files:
        try:
            _refuse_unless_free(out)
            path = out / "export" if out.is_dir() else out
            draft = open_files.enter_context(create_atomic_file(path))
        except OSError as refusal:
            raise FileRefused(
                f"No file can be written at {out} ({refusal.strerror}): give another --out. "
                "Nothing was exported."
            ) from refusal
        yield OutputFile(out, draft)


def write_again(out: Path | None, content: bytes, earlier: Export) -> tuple[Path, bool]:
    """Write an earlier export again; return the path, and whether the file had to be written.

    Raises:
        FileRefused: another file exists there, or the file cannot be written.
    """
    path = out or Path()
    try:
        path = _path(path, earlier)
        if path.is_file() and path.read_bytes() == content:
            return path, False
        if _is_occupied(path):
            raise FileRefused(
                f"{path} already exists and is a different file: give another --out. "
                "Nothing was written."
            )
        write_atomically(path, content)
    except OSError as refusal:
        raise FileRefused(
            f"{path} could not be written ({refusal.strerror}): give another --out."
        ) from refusal
    return path, True


def _refuse_unless_free(out: Path) -> None:
    if out.is_dir():
        return
    if not out.parent.is_dir():
        raise FileRefused(f"There is no folder {out.parent}: create it, or give another --out.")
    if _is_occupied(out):
        raise FileRefused(f"{out} already exists: give another --out. Nothing was exported.")


def _path(out: Path, made: Export) -> Path:
    return out / made.name if out.is_dir() else out


def _is_occupied(path: Path) -> bool:
    """Return whether the path exists and is not an empty file."""
    return path.exists() and not (path.is_file() and path.stat().st_size == 0)
