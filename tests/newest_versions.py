"""Fails where an environment lacks the newest version of what Relais stands on.

Usage, with uv beside this Python: `python -m tests.newest_versions ENVIRONMENT`.
"""

import json
import subprocess
import sys
from pathlib import Path

PACKAGES = ("bokeh", "pandas", "panel", "param")


def outdated(listed: str) -> dict[str, str]:
    """Return those of the packages that are not the newest, with the version that is.

    `listed` is what `uv pip list --outdated --format json` prints.
    """
    newer = {row["name"]: row["latest_version"] for row in json.loads(listed)}
    return {name: newer[name] for name in PACKAGES if name in newer}


def main(environment: str) -> int:
    """Print the versions, and what is missing; return 1 where something is."""
    uv = str(Path(sys.executable).with_name("uv"))
    show = (uv, "pip", "list", "--quiet", "--format", "json", "--python", environment)
    installed = subprocess.run(show, check=True, capture_output=True, text=True).stdout
    newer = subprocess.run((*show, "--outdated"), check=True, capture_output=True, text=True).stdout
    versions = {row["name"]: row["version"] for row in json.loads(installed)}
    print(*(f"{name} {versions[name]}" for name in PACKAGES), sep=", ")
    missing = outdated(newer)
    for name, version in missing.items():
        print(f"{name} {version} is newer and was not installed: a package here excludes it")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
