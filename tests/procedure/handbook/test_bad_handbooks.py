"""Bad handbooks: what differs from a good one, and the faults that `relais check` finds in it."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from procedure.errors import HandbookError
from procedure.io.handbook_files import load_handbook
from tests.support.handbooks import HANDBOOKS, SMALL, changed

STORED = HANDBOOKS.parent / "stored" / "handbook"
# The lines of a handbook that an earlier form did not have, and what that form had in their place.
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
    message = "words/fr.toml: line 1: is not UTF-8 text; save the file as UTF-8"
    assert str(refused(words.parent.parent)) == message


def test_load_handbook_faults_of_an_earlier_form_are_complete_instructions(tmp_path: Path) -> None:
    folder = shutil.copytree(STORED, tmp_path / "handbook")
    for later in ("neighbours.toml", "library.toml"):
        (folder / later).unlink()
    for name in ("steps.toml", "targets.toml"):
        text = (folder / name).read_text("utf-8")
        for line, earlier in EARLIER.items():
            text = re.sub(line, earlier, text)
        (folder / name).write_text(text, "utf-8")
    assert str(refused(folder)) == (HANDBOOKS / "earlier.txt").read_text("utf-8").strip()
    for fault in refused(folder).faults:
        path = folder / fault.file
        if fault.message.startswith("file missing"):
            lines = re.findall(r'\w+ = (?:"[^"]*"|\[.*?\])', fault.message)
            path.write_text("\n".join(lines), "utf-8")
            continue
        path.write_text(followed(path.read_text("utf-8"), fault.key, fault.message), "utf-8")
    assert load_handbook(folder) == replace(load_handbook(STORED), neighbours={})


def followed(text: str, key: str, message: str) -> str:
    """Return the file after a person did what the message asks for."""
    section, _, name = key.rpartition(".")
    if not section:
        line = message.partition(", or ")[2].partition(" if none is")[0]
        return f"{line}\n{text}"
    if message.endswith("take it out"):
        return re.sub(rf"(\[{section}\]\n[^\[]*?){name} = .*\n", r"\1", text)
    line = re.search(r"means = .*", message)
    assert line is not None
    return text.replace(f"[{section}]\n", f"[{section}]\n{line[0]}\n")
