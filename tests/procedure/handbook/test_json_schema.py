"""The editor schemas accept every good handbook, and mark faults that are visible in one file."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from procedure.handbook.json_schema import schemas
from procedure.handbook.model import FILES, OPTIONAL
from procedure.io.handbook_files import SKELETON, write_skeleton
from procedure.records.sources import PACKAGED_HANDBOOK
from tests.support.handbooks import HANDBOOKS, SMALL, changed

STORED = HANDBOOKS.parent / "stored" / "handbook"
SCHEMAS = schemas()
BAD: dict[str, Any] = tomllib.loads((HANDBOOKS / "bad.toml").read_text("utf-8"))


def faults(path: Path) -> list[str]:
    name = "words" if path.parent.name == "words" else path.stem
    content = json.loads(json.dumps(tomllib.loads(path.read_text("utf-8")), default=str))
    return [
        error.message for error in jsonschema.Draft7Validator(SCHEMAS[name]).iter_errors(content)
    ]


@pytest.mark.parametrize("folder", [PACKAGED_HANDBOOK, STORED, SMALL])
def test_schema_accepts_good_handbooks(folder: Path) -> None:
    known = [folder / file for file in (*FILES, *OPTIONAL)]
    files = [path for path in (*known, *folder.glob("words/*.toml")) if path.exists()]
    assert {path.name: faults(path) for path in files} == {path.name: [] for path in files}


@pytest.mark.parametrize(
    ("bad", "file"),
    [
        ("unknown-key", "targets.toml"),
        ("wrong-type", "targets.toml"),
        ("wrong-type", "steps.toml"),
        ("wrong-type", "words/en.toml"),
        ("kinds", "steps.toml"),
        ("address", "targets.toml"),
        ("telephone", "contacts.toml"),
        ("hours", "contacts.toml"),
        ("meanings", "targets.toml"),
        ("answer-key", "steps.toml"),
    ],
)
def test_schema_finds_faults_of_a_single_file(bad: str, file: str, tmp_path: Path) -> None:
    assert faults(changed(tmp_path / "handbook", *BAD[bad]["changes"]) / file) != []


def test_schema_is_valid_json_schema() -> None:
    for schema in SCHEMAS.values():
        jsonschema.Draft7Validator.check_schema(schema)


def test_skeleton_files_name_their_schema(tmp_path: Path) -> None:
    write_skeleton(tmp_path / "new")
    for path in SKELETON.rglob("*.toml"):
        line = path.read_text("utf-8").splitlines()[0]
        named = re.fullmatch(r"#:schema (\S+)", line)
        assert named is not None, path
        written = tmp_path / "new" / path.relative_to(SKELETON).parent / named[1]
        schema: Any = json.loads(written.read_text("utf-8"))
        assert schema == SCHEMAS[written.stem]
