"""Files written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from procedure.io.files import draft_for, write_atomically


def test_a_file_is_replaced_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    place = tmp_path / "a.dat"
    place.write_bytes(b"old")
    write_atomically(place, b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.dat", b"new")]


def test_a_file_that_cannot_be_put_in_place_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "folder"
    place.mkdir()
    with pytest.raises(OSError):
        write_atomically(place, b"new")
    assert (list(tmp_path.iterdir()), list(place.iterdir())) == ([place], [])


def test_a_draft_that_came_to_nothing_leaves_no_file(tmp_path: Path) -> None:
    with draft_for(tmp_path / "a.dat"):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_draft_gets_its_name_once_its_content_is_known(tmp_path: Path) -> None:
    with draft_for(tmp_path / "export") as draft:
        draft.become(tmp_path / "b.dat", b"known now")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("b.dat", b"known now")]
