"""What a command of the way back needs besides the journal: Alma, and what the library says."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import click

from dashboard.cli.exit_codes import STOPPED
from dashboard.settings import Settings
from procedure.errors import AlmaError, HandbookError
from procedure.io.alma.client import AlmaApi, Keys, open_alma
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.io.uuid7 import new_uuid7
from procedure.reconciliation.forecast import AlmaSnapshot, Forecast, forecast_upload
from procedure.reconciliation.log import ReconciliationLog

T = TypeVar("T")
_NO_KEY = "There is no RELAIS_ALMA_KEY: what needs Alma is not checked."


def ask_alma(settings: Settings, ask: Callable[[AlmaApi], Awaitable[int]]) -> bool:
    """Ask Alma as far as it answers; tell whether something is left to ask."""
    if not settings.alma_key:
        click.echo(_NO_KEY, err=True)
        return False
    try:
        silent = _in_alma(settings, ask)
    except AlmaError as stop:
        click.echo(str(stop), err=True)
        return True
    if silent:
        click.echo(f"{silent} questions had no answer: run it again.", err=True)
    return silent > 0


def act_in_alma(settings: Settings, act: Callable[[AlmaApi], Awaitable[T]]) -> T:
    """Do one thing in Alma; where Alma does not do it, say so and exit with 4."""
    try:
        return _in_alma(settings, act)
    except AlmaError as stop:
        click.echo(str(stop), err=True)
        sys.exit(STOPPED)


def _in_alma(settings: Settings, act: Callable[[AlmaApi], Awaitable[T]]) -> T:
    keys = Keys(settings.alma_key, settings.alma_write_key, settings.alma_network_key)
    options = {"rate": settings.alma_rate, "margin": settings.alma_margin}

    async def acting() -> T:
        async with open_alma(settings.alma_url, keys, **options, now=now, new_id=new_uuid7) as api:
            return await act(api)

    return asyncio.run(acting())


def database(settings: Settings) -> Database:
    """Open the library's journal; make none."""
    return open_database(settings.database_url, now=now, create=False)


def library_of(settings: Settings, desk: str, given: str | None) -> str:
    """Return Alma's code of a desk's library: as given, or as the handbook has it."""
    found = (given,) if given else _libraries(settings).get(desk, ())
    if not found:
        raise click.UsageError(
            f"The handbook names no library for the desk {desk}: give --library."
        )
    return found[0]


def predictions(settings: Settings, found: ReconciliationLog) -> dict[UUID, Forecast]:
    """Predict Alma's line for every row, from what was seen so far."""
    facts = AlmaSnapshot(
        found.items,
        found.users,
        now(),
        _libraries(settings),
        settings.short_loans,
        settings.offline_layout,
    )
    from procedure.reconciliation.loan_table import lines_to_upload  # noqa: PLC0415

    lines = lines_to_upload(found.table(), found.files())
    return {one.loan: one for one in forecast_upload(lines, facts)}


def _libraries(settings: Settings) -> dict[str, tuple[str, ...]]:
    try:
        desks = load_handbook(settings.handbook).desks
    except HandbookError:
        click.echo("The handbook has faults, so desks are not checked: relais check", err=True)
        return {}
    return {code: desk.libraries for code, desk in desks.items()}


def now() -> datetime:
    """Return this instant."""
    return datetime.now(UTC)
