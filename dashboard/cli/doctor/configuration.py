"""Checks the settings and the handbook."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from dashboard.cli.doctor.check_result import CheckResult, fault, ok, warning
from dashboard.cli.handbook import handbook_notes
from dashboard.cli.output import counted
from dashboard.settings import other_variables
from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import check_files, find_ambiguities, read_files
from procedure.local_time import zone_named

_POSIX_ZONE = re.compile(r"\w+[+-]?\d+.*")  # such as CET-1CEST


def check_variables() -> Iterator[CheckResult]:
    """Warn about `RELAIS_…` variables that were removed or are unknown."""
    for sentence in other_variables(os.environ):
        yield warning("settings", sentence)


def check_zone() -> Iterator[CheckResult]:
    """Warn about an unknown `TZ`, which the system treats as UTC."""
    name = os.environ.get("TZ", "").lstrip(":")
    if name and zone_named(name) is None and not _POSIX_ZONE.fullmatch(name):
        text = f'TZ="{name}" is not a time zone, so the log and cron use UTC'
        yield warning("settings", f"{text}; write it like Europe/Zurich")


def check_handbook(folder: Path) -> tuple[Handbook | None, list[CheckResult]]:
    """Return the handbook, or None if it has faults, and the results of checking it."""
    files = read_files(folder)
    handbook, faults = check_files(files)
    if handbook is None:
        return None, [fault("handbook", f"{found}{_conversion(found)}") for found in faults]
    counts = f"{counted(len(handbook.targets), 'target')}, {counted(len(handbook.desks), 'desk')}"
    found = [ok("handbook", f"valid: {counts}")]
    found += [
        warning("handbook", str(ambiguity)) for ambiguity in find_ambiguities(files, handbook)
    ]
    found += [warning("handbook", note) for note in handbook_notes(folder, handbook)]
    if unconfirmed := [desk.code for desk in handbook.desks.values() if not desk.confirmed]:
        system, codes = handbook.library.system, ", ".join(unconfirmed)
        found.append(warning("handbook", f"confirm the codes of these desks in {system}: {codes}"))
    return handbook, found


def _conversion(found: Fault) -> str:
    return "" if found.fix is None else " (relais check --upgrade converts it)"
