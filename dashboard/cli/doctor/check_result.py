"""How a check of `relais doctor` ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
