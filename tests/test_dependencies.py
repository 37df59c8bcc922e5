"""The conda environment and the lock of what is served have what the project asks for."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# On conda's machines the system has the time zones.
WITHOUT = {"tzdata"}


def requirement(text: str) -> tuple[str, str]:
    """Return the name of a package, as conda spells it, and its versions."""
    match = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?\s*(.*)", text)
    assert match is not None
    return match[1].lower().replace("-", "_"), match[2].replace("==", "=").replace(" ", "")


def test_conda_environment_equals_the_projects_dependencies() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    dependencies = text.split("dependencies:")[1].split("  - pip:")[0]
    listed = re.findall(r"^  - (.+)$", dependencies, re.MULTILINE)
    conda = dict(map(requirement, listed)) | {"python": "", "pip": ""}
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["analysis"]]
    project = {name: versions for name, versions in map(requirement, asked) if name not in WITHOUT}
    assert conda == project | {"python": "", "pip": ""}


def pinned(lock: str) -> dict[str, set[str]]:
    """Return the versions of each package in a lock; some have another on another Python."""
    versions = defaultdict[str, set[str]](set)
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    for name, version in (line.split()[0].split("==") for line in lines if "==" in line):
        versions[name].add(version)
    return versions


def test_lock_of_what_is_served_is_complete_and_agrees_with_the_other() -> None:
    """It is installed as it is, without looking for what else would be needed."""
    served, everything = pinned("requirements-serve.lock"), pinned("requirements.lock")
    extras = PROJECT["optional-dependencies"]
    asked = {*PROJECT["dependencies"], *extras["postgres"], *extras["alerts"]}
    names = {requirement(text)[0].replace("_", "-") for text in asked}
    assert names <= served.keys()
    assert {name: everything[name] for name in served} == served
