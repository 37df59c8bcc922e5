"""Bad handbooks: a folder each, with the faults that `relais check` must find in it, in words.

A folder holds only what differs from `good-small`; `x.gone` takes a file away. `faults.txt` is
the whole report, one fault a line.
"""

from __future__ import annotations

import shutil
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
