"""Results of the checks in `relais doctor` and `relais upgrade --check`."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

import click

from dashboard.cli.output import json_line


class Level(StrEnum):
    """The severity of a result."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check; a warning can wait, but a fault prevents Relais from working."""

    check: str
    level: Level
    message: str


def ok(check: str, message: str) -> CheckResult:
    return CheckResult(check, Level.OK, message)


def warning(check: str, message: str) -> CheckResult:
    return CheckResult(check, Level.WARNING, message)


def fault(check: str, message: str) -> CheckResult:
    return CheckResult(check, Level.FAULT, message)


def print_results(results: Iterable[CheckResult], *, as_json: bool) -> bool:
    """Print each result as it arrives, and return whether any is a fault."""
    faulty = False
    for result in results:
        faulty = faulty or result.level is Level.FAULT
        line = f"{result.level:<8} {result.check:<12} {result.message}"
        click.echo(json_line(asdict(result)) if as_json else line)
    return faulty
