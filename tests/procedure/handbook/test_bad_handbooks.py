"""Bad handbooks: a folder each, with the faults that `relais check` must find in it, in words.

A folder holds only what differs from `good-small`; `x.gone` takes a file away. `faults.txt` is
the whole report, one fault a line.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from procedure.errors import HandbookError
from procedure.io.handbook_files import load_handbook

HANDBOOKS = Path(__file__).resolve().parents[2] / "handbooks"
BAD = sorted(HANDBOOKS.glob("bad-*"))


def composed(bad: Path, folder: Path) -> Path:
    shutil.copytree(HANDBOOKS / "good-small", folder)
    ignored = shutil.ignore_patterns("faults.txt", "*.gone")
    shutil.copytree(bad, folder, dirs_exist_ok=True, ignore=ignored)
    for gone in bad.rglob("*.gone"):
        (folder / gone.relative_to(bad).with_suffix("")).unlink()
    return folder


def test_the_good_one_has_no_fault() -> None:
    assert load_handbook(HANDBOOKS / "good-small").procedure.start == "A1"


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_every_fault_is_named_in_its_words(bad: Path, tmp_path: Path) -> None:
    with pytest.raises(HandbookError) as refusal:
        load_handbook(composed(bad, tmp_path / "handbook"))
    assert str(refusal.value).splitlines() == (bad / "faults.txt").read_text("utf-8").splitlines()


def test_what_check_says_of_an_earlier_form_is_all_there_is_to_do(tmp_path: Path) -> None:
    folder = composed(HANDBOOKS / "bad-earlier-form", tmp_path / "handbook")
    with pytest.raises(HandbookError) as refusal:
        load_handbook(folder)
    for fault in refusal.value.faults:
        path = folder / fault.file
        if fault.message.startswith("file missing"):
            lines = re.findall(r'\w+ = (?:"[^"]*"|\[.*?\])', fault.message)
            path.write_text("\n".join(lines), "utf-8")
            continue
        path.write_text(followed(path.read_text("utf-8"), fault.key, fault.message), "utf-8")
    stored = load_handbook(HANDBOOKS.parent / "stored" / "handbook")
    assert load_handbook(folder) == replace(stored, neighbours={})


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
