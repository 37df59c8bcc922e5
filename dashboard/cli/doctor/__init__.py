"""`relais doctor`: checks that everything is ready for an outage."""

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress

import click
import httpx

from dashboard.cli.doctor.certificate import check_certificate
from dashboard.cli.doctor.check_result import (
    CheckResult,
    fault,
    ok,
    print_results,
    warning,
)
from dashboard.cli.doctor.configuration import check_handbook, check_variables, check_zone
from dashboard.cli.doctor.machine import (
    check_address,
    check_backups,
    check_database,
    check_disk,
    check_lists,
    check_server_lock,
    check_spool,
    check_sqlite,
    list_store,
)
from dashboard.cli.doctor.network import check_network
from dashboard.cli.open_database import command_settings, database_option
from dashboard.cli.output import counted
from dashboard.core.database_store import last_times_of
from dashboard.core.errors import SettingsError
from dashboard.core.library_settings import apply_library_settings, unoffered_language
from dashboard.readiness.readiness_text import ReadinessTexts
from dashboard.settings import Settings
from dashboard.translations import language
from procedure.errors import ProcedureError
from procedure.handbook.model import Handbook
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.readiness.readiness import KeyState, ReadinessTopic, readiness
from procedure.readiness.workstation_check import WorkstationCheck, WorkstationChecks

CHECKED_HERE = frozenset(
    {ReadinessTopic.ALMA_KEY, ReadinessTopic.HANDBOOK}
)  # topics that other checks of this command cover more thoroughly


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
@database_option
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check settings, handbook, workstations, backups, disk, certificate, network and Alma's API.

    Nothing is changed. Each target is probed once, and Alma's API gets one request. The exit code
    is 1 if there is a fault; warnings do not count.

    Example: `relais doctor --json`.
    """
    ctx.exit(int(print_results(run_checks(), as_json=as_json)))


def run_checks() -> Iterator[CheckResult]:
    """Yield the result of each check, ending early if the settings or the handbook is invalid."""
    try:
        settings = command_settings(Settings.read)
    except SettingsError as refusal:
        yield from (fault("settings", line) for line in str(refusal).splitlines())
        return
    yield ok("settings", "valid")
    yield from check_variables()
    yield from check_zone()
    handbook, found = check_handbook(settings.handbook)
    yield from found
    yield from _check_served_handbook(settings)
    if handbook is None:
        return
    apply_library_settings(handbook.library, settings.handbook)
    if unoffered := unoffered_language(settings.language):
        yield warning("settings", unoffered)
    yield _check_alerts(settings)
    yield check_database(settings)
    yield from check_sqlite(settings.database_url, sqlite3.sqlite_version_info)
    yield from _check_readiness(settings, handbook)
    yield check_backups(settings)
    yield check_spool(settings)
    yield from check_lists(settings)
    yield from check_disk(settings)
    yield check_address(settings)
    yield from check_server_lock(settings)
    yield check_certificate(settings.url)
    yield from asyncio.run(check_network(settings, handbook))


# Messages about states of the handbook that the server's `/readyz` reports, keyed by state.
_SERVED = {
    "faulty": "the running server still uses the handbook from before these faults",
    "restart": "restart the server: the system, zone or languages in library.toml have changed",
}


def _check_served_handbook(settings: Settings) -> Iterator[CheckResult]:
    address = f"http://{settings.address}:{settings.port}/readyz"
    with suppress(httpx.HTTPError, ValueError, AttributeError):  # Relais is not running there
        state = httpx.get(address, trust_env=False, timeout=10).json().get("handbook")
        if state in _SERVED:
            yield warning("handbook", _SERVED[state])


def _check_alerts(settings: Settings) -> CheckResult:
    count = len(settings.alerts)
    if not count:
        return warning("alerts", "RELAIS_ALERTS is not set: only the page announces outages")
    if not settings.url:
        return warning(
            "alerts",
            f"{counted(count, 'channel')}, but RELAIS_URL is not set: alerts have no links",
        )
    return ok("alerts", f"{counted(count, 'channel')}; relais alert-test sends a test alert")


def _check_readiness(settings: Settings, handbook: Handbook) -> Iterator[CheckResult]:
    """Check the topics of the readiness page that are not in `CHECKED_HERE`."""
    facts = readiness(
        handbook,
        _workstation_checks(settings),
        last_times_of(settings),
        KeyState.UNKNOWN,
        utc_now(),
        lists=list_store(settings).headers(),
    )
    for line in ReadinessTexts(facts, handbook, language("en")).topics:
        if line.topic not in CHECKED_HERE:
            message = f"{line.text} {line.cure}".strip()
            yield warning(line.topic, message) if line.cure else ok(line.topic, message)


def _workstation_checks(settings: Settings) -> Iterable[WorkstationCheck]:
    checks = WorkstationChecks()
    with (
        suppress(ProcedureError),  # `check_database` reports it
        open_database(settings.database_url, role="reader", now=utc_now) as database,
    ):
        checks.extend(database.journal.since(kinds=(WorkstationCheck.KIND,)))
    return checks.newest.values()
