"""The schemas for editors accept every good handbook and mark what its own file shows to be bad."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from procedure.handbook.json_schema import schemas
from procedure.io.handbook_files import SKELETON, write_skeleton
from procedure.records.sources import PACKAGED_HANDBOOK

HANDBOOKS = Path(__file__).resolve().parents[2] / "handbooks"
STORED = HANDBOOKS.parent / "stored" / "handbook"
SCHEMAS = schemas()


def faults(path: Path) -> list[str]:
    name = "words" if path.parent.name == "words" else path.stem
    content = json.loads(json.dumps(tomllib.loads(path.read_text("utf-8")), default=str))
    return [
        error.message for error in jsonschema.Draft7Validator(SCHEMAS[name]).iter_errors(content)
    ]


@pytest.mark.parametrize("folder", [PACKAGED_HANDBOOK, STORED, HANDBOOKS / "good-small"])
def test_a_good_handbook_is_good_in_an_editor(folder: Path) -> None:
    files = [*folder.glob("*.toml"), *folder.glob("words/*.toml")]
    assert {path.name: faults(path) for path in files} == {path.name: [] for path in files}


@pytest.mark.parametrize(
    ("bad", "file"),
    [
        ("bad-unknown-key", "targets.toml"),
        ("bad-wrong-type", "targets.toml"),
        ("bad-wrong-type", "steps.toml"),
        ("bad-wrong-type", "words/en.toml"),
        ("bad-kinds", "steps.toml"),
        ("bad-address", "targets.toml"),
        ("bad-telephone", "contacts.toml"),
        ("bad-hours", "contacts.toml"),
        ("bad-meanings", "targets.toml"),
        ("bad-answer-key", "steps.toml"),
    ],
)
def test_what_a_file_alone_shows_is_marked(bad: str, file: str) -> None:
    assert faults(HANDBOOKS / bad / file) != []


def test_every_schema_is_one() -> None:
    for schema in SCHEMAS.values():
        jsonschema.Draft7Validator.check_schema(schema)


def test_each_file_of_the_skeleton_names_its_schema(tmp_path: Path) -> None:
    write_skeleton(tmp_path / "new")
    for path in SKELETON.rglob("*.toml"):
        line = path.read_text("utf-8").splitlines()[0]
        named = re.fullmatch(r"#:schema (\S+)", line)
        assert named is not None, path
        written = tmp_path / "new" / path.relative_to(SKELETON).parent / named[1]
        schema: Any = json.loads(written.read_text("utf-8"))
        assert schema == SCHEMAS[written.stem]
