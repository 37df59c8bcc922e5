"""`relais doctor`: whether this machine is ready for an outage."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

import click
import httpx
from sqlalchemy.engine import make_url
from tornado.httputil import HTTPHeaders

from dashboard.backups import backup_folder
from dashboard.cli.alma import ask_alma
from dashboard.cli.database import command_settings, database_option
from dashboard.cli.output import json_line
from dashboard.cli.port_check import check_listening
from dashboard.cli.probe import ANSWERING, probe_all
from dashboard.core.library import speak_for
from dashboard.errors import DashboardError, SettingsError
from dashboard.readiness.readiness_text import ReadinessTexts
from dashboard.server.security_headers import SecurityHeaders
from dashboard.settings import Settings
from dashboard.translations import language
from procedure.diagnosis.evidence import Roles, roles_of
from procedure.errors import AlmaError, BackupRefused, JournalMissing, JournalTooOld, ProcedureError
from procedure.handbook.model import Handbook
from procedure.io.alma.service import NO_ITEM
from procedure.io.clock import utc_now
from procedure.io.database.database import LOSSY, open_database
from procedure.io.database_check import check_database_file
from procedure.io.handbook_files import load_handbook
from procedure.io.last_times import last_times
from procedure.io.spool.spool import spool_base, spool_files
from procedure.io.spool.spool_file import DAMAGED
from procedure.monitoring.meanings import Meaning
from procedure.readiness.readiness import KeyState, Topic, readiness
from procedure.readiness.workstation_check import WorkstationCheck, WorkstationChecks
from procedure.reconciliation.systems.known_systems import library_system, what_is_missing

LOW_DISK = 1_000_000_000  # bytes: a year of outcomes takes half of it
SKEW = timedelta(seconds=30)  # loans bear this machine's time
CHECKED_HERE = frozenset({Topic.ALMA_KEY, Topic.HANDBOOK})  # in more depth than on the page


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


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
@database_option
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check settings, handbook, workstations, backups, disk, network, clock and Alma's API.

    Nothing is changed; each target gets one probe, and Alma's API, where the library has Alma, one
    request. The exit code is 1 if there is a fault; warnings do not count.
    """
    faulty = False
    for result in run_checks():
        faulty = faulty or result.level is Level.FAULT
        line = f"{result.level:<8} {result.check:<12} {result.message}"
        click.echo(json_line(asdict(result)) if as_json else line)
    ctx.exit(int(faulty))


def run_checks() -> Iterator[CheckResult]:
    """Yield the result of each check; without valid settings or a handbook there are no others."""
    try:
        settings = command_settings()
    except SettingsError as refusal:
        yield from (_fault("settings", line) for line in str(refusal).splitlines())
        return
    yield _ok("settings", "valid")
    try:
        handbook = load_handbook(settings.handbook)
        speak_for(handbook.library)
    except ProcedureError as refusal:
        yield from (_fault("handbook", line) for line in str(refusal).splitlines())
        yield from _check_served_handbook(settings)
        return
    yield _check_handbook(handbook)
    yield from _check_served_handbook(settings)
    yield _check_alerts(settings)
    yield _check_database(settings)
    yield from _check_readiness(settings, handbook)
    yield _check_backups(settings)
    yield _check_spool(settings)
    yield from _check_disk(settings)
    yield _check_address(settings)
    yield from asyncio.run(_check_network(settings, handbook))


def _check_handbook(handbook: Handbook) -> CheckResult:
    system = handbook.library.system
    if missing := what_is_missing(system):
        return _warning("handbook", missing)
    unconfirmed = [desk.code for desk in handbook.desks.values() if not desk.confirmed]
    if unconfirmed:
        codes = ", ".join(unconfirmed)
        return _warning("handbook", f"confirm the codes of these desks in {system}: {codes}")
    return _ok("handbook", f"{len(handbook.targets)} targets, {len(handbook.desks)} desks")


# What the server that runs makes of the files, by what `/readyz` says of them.
_SERVED = {
    "faulty": "the server that runs keeps the handbook from before these faults",
    "restart": "start the server again: system, zone or languages of library.toml were changed",
}


def _check_served_handbook(settings: Settings) -> Iterator[CheckResult]:
    address = f"http://{settings.address}:{settings.port}/readyz"
    with suppress(httpx.HTTPError, ValueError, AttributeError):  # nothing of ours runs there
        state = httpx.get(address, trust_env=False, timeout=10).json().get("handbook")
        if state in _SERVED:
            yield _warning("handbook", _SERVED[state])


def _check_alerts(settings: Settings) -> CheckResult:
    count = len(settings.alerts)
    if not count:
        return _warning("alerts", "no RELAIS_ALERTS: nobody hears of an outage but on the page")
    return _ok("alerts", f"{count} channels; relais alert-test sends a test")


def _check_database(settings: Settings) -> CheckResult:
    try:
        with open_database(settings.database_url, role="reader", now=utc_now) as database:
            count, lossy = database.journal.position(), database.lossy_settings()
        check_database_file(settings.database_url)
    except JournalMissing:
        return _warning("database", "there is none yet: relais serve makes it")
    except JournalTooOld as older:
        return _warning("database", str(older))
    except ProcedureError as refusal:
        return _fault("database", str(refusal))
    if lossy:
        level = Level.FAULT if "fsync" in lossy else Level.WARNING
        return CheckResult("database", level, LOSSY.format(settings=" and ".join(lossy)))
    return _ok("database", f"{count} entries in the journal")


def _check_readiness(settings: Settings, handbook: Handbook) -> Iterator[CheckResult]:
    """Check what the page's list of readiness has and no other check here."""
    facts = readiness(
        handbook,
        _workstation_checks(settings),
        last_times(settings.database_url),
        KeyState.UNKNOWN,
        utc_now(),
    )
    for line in ReadinessTexts(facts, handbook, language("en")).topics:
        if line.topic not in CHECKED_HERE:
            message = f"{line.text} {line.cure}".strip()
            yield _warning(line.topic, message) if line.cure else _ok(line.topic, message)


def _workstation_checks(settings: Settings) -> Iterable[WorkstationCheck]:
    checks = WorkstationChecks()
    with (
        suppress(ProcedureError),  # the check of the database names it
        open_database(settings.database_url, role="reader", now=utc_now) as database,
    ):
        checks.extend(database.journal.since(kinds=(WorkstationCheck.KIND,)))
    return checks.newest.values()


def _check_backups(settings: Settings) -> CheckResult:
    """Check the folder of the backups that the server makes during an outage."""
    folder = backup_folder(settings)
    if folder is None:
        return _warning("backups", "RELAIS_BACKUPS_KEPT=0: the server makes none by itself")
    try:
        folder.check()
    except BackupRefused as refusal:
        return _warning("backups", str(refusal))
    count = len(folder.files)
    return _ok("backups", f"the server makes them during an outage: {count} in {folder.path}")


def _check_spool(settings: Settings) -> CheckResult:
    """Check the folder that takes loans while the database cannot be written."""
    base = spool_base(settings.database_url, settings.spool)
    folder = next(parent for parent in base.parents if parent.exists())
    files = spool_files(base)
    damaged = [str(file) for file in files if file.name.endswith(DAMAGED)]
    if damaged:
        return _warning("spool", f"lines that cannot be read: {', '.join(damaged)}; keep them")
    if files:
        return _warning("spool", f"loans wait for the database in {base.parent}: start the server")
    if not os.access(folder, os.W_OK | os.X_OK):
        text = f"{base.parent} cannot be written: check its rights, or set RELAIS_SPOOL"
        return _warning("spool", text)
    if settings.spool is None and settings.database_url.startswith("sqlite"):
        return _ok("spool", "beside the database: set RELAIS_SPOOL to a folder on another disk")
    return _ok("spool", f"{base.parent} can take loans while the database cannot")


def _check_disk(settings: Settings) -> Iterator[CheckResult]:
    """Check the disk of a SQLite database; that of a database server is not ours to see."""
    file = make_url(settings.database_url).database
    if not settings.database_url.startswith("sqlite") or not file:
        return
    folder = next(parent for parent in Path(file).absolute().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free in {folder}"
    yield _ok("disk", text) if free > LOW_DISK else _fault("disk", f"{text}: make room")


def _check_address(settings: Settings) -> CheckResult:
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    where = f"{host}:{settings.port}"
    try:
        check_listening(settings.address, settings.port)
    except DashboardError as refusal:
        if _is_served(where, SecurityHeaders(settings.frame_ancestors)):
            return _ok("address", f"Relais serves at {where}")
        return _fault("address", str(refusal))
    return _ok("address", f"{where} is free")


def _is_served(where: str, security: SecurityHeaders) -> bool:
    """Ask whether Relais answers: its headers are on each answer, also on a refusal."""
    own = HTTPHeaders()
    security.add_to(own)
    try:
        answered = httpx.get(f"http://{where}/", trust_env=False).headers
    except httpx.HTTPError:
        return False
    return all(value in answered.get_list(name) for name, value in own.get_all())


async def _check_network(settings: Settings, handbook: Handbook) -> list[CheckResult]:
    roles = roles_of(handbook.targets.values())
    reached = await _check_targets(settings, handbook, roles)
    clock = await _check_clock([handbook.targets[key].url for key in roles.outside])
    has_api = library_system(handbook.library.system).has_api
    return [*reached, clock, *([await _check_alma_key(settings)] if has_api else [])]


_LACKING = {
    Meaning.TICKETS: "{key} does not answer: no fault can be reported there",
    Meaning.OFFLINE_TOOL: "{key} does not answer: keep a copy of the offline tool at each desk",
}


async def _check_targets(settings: Settings, handbook: Handbook, roles: Roles) -> list[CheckResult]:
    outcomes = await probe_all(list(handbook.targets.values()), settings)
    silent = {outcome.target for outcome in outcomes if outcome.verdict not in ANSWERING}
    results = [_ok("network", f"{len(outcomes) - len(silent)} of {len(outcomes)} targets answer")]
    if silent and silent.issuperset(roles.outside):
        text = "the site outside does not answer: is this machine cut off, or behind a proxy?"
        results = [_fault("network", text)]
    for key in sorted(silent):
        meant = [meaning for meaning in handbook.targets[key].means if meaning in _LACKING]
        results += [_warning("network", _LACKING[meaning].format(key=key)) for meaning in meant]
    others = sorted(silent - set(roles.outside))
    if others:
        results.append(_warning("network", f"these do not answer: {', '.join(others)}"))
    return results


async def _check_clock(urls: list[str]) -> CheckResult:
    """Compare this machine's clock with that of the sites outside."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        for url in urls:
            try:
                answer = await client.head(url)
                theirs = parsedate_to_datetime(answer.headers["Date"])
            except (httpx.HTTPError, KeyError, ValueError):
                continue
            return _compare_clocks(theirs, datetime.now(UTC))
    return _warning("clock", "no site outside gave its time: nothing to compare with")


def _compare_clocks(theirs: datetime, ours: datetime) -> CheckResult:
    skew = ours - theirs
    text = f"{abs(skew.total_seconds()):.0f} s {'ahead' if skew > timedelta(0) else 'behind'}"
    if abs(skew) <= SKEW:
        return _ok("clock", text)
    return _fault("clock", f"{text}: loans bear this machine's time; set it by NTP")


async def _check_alma_key(settings: Settings) -> CheckResult:
    if not settings.alma_key:
        return _warning("Alma", "no RELAIS_ALMA_KEY: loans cannot be checked against Alma")
    try:
        await ask_alma(settings, lambda api: api.item(NO_ITEM))
    except AlmaError as refusal:
        return _warning("Alma", str(refusal))
    return _ok("Alma", "the API accepts the key")


def _ok(check: str, message: str) -> CheckResult:
    return CheckResult(check, Level.OK, message)


def _warning(check: str, message: str) -> CheckResult:
    return CheckResult(check, Level.WARNING, message)


def _fault(check: str, message: str) -> CheckResult:
    return CheckResult(check, Level.FAULT, message)
