"""A desk code and the rules for scans, from the handbook."""

from __future__ import annotations

import click

from dashboard.settings import Settings
from procedure.circulation.scan_rules import ScanRules
from procedure.errors import HandbookError, TransactionRefused
from procedure.handbook.spelling import suggest_known
from procedure.io.handbook_files import load_handbook


def check_desk(settings: Settings, desk: str) -> None:
    """Refuse a desk that is not in the handbook; a bad handbook must not stop a loan.

    Raises:
        TransactionRefused: with the nearest existing desk.
    """
    try:
        desks = load_handbook(settings.handbook).desks
    except HandbookError:
        click.echo("The handbook has faults, so the desk is not checked: relais check", err=True)
        return
    if desk.strip() not in desks:
        hint = suggest_known(desk, desks)
        raise TransactionRefused("desk_unknown", f'The handbook has no desk "{desk}"; {hint}')


def scan_rules(settings: Settings) -> ScanRules | None:
    """Return the handbook's rules for scans; None when the handbook cannot be read."""
    try:
        return load_handbook(settings.handbook).scans
    except HandbookError:
        return None
