"""The wheel built from the source distribution contains all files and can serve from any folder."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("dashboard", "procedure")
STEPS = ["serve", "probe", "lend", "export", "back up"]


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a source distribution from the files in git, then a wheel from that distribution."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    archive = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", source], input=archive.stdout, check=True)
    run(sys.executable, "-m", "build", "--outdir", built, source)
    return next(built.glob("*.whl"))


def test_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    listed = run("git", "ls-tree", "-r", "--name-only", "HEAD", *PACKAGES, cwd=ROOT)
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if name.startswith(PACKAGES)}
    assert names == set(listed.splitlines())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Install the wheel; return the environment variables that let Python import it."""
    folder, elsewhere = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder, wheel)
    # This path has precedence over the folder of an editable installation.
    return os.environ | {"PYTHONPATH": str(folder), "HOME": str(elsewhere), "PWD": str(elsewhere)}


def test_installed_package_is_imported(installed: dict[str, str]) -> None:
    asked = "import dashboard; print(dashboard.__file__)"
    shown = run(sys.executable, "-c", asked, env=installed, cwd=Path(installed["HOME"]))
    assert Path(shown.strip()).is_relative_to(installed["PYTHONPATH"])


def test_installed_package_passes_its_self_test(installed: dict[str, str]) -> None:
    command = (sys.executable, "-m", "dashboard.cli", "self-test")
    shown = run(*command, env=installed, cwd=Path(installed["HOME"]))
    assert re.findall(r"^(serve|probe|lend|export|back up) ", shown, re.MULTILINE) == STEPS
    assert "Everything works" in shown
