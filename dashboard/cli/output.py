"""Output of commands."""

import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from dashboard.core.errors import FileRefused
from dashboard.core.library_settings import apply_library_settings
from dashboard.settings import PACKAGED_HANDBOOK
from dashboard.translations import Language, language
from procedure.handbook.library import LibrarySettings
from procedure.io.atomic_files import write_atomically
from procedure.io.handbook_files import load_library

T = TypeVar("T")
Row = dict[str, Any]  # a row of a frame, keyed by column


def progress(items: Iterable[T], label: str, length: int) -> AbstractContextManager[Iterable[T]]:
    """Show a progress bar on standard error while iterating, if standard error is a terminal."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(items, length, label, file=sys.stderr, hidden=hidden)


@contextmanager
def counted_progress(label: str) -> Generator[Callable[[int, int], None]]:
    """Yield a callback `(done, total)` that shows progress if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=0, label=label, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return a count with its noun."""
    return f"{count} {singular if count == 1 else plural or f'{singular}s'}"


def json_line(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically, replacing any existing file.

    Raises:
        FileRefused: the file cannot be written; an existing file is unchanged.
    """
    try:
        write_atomically(path, content)
    except OSError as refusal:
        raise FileRefused(
            f"{path} cannot be written ({refusal.strerror}): give another file."
        ) from refusal


def english() -> Language:
    """Return the English language, with the library system's name in its texts."""
    apply_library_settings(_library())
    return language("en")


def system_name() -> str:
    return _library().system


def with_system_name(text: str) -> str:
    """Replace "Alma" in a message with the name of the library system."""
    return text.replace("Alma", system_name()) if "Alma" in text else text


def _library() -> LibrarySettings:
    folder = os.environ.get("RELAIS_HANDBOOK")
    return load_library(Path(folder) if folder else PACKAGED_HANDBOOK)
