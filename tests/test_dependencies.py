"""The conda environment and the server's lock files contain the project's dependencies."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# With conda, the operating system provides the time zones.
WITHOUT = {"tzdata"}


def requirement(text: str) -> tuple[str, str]:
    """Return the package's name on conda and its version specifier."""
    match = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?\s*(.*)", text)
    assert match is not None
    return match[1].lower().replace("-", "_"), match[2].replace("==", "=").replace(" ", "")


def test_conda_environment_equals_the_project_dependencies() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    dependencies = text.split("dependencies:")[1].split("  - pip:")[0]
    listed = re.findall(r"^  - (.+)$", dependencies, re.MULTILINE)
    conda = dict(map(requirement, listed)) | {"python": "", "pip": ""}
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["analysis"]]
    project = {name: versions for name, versions in map(requirement, asked) if name not in WITHOUT}
    assert conda == project | {"python": "", "pip": ""}


def names_of(requirements: list[str]) -> set[str]:
    return {requirement(text)[0].replace("_", "-") for text in requirements}


def pinned(lock: str) -> dict[str, set[str]]:
    """Return the versions of each package in a lock file.

    A package may have several versions, for different versions of Python.
    """
    versions = defaultdict[str, set[str]](set)
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    for name, version in (line.split()[0].split("==") for line in lines if "==" in line):
        versions[name].add(version)
    return versions


def test_serving_locks_are_complete_and_agree_with_the_full_lock() -> None:
    """The lock files contain every dependency, so an installation need not resolve any."""
    everything = pinned("requirements.lock")
    served, with_extras = pinned("requirements-serve.lock"), pinned("requirements-extras.lock")
    extras = PROJECT["optional-dependencies"]
    optional = names_of([*extras["postgres"], *extras["alerts"]])
    needed = names_of(PROJECT["dependencies"])
    assert needed <= served.keys()
    assert needed | optional <= with_extras.keys()
    assert not optional & served.keys()
    for lock in (served, with_extras):
        assert {name: everything[name] for name in lock} == lock
    assert with_extras | served == with_extras


def test_build_requirements_are_locked_by_hash() -> None:
    assert {"build", "setuptools"} <= pinned("requirements-build.lock").keys()


def test_licences_of_all_installed_packages_are_listed() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    listed = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", page.partition("## Licences")[2], re.MULTILINE)
    named = {name for row in listed[1:] for name in row.split(", ")}
    assert named == pinned("requirements-extras.lock").keys()
