"""The watch never accepts a version of the handbook's files that `check` rejects."""

import os
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from procedure.errors import Fault, HandbookError
from procedure.io.handbook_files import check_files, load_handbook, read_files
from procedure.io.handbook_watch import HandbookWatch
from tests.support.handbooks import SMALL, changed

STEPS = "steps.toml"
# Each file has a second version that is valid with either version of the other files. So only a
# record of the folder's states can reveal that a mix of versions never existed on disk.
OTHERS = {
    "targets.toml": (b"60 s", b"90 s"),
    "words/en.toml": (b'"Library"', b'"Another library"'),
    "words/fr.toml": ('"Bibliothèque"'.encode(), '"Une autre bibliothèque"'.encode()),
}
NAMES = tuple(OTHERS)
ORIGINAL = {name: (SMALL / name).read_bytes() for name in (STEPS, *NAMES)}
VERSIONS = {
    name: (content, content.replace(*OTHERS[name]), content[: len(content) // 2], b"")
    for name, content in ORIGINAL.items()
    if name in OTHERS
}
Writes = list[tuple[str, int]]
# Somebody saves one file, or copies all files of a version in any order.
saved = st.tuples(st.sampled_from(NAMES), st.integers(0, 3)).map(lambda write: [write])
copied = st.tuples(st.permutations(NAMES), st.integers(0, 1)).map(
    lambda copy: [(name, copy[1]) for name in copy[0]]
)
writes = st.lists(saved | copied, max_size=2).map(
    lambda several: [w for some in several for w in some]
)


class _Folder:
    """A handbook whose files are written even while it is being read."""

    def __init__(self, folder: Path) -> None:
        self.folder = changed(folder)
        self._times = count(1_000_000_000)
        self.states = [read_files(self.folder)]

    def write(self, name: str, version: int) -> None:
        path = self.folder / name
        path.write_bytes(VERSIONS[name][version])
        at = next(self._times)
        os.utime(path, ns=(at, at))
        self.states.append(read_files(self.folder))


def test_unchanged_folder_is_checked_once(tmp_path: Path) -> None:
    folder = changed(tmp_path / "handbook")
    watch = HandbookWatch(folder)
    assert watch.poll() is None
    assert watch.poll() == (load_handbook(folder), ())
    assert watch.poll() is None


def test_poll_waits_until_a_file_is_written(tmp_path: Path) -> None:
    folder = changed(tmp_path / "handbook")
    watch = HandbookWatch(folder)
    watch.poll()
    watch.poll()
    for _ in range(3):
        with (folder / STEPS).open("a") as file:
            file.write("# a remark\n")
        assert watch.poll() is None
    assert watch.poll() == (load_handbook(folder), ())


def test_poll_reports_faults_by_line_and_accepts_a_correction(tmp_path: Path) -> None:
    folder = changed(tmp_path / "handbook")
    watch = HandbookWatch(folder)
    (folder / STEPS).write_text('start = "A1\n', "utf-8")
    watch.poll()
    with pytest.raises(HandbookError) as refusal:
        load_handbook(folder)
    assert watch.poll() == (None, refusal.value.faults)
    assert refusal.value.faults[0].line == 1
    (folder / STEPS).write_bytes(ORIGINAL[STEPS])
    watch.poll()
    assert watch.poll() == (load_handbook(folder), ())


def test_missing_folder_is_a_fault(tmp_path: Path) -> None:
    watch = HandbookWatch(tmp_path / "gone")
    watch.poll()
    message = "no such folder; give the folder that contains steps.toml"
    assert watch.poll() == (None, (Fault(str(tmp_path / "gone"), "", message),))


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(rounds=st.lists(st.tuples(writes, st.integers(0, 8), writes), max_size=6))
def test_poll_never_accepts_what_check_refuses_in_any_order_of_writes(
    rounds: list[tuple[Writes, int, Writes]],
) -> None:
    """Files are written between two polls, or during a poll, after some of its reads."""
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patched:
        folder = _Folder(Path(place) / "handbook")
        watch = HandbookWatch(folder.folder)
        during: list[tuple[str, int] | None] = []
        opened = Path.open

        def open_after_a_write(path: Path, *args: Any, **options: Any) -> Any:
            if args == ("rb",) and during:
                write, *later = during
                during.clear()  # `write` reads files, and must not trigger another write
                if write is not None:
                    folder.write(*write)
                during[:] = later
            return opened(path, *args, **options)

        patched.setattr(Path, "open", open_after_a_write)
        for before, read, meanwhile in rounds:
            for write in before:
                folder.write(*write)
            during[:] = [*[None] * read, *meanwhile]
            taken = watch.poll()
            during.clear()
            if taken is not None and taken[0] is not None:
                assert taken[0] in [check_files(state)[0] for state in folder.states]
