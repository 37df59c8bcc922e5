"""Change a module in one place after another, and print the changes that no test detects.

Each mutant (the module with one change) is tested in a new process, forked from a process that has
loaded pytest and pandas, but no module of Relais. No file is written.
"""

import argparse
import contextlib
import gc
import os
import signal
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

import pandas as pd  # noqa: F401  loaded once, before the first fork
import pytest
from hypothesis import Phase, settings

from tests.campaigns.mutants.mutations import Mutant, mutants_of

PATIENCE = 120  # seconds of processor time after which a mutant counts as detected
# Plugins that are useless in the child processes.
LEFT_OUT = ("cacheprovider", "xdist", "unraisableexception", "threadexception")
OPTIONS = ("-qx", "--assert=plain", *(f"-pno:{plugin}" for plugin in LEFT_OUT))


class Loader(SourceFileLoader):
    """Loads a mutant's source instead of the module's file."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(mutant.path))
        self.source = mutant.source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec")


class Finder:
    """Finds the mutant when its module is imported."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = mutant.module

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        loader = Loader(name, self.mutant)
        return spec_from_file_location(name, self.mutant.path, loader=loader)


def main() -> None:
    """Run the tests on the mutants of files; exit with 1 if a mutant is not detected."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.mutants", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="the modules to change")
    parser.add_argument(
        "--tests", nargs="+", required=True, help="the tests that must detect each change"
    )
    parser.add_argument(
        "--lines", default="1-100000", help="the lines of each file to change, such as 20-45"
    )
    given = parser.parse_args()
    # Do not shrink failing examples.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", deadline=None, derandomize=True, phases=phases)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    first, last = map(int, given.lines.split("-"))
    found = False
    if _failures(given.tests):
        sys.exit("The tests fail before anything is changed.")
    for path in given.files:
        mutants = [mutant for mutant in mutants_of(path) if first <= mutant.line <= last]
        alive = [mutant for mutant in mutants if not _failures(given.tests, mutant)]
        for mutant in alive:
            print(f"{path}:{mutant.line}\n{mutant.difference}\n")
        print(f"{path}: {len(mutants)} mutants, {len(alive)} not detected", flush=True)
        found |= bool(alive)
    sys.exit(found)


def _failures(tests: list[str], mutant: Mutant | None = None) -> int:
    """Run the tests, with a mutant if given, in a child process; return 0 if all pass."""
    child = os.fork()
    if child == 0:
        gc.disable()
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        code = 1
        with contextlib.suppress(BaseException):
            if mutant:
                sys.meta_path.insert(0, Finder(mutant))  # type: ignore[arg-type]
            code = pytest.main([*OPTIONS, *tests])
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
