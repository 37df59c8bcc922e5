"""Reading a handbook's folder: missing, unreadable and empty files, and the order of targets."""

import shutil
from pathlib import Path

import pytest

from procedure.errors import Fault, HandbookError
from procedure.io.handbook_files import load_handbook

SMALL = Path(__file__).resolve().parent.parent.parent / "handbooks" / "good-small"

LIBRARY = ("holidays", "languages", "system", "zone")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SMALL, tmp_path / "handbook")


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(HandbookError) as refusal:
        load_handbook(folder)
    return refusal.value.faults


def test_load_handbook_names_a_missing_folder(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert faults(nowhere) == (
        Fault(str(nowhere), "", "no such folder; give the folder that contains steps.toml"),
    )


def test_load_handbook_ignores_a_byte_order_mark_and_windows_line_ends(folder: Path) -> None:
    plain = load_handbook(folder)
    for paper in folder.rglob("*.toml"):
        paper.write_bytes(b"\xef\xbb\xbf" + paper.read_bytes().replace(b"\n", b"\r\n"))
    assert load_handbook(folder) == plain


def test_load_handbook_names_a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / "desks.toml").unlink()
    (folder / "desks.toml").mkdir()
    (fault,) = faults(folder)
    assert (fault.file, fault.key) == ("desks.toml", "")
    assert fault.message.startswith("cannot be read: ")


def test_load_handbook_names_every_file_missing_in_an_empty_folder(tmp_path: Path) -> None:
    assert [str(fault) for fault in faults(tmp_path)] == [
        "contacts.toml: file missing; every handbook needs one",
        "desks.toml: file missing; every handbook needs one",
        'library.toml: file missing; create it with system = "Alma", zone = "Europe/Zurich", '
        'holidays = "CH-GE", languages = ["fr", "en"]',
        "steps.toml: file missing; every handbook needs one",
        "targets.toml: file missing; every handbook needs one",
    ]


def test_load_handbook_of_empty_files_reports_faults(folder: Path) -> None:
    for paper in folder.rglob("*.toml"):
        paper.write_text("", "utf-8")
    said = [str(fault) for fault in faults(folder) if fault.file != "targets.toml"]
    assert said == [
        "desks.toml: has no desks; add at least one: a table [CODE] with a name and a site",
        *(f"library.toml:1: {key}: missing; add it" for key in sorted(LIBRARY)),
        "steps.toml:1: start: missing; add it",
        "words/en.toml:1: contacts: missing; add it",
        "words/en.toml:1: library: missing; add it",
        "words/en.toml:1: steps: missing; add it",
        "words/en.toml:1: targets: missing; add it",
        "words/fr.toml:1: contacts: missing; add it",
        "words/fr.toml:1: library: missing; add it",
        "words/fr.toml:1: steps: missing; add it",
        "words/fr.toml:1: targets: missing; add it",
    ]


def test_load_handbook_sorts_targets_by_step(folder: Path) -> None:
    steps = folder / "steps.toml"
    steps.write_text(
        steps.read_text("utf-8").replace('["catalogue"]', '["catalogue", "another"]'), "utf-8"
    )
    another = (
        '[another]\nurl = "https://another.example.org/"\nmeans = "other"\ninterval = "1 h"\n\n'
    )
    targets = folder / "targets.toml"
    text = targets.read_text("utf-8").replace("[catalogue]", f"{another}[catalogue]")
    targets.write_text(text, "utf-8")
    for words in folder.glob("words/*.toml"):
        text = '\n[targets.another]\nname = "x"\nplace = "y"\n'
        words.write_text(words.read_text("utf-8") + text, "utf-8")
    assert list(load_handbook(folder).targets) == ["catalogue", "another"]
