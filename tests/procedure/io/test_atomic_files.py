"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from procedure.io.atomic_files import create_atomic_file, replacing, write_atomically


def test_write_atomically_replaces_a_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "a.dat"
    place.write_bytes(b"old")
    write_atomically(place, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.dat", b"new")]


def test_write_atomically_leaves_the_earlier_file_if_it_fails(tmp_path: Path) -> None:
    place = tmp_path / "folder"
    place.mkdir()
    with pytest.raises(OSError):
        write_atomically(place, b"new")
    assert (list(tmp_path.iterdir()), list(place.iterdir())) == ([place], [])


def test_create_atomic_file_without_commit_leaves_no_file(tmp_path: Path) -> None:
    with create_atomic_file(tmp_path / "a.dat"):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_create_atomic_file_gets_its_name_at_commit(tmp_path: Path) -> None:
    with create_atomic_file(tmp_path / "export") as draft:
        draft.commit(tmp_path / "b.dat", b"known now")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [
        ("b.dat", b"known now")
    ]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_replacing_renames_at_the_end(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_bytes(b"old")
    with replacing(place) as part:
        part.write_bytes(b"half")
        assert place.read_bytes() == b"old"
        with pytest.raises(BlockingIOError), replacing(place):
            pass
        part.write_bytes(b"new")
    assert contents(tmp_path) == {"a.csv": b"new"}


def test_replacing_leaves_the_earlier_file_if_it_fails(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_bytes(b"old")

    def interrupted(part: Path) -> None:
        part.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), replacing(place) as part:
        interrupted(part)
    assert contents(tmp_path) == {"a.csv": b"old"}


def test_replacing_removes_the_leftovers_of_a_killed_process(tmp_path: Path) -> None:
    (tmp_path / ".a.csv.part").write_bytes(b"left by a kill")
    with replacing(tmp_path / "a.csv") as part:
        assert part.read_bytes() == b""
    assert contents(tmp_path) == {"a.csv": b""}


def test_replacing_keeps_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "a.csv").symlink_to(tmp_path / "real" / "b.csv")
    with replacing(tmp_path / "a.csv") as part:
        part.write_bytes(b"new")
    assert contents(tmp_path / "real") == {"b.csv": b"new"}
    assert (tmp_path / "a.csv").is_symlink()


def test_replacing_does_not_overwrite_a_new_file_unless_asked(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    with pytest.raises(FileExistsError), replacing(place, overwrite=False):
        place.write_bytes(b"of another process")
    assert contents(tmp_path) == {"a.csv": b"of another process"}
    place.write_bytes(b"")
    with replacing(place, overwrite=False) as part:
        part.write_bytes(b"new")
    assert contents(tmp_path) == {"a.csv": b"new"}
