"""Change a module in one place after another, and print every change that no test notices.

Each mutant is tried in a process of its own, forked from one that has loaded the tests: what a
test computes when it is imported does not see the change. Nothing is written.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.campaigns.mutants.mutations import Mutant, mutants_of
from tests.campaigns.mutants.transplant import transplant

PATIENCE = 120  # s of processor time: a mutant that never ends is noticed by this
NOT_POSSIBLE = 77  # the exit code of a child that could not put the mutant in place
OURS = ("procedure", "dashboard", "tests")
# Nobody reads the report of a child, and nothing is left of it to clear up.
LEFT_OUT = ("cacheprovider", "xdist", "unraisableexception", "threadexception")
OPTIONS = ("-qx", "--assert=plain", *(f"-pno:{plugin}" for plugin in LEFT_OUT))


class Loader(SourceFileLoader):
    """Loads the source of a mutant in the place of a file."""

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


class Loaded:
    """Tries every mutant once the tests are collected, instead of running them."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        self.alive: list[Mutant] = []
        self.later: list[Mutant] = []
        self.fails = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        gc.freeze()
        self.fails = _code_of_a_child(lambda: _run(session)) != 0
        for mutant in [] if self.fails else self.mutants:
            code = self._try(mutant, session)
            if code == 0:
                self.alive.append(mutant)
            elif code == NOT_POSSIBLE:
                self.later.append(mutant)
        return True

    def _try(self, mutant: Mutant, session: pytest.Session) -> int:
        before, module = mutant.path.read_text("utf-8"), import_module(mutant.module)

        def attempt() -> int:
            possible = transplant(before, mutant.source, module)
            return _run(session) if possible else NOT_POSSIBLE

        return _code_of_a_child(attempt)


def main() -> None:
    """Try the mutants of files with tests, and end with 1 when one is not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.mutants", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="what is changed")
    parser.add_argument("--tests", nargs="+", required=True, help="what has to notice it")
    parser.add_argument("--lines", default="1-100000", help="of the file, as 20-45")
    given = parser.parse_args()
    # The first example that fails is enough, the shortest one is not looked for.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", deadline=None, derandomize=True, phases=phases)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    first, last = map(int, given.lines.split("-"))
    found = False
    for path in given.files:
        mutants = [one for one in mutants_of(path) if first <= one.line <= last]
        loaded = Loaded(mutants)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
            failed = pytest.main([*OPTIONS, *given.tests], plugins=[loaded])
        if failed or loaded.fails:
            sys.exit("The tests fail before anything is changed.")
        _forget()
        later = [one for one in loaded.later if not _import_and_try(one, given.tests)]
        alive = sorted([*loaded.alive, *later], key=lambda one: one.line)
        for one in alive:
            print(f"{path}:{one.line}\n{one.difference}\n")
        print(f"{path}: {len(mutants)} mutants, {len(alive)} not noticed", flush=True)
        found |= bool(alive)
    sys.exit(found)


def _forget() -> None:
    """Unload all that is ours, so that the next import begins anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]


def _import_and_try(mutant: Mutant, tests: list[str]) -> int:
    def attempt() -> int:
        sys.meta_path.insert(0, Finder(mutant))  # type: ignore[arg-type]
        return pytest.main([*OPTIONS, *tests])

    return _code_of_a_child(attempt)


def _run(session: pytest.Session) -> int:
    for place, item in enumerate(session.items):
        following = session.items[place + 1] if place + 1 < len(session.items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return 1
    return 0


def _code_of_a_child(attempt: Callable[[], int]) -> int:
    """Return how something ends in a process of its own: 0 when nothing fails there."""
    child = os.fork()
    if child == 0:
        gc.disable()
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        code = 1
        with contextlib.suppress(BaseException):
            code = attempt()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
