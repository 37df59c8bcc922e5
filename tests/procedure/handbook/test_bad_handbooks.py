"""`relais check` finds the faults in bad handbooks, each made by changing a good one."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from procedure.errors import HandbookError
from procedure.io.handbook_files import load_handbook, read_files, upgrade_files
from tests.support.handbooks import HANDBOOKS, SMALL, changed

STORED = HANDBOOKS.parent / "stored" / "handbook"
# Pattern of a line that an earlier version's handbooks lacked -> the line they had instead.
EARLIER = {
    r"without = .*\n\n": "",
    r"means = .*\"campus\".*\n": "campus = true\n",
    r"means = .*\n": "",
}
BAD: dict[str, Any] = tomllib.loads((HANDBOOKS / "bad.toml").read_text("utf-8"))


def refused(folder: Path) -> HandbookError:
    with pytest.raises(HandbookError) as refusal:
        load_handbook(folder)
    return refusal.value


def test_load_handbook_good_handbook_has_no_fault() -> None:
    assert load_handbook(SMALL).procedure.start == "A1"


@pytest.mark.parametrize("name", BAD)
def test_load_handbook_names_every_fault(name: str, tmp_path: Path) -> None:
    folder = changed(tmp_path / "handbook", *BAD[name]["changes"])
    assert str(refused(folder)) == BAD[name]["faults"]


def test_load_handbook_names_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    words = changed(tmp_path / "handbook") / "words" / "fr.toml"
    words.write_bytes(words.read_text("utf-8").replace("’", "").encode("latin-1"))
    message = "words/fr.toml:1: is not UTF-8 text; save the file as UTF-8"
    assert str(refused(words.parent.parent)) == message


def test_load_handbook_reports_an_earlier_form_that_an_upgrade_fixes(tmp_path: Path) -> None:
    folder = shutil.copytree(STORED, tmp_path / "handbook")
    (folder / "library.toml").unlink()
    for name in ("steps.toml", "targets.toml"):
        text = (folder / name).read_text("utf-8")
        for line, earlier in EARLIER.items():
            text = re.sub(line, earlier, text)
        (folder / name).write_text(text, "utf-8")
    assert str(refused(folder)) == (HANDBOOKS / "earlier.txt").read_text("utf-8").strip()
    before = {path: path.read_bytes() for path in folder.rglob("*.toml")}
    assert sorted(upgrade_files(read_files(folder))) == [
        "library.toml",
        "steps.toml",
        "targets.toml",
    ]
    assert load_handbook(folder) == load_handbook(STORED)
    for name in ("steps.toml", "targets.toml"):
        assert (folder / f"{name}.bak").read_bytes() == before[folder / name]


def test_upgrade_files_leaves_a_current_handbook_unchanged(tmp_path: Path) -> None:
    assert upgrade_files(read_files(changed(tmp_path / "handbook"))) == {}


def test_upgrade_files_adds_what_is_reported_as_missing(tmp_path: Path) -> None:
    change = ["targets.toml", '"outside", "campus"', '"campus"']
    folder = changed(tmp_path / "handbook", change)
    assert list(upgrade_files(read_files(folder))) == ["targets.toml"]
    assert load_handbook(folder) == load_handbook(SMALL)
