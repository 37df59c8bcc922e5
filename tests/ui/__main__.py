"""Runs the browser tests, then the failed tests again: `python -m tests.ui [WORD …]`.

The words are passed to pytest: with `--browser firefox` the tests run in Firefox.

On a busy machine, a browser may exceed a test's timeout. If at most ten tests fail, they run again
one at a time. The command prints the results of both runs, and finally the tests that needed the
second run: each of them needs a fix.
"""

import json
import subprocess
import sys
from pathlib import Path

MOST = 10  # more failures usually have one cause, and a second run would take a long time
# Four workers on two cores: a browser test mostly waits. Files run in the order of collection (see
# `LONGEST` in conftest.py). Otherwise, xdist would start the files with few tests last, and some of
# them are the slowest.
FIRST = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")


def run(folder: Path, root: Path, *words: str) -> int:
    """Run a folder's tests; return 0 if each passes in either run, otherwise pytest's exit code.

    `root` is the project folder, where pytest records which tests failed; `words` are passed to
    pytest.
    """
    kept = root / ".pytest_cache" / "v" / "cache" / "lastfailed"
    kept.unlink(missing_ok=True)
    code = _pytest(root, *FIRST, *words, folder)
    failed = sorted(json.loads(kept.read_text("utf-8"))) if kept.exists() else []
    if code != 1 or not 0 < len(failed) <= MOST:
        return code
    print(f"\nRunning {len(failed)} failed browser tests again, one at a time\n", flush=True)
    code = _pytest(root, "--last-failed", *words, "-n", "0", folder)
    print("\nBrowser tests that needed a second run:", *failed, sep="\n  ", flush=True)
    return code


def _pytest(root: Path, *words: str | Path) -> int:
    command = (sys.executable, "-m", "pytest", "-m", "ui and not long", *words)
    return subprocess.run(command, cwd=root, check=False).returncode


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    sys.exit(run(here, here.parents[1], *sys.argv[1:]))
