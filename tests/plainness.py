"""Counts constructs that make code hard to read.

`python -m tests.plainness` prints a table for `procedure/`, `dashboard/` and `tests/`.
With a measure (`python -m tests.plainness starred literals`), it lists the places found.
tests/test_plainness.py has the limits.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("procedure", "dashboard", "tests")
LONGEST = 300
_LITERALS = (ast.Tuple, ast.List, ast.Set)
_LOOPS = (ast.For, ast.AsyncFor, ast.comprehension)


@dataclass(frozen=True)
class Place:
    """A line of a file; the path is relative to the project."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Source:
    """A Python file."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    def at(self, line: int) -> Place:
        return Place(str(self.path.relative_to(ROOT)), line)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def sources(part: str) -> list[Source]:
    """Return the Python files in a part, sorted by name."""
    return [Source(path) for path in sorted((ROOT / part).rglob("*.py"))]


def starred_literals(source: Source) -> Iterator[int]:
    """Yield the lines that unpack a literal inside another: `(*("a", "b"), *("c", "d"))`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Starred) and isinstance(node.value, _LITERALS):
            yield node.lineno


def starred_conditionals(source: Source) -> Iterator[int]:
    """Yield the lines that unpack a value under a condition: `[a, *([b] if c else [])]`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Starred) and isinstance(node.value, ast.IfExp | ast.BoolOp):
            yield node.lineno


def loops_over_one(source: Source) -> Iterator[int]:
    """Yield the lines of loops and comprehensions with a variable `one`."""
    for node in ast.walk(source.tree):
        if isinstance(node, _LOOPS):
            names = {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
            if "one" in names:
                yield node.target.lineno


def imports_in_functions(source: Source) -> Iterator[int]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    lines = {
        node.lineno
        for function in ast.walk(source.tree)
        if isinstance(function, functions)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    yield from sorted(lines)


def long_files(source: Source) -> Iterator[int]:
    """Yield the last line of a file with more than `LONGEST` lines."""
    lines = len(source.text.splitlines())
    if lines > LONGEST:
        yield lines


def _lines(pattern: str) -> Callable[[Source], Iterator[int]]:
    """Return a measure that yields the lines that match a pattern."""
    searched = re.compile(pattern)

    def found(source: Source) -> Iterator[int]:
        for number, line in enumerate(source.text.splitlines(), 1):
            if searched.search(line):
                yield number

    return found


MEASURES: dict[str, Callable[[Source], Iterator[int]]] = {
    "starred literals": starred_literals,
    "starred conditionals": starred_conditionals,
    "loops over `one`": loops_over_one,
    "lines with Any": _lines(r"\bAny\b"),
    "ignored types": _lines(r"# (type|pyright): ignore"),
    "imports in functions": imports_in_functions,
    "fmt: skip": _lines(r"#\s*fmt:\s*skip"),
    "files over 300 lines": long_files,
}


def places(measure: str, part: str) -> list[Place]:
    """Return the places that a measure finds in one part of the project."""
    return [source.at(line) for source in sources(part) for line in MEASURES[measure](source)]


# The classes that a page passes to its states and views.
SHARED = ("AppContext", "DatabaseStore", "Watches")


def context_fields() -> dict[str, int]:
    """Return the number of annotated fields of each class in `SHARED`."""
    return {
        node.name: sum(isinstance(line, ast.AnnAssign) for line in node.body)
        for file in sorted((ROOT / "dashboard" / "core").glob("*.py"))
        for node in ast.walk(_parsed(file))
        if isinstance(node, ast.ClassDef) and node.name in SHARED
    }


def main(measure: str) -> None:
    """Print the table, or the places that one measure finds."""
    if measure:
        for part in PARTS:
            print(*places(measure, part), sep="\n")
        return
    print(f"| what | {' | '.join(PARTS)} |\n|---|{'---|' * len(PARTS)}")
    for name in MEASURES:
        counts = [str(len(places(name, part))) for part in PARTS]
        print(f"| {name} | {' | '.join(counts)} |")
    print("\n| class of the context | fields |\n|---|---|")
    for name, count in context_fields().items():
        print(f"| {name} | {count} |")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
