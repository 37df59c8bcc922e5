"""A separate virtual environment for the public Alma clients, and a way to run programs in it.

almapy pulls in urllib3-future, which replaces urllib3 in any environment it is installed in. That
must not happen in Relais's own environment. The lock file gives the versions of the packages.
"""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
LOCK = ROOT / "requirements.lock"


def python_with_clients() -> Path:
    """Return the environment's interpreter, creating the environment first if needed."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages: list[str] = needed["project"]["optional-dependencies"]["clients"]
    wanted = hashlib.sha256(LOCK.read_bytes() + repr(packages).encode()).hexdigest()
    folder = Path(sys.prefix) / "alma-clients"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp = folder / "made-for"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", LOCK]
        subprocess.run([python, *install, *packages], check=True)
        stamp.write_text(wanted)
    return python


def run(program: str, base: str, folder: Path) -> Any:
    """Run a program next to this file against the stand-in at `base`; return its JSON output."""
    keys = folder / "keys.json"
    areas = [
        {"Area": area, "Permissions": rights, "Env": "P"}
        for area in ("Users", "Bibs", "Conf")
        for rights in ("R", "RW")
    ]
    keys.write_text(json.dumps({"UNIGE": [{"API_Key": "k-write", "Supported_APIs": areas}]}))
    done = subprocess.run(
        [python_with_clients(), HERE / program, base],
        env={**os.environ, "alma_api_keys": str(keys)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
