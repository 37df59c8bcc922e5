"""Runs the browser tests, and those that failed once more, alone: `python -m tests.ui [WORD …]`.

The words go to pytest: with `--browser firefox` the tests run in Firefox.

A browser beside other work may miss the time that a test gives it. Both results are printed, and
the run ends with the list of the tests that needed the second one: each of them is to be mended.
"""

import json
import subprocess
import sys
from pathlib import Path

MOST = 10  # failures; more of them have one cause, and a second run takes long
# Four workers on two cores: a browser test waits more than it computes.
# Files by name: xdist would begin those of few tests last, and some of them are the longest.
FIRST = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")


def run(folder: Path, root: Path, *words: str) -> int:
    """Run the tests of a folder, and return the exit code: 0 where the second run has no failure.

    `root` is the folder of the project, in which pytest keeps which tests failed; `words` go to
    pytest.
    """
    kept = root / ".pytest_cache" / "v" / "cache" / "lastfailed"
    kept.unlink(missing_ok=True)
    code = _pytest(root, *FIRST, *words, folder)
    failed = sorted(json.loads(kept.read_text("utf-8"))) if kept.exists() else []
    if code != 1 or not 0 < len(failed) <= MOST:
        return code
    print(f"\nOnce more, alone: {len(failed)} of the browser tests\n", flush=True)
    code = _pytest(root, "--last-failed", *words, "-n", "0", folder)
    print("\nBrowser tests that needed a second run:", *failed, sep="\n  ", flush=True)
    return code


def _pytest(root: Path, *words: str | Path) -> int:
    command = (sys.executable, "-m", "pytest", "-m", "ui and not long", *words)
    return subprocess.run(command, cwd=root, check=False).returncode


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    sys.exit(run(here, here.parents[1], *sys.argv[1:]))
