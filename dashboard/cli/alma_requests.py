"""Requests that commands send to Alma, and a forecast of Alma's report on an upload."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar
from uuid import UUID

import click

from dashboard.cli.output import counted
from dashboard.settings import Settings
from procedure.errors import AlmaError, HandbookError
from procedure.io.alma.client import AlmaApi, Keys, open_alma
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook, load_system_name
from procedure.reconciliation.forecast import AlmaSnapshot, Forecast, forecast_upload
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.systems.library_system import LibrarySystem, library_system

T = TypeVar("T")


def query_alma(settings: Settings, query: Callable[[AlmaApi], Awaitable[int]]) -> bool:
    """Run a query, and return whether any requests were left unanswered.

    `query` returns the number of unanswered requests. If there is no key, the query is skipped and
    the result is False; if a request fails, the result is True.
    """
    _require_api(settings)
    if not settings.alma_key:
        click.echo("RELAIS_ALMA_KEY is not set: checks that need Alma are skipped.", err=True)
        return False
    try:
        unanswered = asyncio.run(ask_alma(settings, query))
    except AlmaError as stop:
        click.echo(str(stop), err=True)
        return True
    if unanswered:
        click.echo(
            f"{counted(unanswered, 'request')} got no answer: run the command again.", err=True
        )
    return unanswered > 0


async def ask_alma(settings: Settings, action: Callable[[AlmaApi], Awaitable[T]]) -> T:
    """Perform an action on Alma's API, and return its result.

    Raises:
        AlmaError: a request failed.
    """
    async with alma_api(settings) as api:
        return await action(api)


def alma_api(settings: Settings) -> AbstractAsyncContextManager[AlmaApi]:
    """Return a context manager that opens the API with the keys and limits from the settings."""
    keys = Keys(settings.alma_key, settings.alma_write_key, settings.alma_network_key)
    limits = {"rate": settings.alma_rate, "margin": settings.alma_margin}
    return open_alma(settings.alma_url, keys, **limits, now=utc_now, new_id=new_uuid7)


def system_of(settings: Settings) -> LibrarySystem:
    """Return the library system, even if other parts of the handbook have faults.

    Raises:
        HandbookError: the handbook does not say which system the library uses.
    """
    return library_system(load_system_name(settings.handbook), settings.offline_layout)


def _require_api(settings: Settings) -> None:
    if not system_of(settings).has_api:
        raise click.UsageError(
            f"Relais does not use the API of {load_system_name(settings.handbook)}: verify loans "
            "with relais reconcile verify --loans FILE, or settle them on the Reconciliation page."
        )


def forecasts(settings: Settings, log: ReconciliationLog) -> dict[UUID, Forecast]:
    """Return a forecast of Alma's report on each loan to upload, keyed by loan id."""
    snapshot = AlmaSnapshot(
        items=log.items,
        patrons=log.patrons,
        now=utc_now(),
        libraries=_libraries(settings),
        terms=settings.short_loans,
        file_format=system_of(settings).offline_file,
    )
    from procedure.reconciliation.loan_table import lines_to_upload  # noqa: PLC0415

    lines = lines_to_upload(log.table(), log.files())
    return {forecast.loan: forecast for forecast in forecast_upload(lines, snapshot)}


def _libraries(settings: Settings) -> dict[str, tuple[str, ...]]:
    try:
        desks = load_handbook(settings.handbook).desks
    except HandbookError:
        click.echo("The handbook has faults, so desks are not checked: run relais check", err=True)
        return {}
    return {code: desk.libraries for code, desk in desks.items()}
