"""`relais check` and `relais new-handbook` from the command line."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from dashboard.settings import PACKAGED_HANDBOOK, other_variables, warn_once
from procedure.circulation.scan_rules import NO_CARD_SHAPE
from procedure.io.handbook_files import load_handbook
from tests.stored.opened import HERE as STORED
from tests.support.cli import json_lines, run_relais
from tests.support.handbooks import SMALL, changed


def run(*words: str, handbook: Path = SMALL, language: str = "") -> Result:
    env = {"RELAIS_HANDBOOK": str(handbook), "RELAIS_LANGUAGE": language}
    return run_relais(*words, **env)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return changed(tmp_path / "bad", ("steps.toml", 'no = "A2"', 'no = "C1"'))


def test_check_summarises_a_valid_handbook() -> None:
    result = run("check", str(PACKAGED_HANDBOOK))
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{PACKAGED_HANDBOOK}: this handbook is valid.",
        "  system: Alma, offline file .dat",
        "  steps: 7, starting at A1, 6 paths",
        "  targets: 8",
        "  contacts: 2",
        "  desks: 4, 4 to confirm in Alma",
        "  languages: fr, en, de",
    ]


def test_check_names_a_code_of_both_patterns(tmp_path: Path) -> None:
    folder = shutil.copytree(PACKAGED_HANDBOOK, tmp_path / "handbook")
    scans = folder / "scans.toml"
    shelf = '\n[shelf]\nkind = "item"\nshape = "[0-9]{10}"\n'
    scans.write_text(scans.read_text("utf-8") + shelf, "utf-8")
    result = run("check", str(folder))
    assert result.exit_code == 0
    text = "the desk asks each time; to avoid this, set wins = true in one of them"
    assert result.output.splitlines()[7:] == [
        f"  overlap: 5070000000 can be a card ([geneva]) or an item ([shelf]): {text}",
        f"  overlap: 2000000000 can be a card ([romandy]) or an item ([shelf]): {text}",
    ]
    scans.write_text(scans.read_text("utf-8") + "wins = true\n", "utf-8")
    assert "overlap" not in run("check", str(folder)).output


def test_check_warns_where_the_next_card_would_be_an_item(tmp_path: Path) -> None:
    folder = shutil.copytree(PACKAGED_HANDBOOK, tmp_path / "handbook")
    (folder / "scans.toml").unlink()
    result = run("check", str(folder))
    assert (result.exit_code, result.output.splitlines()[7:]) == (0, [f"  {NO_CARD_SHAPE}"])


def test_check_without_a_folder_uses_the_configured_one() -> None:
    assert run("check").output.splitlines()[0] == f"{SMALL}: this handbook is valid."


@pytest.mark.parametrize("words", [["check"], ["check", str(SMALL)]])
def test_check_names_the_replacement_of_a_removed_setting(
    words: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warn_once.cache_clear()
    monkeypatch.setenv("RELAIS_LISTS", "/srv/exports")
    assert run(*words).exit_code == 0
    assert caplog.messages == [next(other_variables({"RELAIS_LISTS": ""}))]


def test_check_names_the_replacement_of_a_removed_table() -> None:
    result = run("check", str(STORED / "0d1645c8" / "handbook"))
    said = ": services: the public page no longer shows services; send patrons a message instead; "
    lines = [line.partition(":")[0] for line in result.output.splitlines() if said in line]
    assert (result.exit_code, lines) == (1, ["words/de.toml", "words/en.toml", "words/fr.toml"])


def test_check_prints_every_fault_and_fails(bad: Path) -> None:
    result = run("check", str(bad))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "steps.toml:8: A2: cannot be reached from A1; let an answer lead here or remove it",
        "steps.toml:12: B1: cannot be reached from A1; let an answer lead here or remove it",
        f"{bad}: 2 faults.",
    ]


def test_check_json_has_one_object_per_fault(bad: Path) -> None:
    message = "cannot be reached from A1; let an answer lead here or remove it"
    result = run("check", str(bad), "--json")
    assert result.exit_code == 1
    assert json_lines(result) == [
        {"file": "steps.toml", "key": key, "message": message, "line": line}
        for key, line in (("A2", 8), ("B1", 12))
    ]
    good = run("check", "--json")
    assert (good.exit_code, good.output) == (0, "")


def test_check_names_a_missing_folder(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    result = run("check", str(nowhere))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{nowhere}: no such folder; give the folder that contains steps.toml",
        f"{nowhere}: 1 fault.",
    ]


def test_check_names_what_a_person_would_misread(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "handbook",
        ["desks.toml", "[MAIN]", '[OTHER]\nname = "MAIN DESK"\nsite = "x"\n\n[MAIN]'],
        [
            "words/en.toml",
            'answers.no = { label = "No", then = "Go to C1."',
            'answers.no = { label = "yes?", then = "Go to C1."',
        ],
    )
    (folder / "targets.tml").write_text("")
    (folder / "notes.toml").write_text("")
    (folder / "steps.toml.bak").write_text("")
    (folder / "README.md").write_text("")
    result = run("check", str(folder))
    assert (result.exit_code, result.output.splitlines()) == (
        1,
        [
            'desks.toml:6: MAIN.name: "Main desk" is also the name of [OTHER]; give each desk its own',
            "notes.toml: is not a handbook file; remove the file from the folder",
            'targets.tml: is not a handbook file; did you mean "targets.toml"?',
            "words/en.toml:13: steps.A2.answers.no.label: shares its first letter, and so its "
            'shortcut key, with "Yes"; choose another first letter',
            f"{folder}: 4 faults; Relais can still use this handbook.",
        ],
    )
    assert load_handbook(folder).desks


def test_check_upgrade_writes_what_an_earlier_handbook_lacks(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "handbook", ["targets.toml", 'means = "way-in"\n', "reserved = true\n"]
    )
    (folder / "library.toml").unlink()
    assert run("check", str(folder)).exit_code == 1
    upgraded = run("check", str(folder), "--upgrade")
    assert 'write means = "way-in" in the section of the right target' in upgraded.stdout
    assert upgraded.stdout.endswith(f"{folder}: 1 fault.\n")
    assert (upgraded.exit_code, upgraded.stderr) == (
        1,
        f"{folder / 'library.toml'}: converted to the current format\n"
        f"{folder / 'targets.toml'}: converted to the current format\n",
    )


FILLED = {
    "system": "Koha",
    "zone": "Europe/Berlin",
    "holidays": "DE-SH",
    "shape": "B[0-9]{9}",
    "url": "https://www.example.org/",
    "shown": "(0431) 880 97180",
    "dialled": "+4943188097180",
}


def test_new_handbook_is_valid_once_its_marked_places_are_filled(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    made = run_relais("new-handbook", str(folder))
    first, *listed, last = made.output.splitlines()
    assert (made.exit_code, first, last) == (
        0,
        f"{folder}: a handbook to fill in, in this order (docs/your-library.md):",
        f"To see what is left: relais check {folder}",
    )
    met = [line.strip().partition(":")[0] for line in listed]
    assert list(dict.fromkeys(met)) == [
        "library.toml",
        "targets.toml",
        "contacts.toml",
        "desks.toml",
        "scans.toml",
        "words/en.toml",
    ]
    marked = re.compile(r'(\w+) = "FILL IN[^"]*"')
    files = sorted(folder.rglob("*.toml"))
    places = sum(len(marked.findall(path.read_text("utf-8"))) for path in files)
    left = run_relais("check", str(folder))
    assert left.exit_code == 1
    assert left.output.count(": is not filled in: write ") == places == len(met)
    assert left.output.splitlines()[-1] == f"{folder}: {places} faults."
    for path in files:
        text = marked.sub(
            lambda match: f'{match[1]} = "{FILLED.get(match[1], "Kiel")}"', path.read_text("utf-8")
        )
        path.write_text(text, "utf-8")
    checked = run_relais("check", str(folder))
    assert (checked.exit_code, checked.output.splitlines()[0]) == (
        0,
        f"{folder}: this handbook is valid.",
    )


def test_new_handbook_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    refused = run_relais("new-handbook", str(tmp_path))
    assert refused.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_check_says_what_does_not_work_without_an_adapter(tmp_path: Path) -> None:
    folder = changed(tmp_path / "folio", ("library.toml", 'system = "Alma"', 'system = "FOLIO"'))
    result = run("check", str(folder))
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[1] == "  system: FOLIO, offline file none"
    assert lines[-1] == (
        '  system "FOLIO" has no adapter (available: Alma, Koha): Relais cannot write offline files '
        "or read upload reports, and does not use its API. Loans are still recorded and counted; "
        "enter them by hand from relais loans list, and settle each (docs/your-library.md)"
    )
