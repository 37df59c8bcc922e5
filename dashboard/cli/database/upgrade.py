"""`relais upgrade --check`: what starting the server with this version will change."""

import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx
from sqlalchemy.engine import make_url

from dashboard.cli.doctor.check_result import CheckResult, fault, ok, print_results, warning
from dashboard.cli.open_database import command_settings, database_option
from dashboard.cli.output import counted, counted_progress
from dashboard.settings import REMOVED_SETTINGS, Settings, removed_setting
from procedure.errors import JournalMissing, JournalTooOld, ProcedureError
from procedure.handbook.model import Handbook
from procedure.io.backups.upgrade_trial import UpgradeTrial, migration_steps, try_upgrade
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.io.database.schema import MIGRATIONS
from procedure.io.handbook_files import check_files, find_ambiguities, read_files

_NO_DATABASE = "there is none yet: relais serve makes it"
_DUMP = "restore a dump into another database, start this version with it once, and check again"


@click.command()
@click.option("--check", is_flag=True, help="Say what will change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
@database_option
def upgrade(ctx: click.Context, *, check: bool, as_json: bool) -> None:
    """Say what this version does to the database, the handbook and open pages, before it is used.

    The server itself upgrades the database when it starts. A SQLite database is tried on a copy
    beside it, which needs as much room for a moment. The exit code is 1 if there is a fault.

    Example: `/opt/relais-1.1.0/bin/relais upgrade --check`.
    """
    if not check:
        raise click.UsageError("Give --check; the upgrade itself is the start of the server.")
    ctx.exit(int(print_results(_results(command_settings()), as_json=as_json)))


def _results(settings: Settings) -> Iterator[CheckResult]:
    yield ok("version", f"this is Relais {version('alma-relais')}")
    for name in REMOVED_SETTINGS:
        if name in os.environ:
            yield warning("settings", removed_setting(name))
    try:
        yield from _check_database(settings)
    except JournalMissing:
        yield ok("database", _NO_DATABASE)
    except ProcedureError as refusal:
        yield fault("database", str(refusal))
    files = read_files(settings.handbook)
    handbook, faults = check_files(files)
    for one in faults:
        converted = "" if one.fix is None else " (relais check --upgrade converts it)"
        yield fault("handbook", f"{one}{converted}")
    if handbook is not None:
        yield ok("handbook", "it is read as it is")
        for found in find_ambiguities(files, handbook):
            yield warning("handbook", str(found))
        yield _check_pages(settings, handbook)


def _check_database(settings: Settings) -> Iterator[CheckResult]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        yield from _check_database_server(settings)
        return
    database = Path(str(url.database)).absolute()
    if not database.exists():
        raise JournalMissing
    with (
        TemporaryDirectory(prefix=".relais-upgrade-", dir=database.parent) as folder,
        counted_progress("Trying on a copy") as on_progress,
    ):
        copy = Path(folder) / database.name
        trial = try_upgrade(database, copy, now=utc_now, on_progress=on_progress)
    yield from _changes(trial, settings)


def _check_database_server(settings: Settings) -> Iterator[CheckResult]:
    """Check a database that cannot be copied: it is only read."""
    try:
        with open_database(settings.database_url, role="reader", now=utc_now) as opened:
            read, entries = len(opened.journal.since()), opened.journal.count()
    except JournalTooOld as older:
        yield warning("database", f"{older} To know more beforehand: {_DUMP}.")
    else:
        yield from _changes(UpgradeTrial(len(MIGRATIONS), entries, read), settings)


def _changes(trial: UpgradeTrial, settings: Settings) -> Iterator[CheckResult]:
    newest = len(MIGRATIONS)
    steps = list(migration_steps(trial.schema))
    if steps:
        saved = "after a backup" if settings.backups_kept else "without a backup: make one"
        yield ok("database", f"from schema {trial.schema} to {newest}, {saved}")
        yield from (ok("database", f"schema {step}") for step in steps)
    else:
        yield ok("database", f"schema {newest}, as before: nothing is changed")
    if unread := trial.entries - trial.read:
        unread_entries = counted(unread, "entry", "entries")
        yield fault("database", f"{unread_entries} of {trial.entries} cannot be read, see above")
    else:
        yield ok("database", f"{trial.read} of {trial.entries} entries are read")
    if steps:
        text = f"an earlier version does not open schema {newest}: keep the backup"
        yield warning("roll-back", f"{text}, see docs/upgrading.md")
    else:
        yield ok("roll-back", "install the earlier version again: it opens this database")


def _check_pages(settings: Settings, handbook: Handbook) -> CheckResult:
    """Compare the desk page of the server that runs with that of this version."""
    # A second of imports.
    from dashboard.desk.bundle import bundle  # noqa: PLC0415

    address = f"http://{settings.address}:{settings.port}"
    try:
        served = httpx.get(f"{address}/desk/time", trust_env=False, timeout=10).json()["version"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return warning("pages", f"no server answers at {address}: its pages were not compared")
    if served == bundle(handbook).version:
        return ok("pages", "the desk page is the same")
    text = "open pages lend on and send to this version; a desk has its page at the next load"
    return ok("pages", text)
