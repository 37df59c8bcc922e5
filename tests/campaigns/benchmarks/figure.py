"""Times calls, shows the measured figures, and describes the machine."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """A measured figure and its target, with units."""

    name: str
    value: str
    reach: str = ""


def timed(work: Callable[[], object]) -> float:
    """Return the duration of a call in seconds."""
    started = perf_counter()
    work()
    return perf_counter() - started


def show(name: str, figures: Sequence[Figure]) -> None:
    print(f"\n## {name}\n\n| what | measured | target |\n|---|---|---|")
    for figure in figures:
        print(f"| {figure.name} | {figure.value} | {figure.reach} |")
    sys.stdout.flush()


def machine() -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
    }
