"""What a command of the way back needs besides the journal: Alma, and what the library says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import click

from dashboard.settings import Settings
from procedure.errors import AlmaError, HandbookError
from procedure.io.alma_api import AlmaApi, Keys, open_alma
from procedure.io.handbook import load_handbook
from procedure.preflight import Facts, Prediction, predict
from procedure.reconciliation import Reconciliation

_NO_KEY = "There is no RELAIS_ALMA_KEY: what needs Alma is not checked."


def ask_alma(settings: Settings, ask: Callable[[AlmaApi], Awaitable[int]]) -> bool:
    """Ask Alma as far as it answers; tell whether something is left to ask."""
    if not settings.alma_key:
        click.echo(_NO_KEY, err=True)
        return False
    keys = Keys(settings.alma_key, settings.alma_write_key, settings.alma_network_key)
    options = {"rate": settings.alma_rate, "margin": settings.alma_margin}

    async def asking() -> int:
        async with open_alma(settings.alma_url, keys, **options, now=now, new_id=uuid4) as api:
            return await ask(api)

    try:
        silent = asyncio.run(asking())
    except AlmaError as stop:
        click.echo(str(stop), err=True)
        return True
    if silent:
        click.echo(f"{silent} questions had no answer: run it again.", err=True)
    return silent > 0


def predictions(settings: Settings, found: Reconciliation) -> dict[UUID, Prediction]:
    """Predict Alma's line for every row, from what was seen so far."""
    facts = Facts(
        found.items,
        found.users,
        now(),
        _libraries(settings),
        settings.short_loans,
        settings.offline_layout,
    )
    return {one.loan: one for one in predict(found.lines_to_upload(), facts)}


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
