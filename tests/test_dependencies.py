"""The conda environment has what the project asks for, in the same versions."""

import re
import tomllib
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
