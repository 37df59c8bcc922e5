"""How a check of `relais doctor` or `relais upgrade --check` ended."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

import click

from dashboard.cli.output import json_line


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check says: a warning can wait, a fault keeps Relais from its work."""

    check: str
    level: Level
    message: str


def ok(check: str, message: str) -> CheckResult:
    """Return the result of a check that found nothing to do."""
    return CheckResult(check, Level.OK, message)


def warning(check: str, message: str) -> CheckResult:
    """Return the result of a check that found what can wait."""
    return CheckResult(check, Level.WARNING, message)


def fault(check: str, message: str) -> CheckResult:
    """Return the result of a check that found what must be mended."""
    return CheckResult(check, Level.FAULT, message)


def print_results(results: Iterable[CheckResult], *, as_json: bool) -> bool:
    """Print each result on a line as it comes; return whether one of them is a fault."""
    faulty = False
    for result in results:
        faulty = faulty or result.level is Level.FAULT
        line = f"{result.level:<8} {result.check:<12} {result.message}"
        click.echo(json_line(asdict(result)) if as_json else line)
    return faulty
