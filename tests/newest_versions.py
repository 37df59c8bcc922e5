"""Fails if an environment lacks the newest version of an important dependency.

Usage, if uv is installed next to this Python: `python -m tests.newest_versions ENVIRONMENT`.
"""

import json
import subprocess
import sys
from pathlib import Path

PACKAGES = ("bokeh", "pandas", "panel", "param")


def outdated(listed: str) -> dict[str, str]:
    """Return the outdated packages with their newest versions.

    `listed` is the output of `uv pip list --outdated --format json`.
    """
    newer = {row["name"]: row["latest_version"] for row in json.loads(listed)}
    return {name: newer[name] for name in PACKAGES if name in newer}


def main(environment: str) -> int:
    """Print the installed and the newer versions; return 1 if a package is outdated."""
    uv = str(Path(sys.executable).with_name("uv"))
    show = (uv, "pip", "list", "--quiet", "--format", "json", "--python", environment)
    installed = subprocess.run(show, check=True, capture_output=True, text=True).stdout
    newer = subprocess.run((*show, "--outdated"), check=True, capture_output=True, text=True).stdout
    versions = {row["name"]: row["version"] for row in json.loads(installed)}
    print(*(f"{name} {versions[name]}" for name in PACKAGES), sep=", ")
    missing = outdated(newer)
    for name, version in missing.items():
        print(
            f"{name} {version} is newer, but was not installed: another installed package excludes it"
        )
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
