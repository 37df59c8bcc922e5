"""`relais desk-file` from the command line."""

from pathlib import Path

from tests.support.cli import run_relais


def test_desk_file_is_written_to_the_given_path(tmp_path: Path) -> None:
    file = tmp_path / "desk.html"
    result = run_relais("desk-file", "--out", file)
    assert result.exit_code == 0
    assert result.output.startswith(f"The desk page was written to {file} (1")
    assert file.read_bytes().startswith(b"<!DOCTYPE html>")


def test_unwritable_desk_file_is_refused(tmp_path: Path) -> None:
    result = run_relais("desk-file", "--out", tmp_path / "none" / "desk.html")
    assert result.exit_code == 1
    assert "cannot be written" in str(result.exception)
