"""The result of a check of `relais doctor` or `relais upgrade --check`."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

import click

from dashboard.cli.output import json_line


class Level(StrEnum):
    """The level of a result."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check: a warning can wait, a fault keeps Relais from working."""

    check: str
    level: Level
    message: str


def ok(check: str, message: str) -> CheckResult:
    """Return a result that needs no action."""
    return CheckResult(check, Level.OK, message)


def warning(check: str, message: str) -> CheckResult:
    """Return a result whose cause can wait."""
    return CheckResult(check, Level.WARNING, message)


def fault(check: str, message: str) -> CheckResult:
    """Return a result whose cause must be repaired."""
    return CheckResult(check, Level.FAULT, message)


def print_results(results: Iterable[CheckResult], *, as_json: bool) -> bool:
    """Print each result on its own line as it arrives; return whether any is a fault."""
    faulty = False
    for result in results:
        faulty = faulty or result.level is Level.FAULT
        line = f"{result.level:<8} {result.check:<12} {result.message}"
        click.echo(json_line(asdict(result)) if as_json else line)
    return faulty
