"""`relais upgrade --check`: shows what this version will change."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import click
import httpx
from sqlalchemy.engine import make_url

from dashboard.cli.database.stages_compared import compare_stages, read_stages
from dashboard.cli.doctor.check_result import CheckResult, fault, ok, print_results, warning
from dashboard.cli.doctor.configuration import check_handbook, check_variables
from dashboard.cli.open_database import command_settings, database_option
from dashboard.cli.output import counted, counted_progress
from dashboard.settings import Settings
from procedure.errors import JournalMissing, JournalTooOld, ProcedureError
from procedure.handbook.model import Handbook
from procedure.io.backups.upgrade_trial import (
    UpgradeTrial,
    migration_steps,
    read_trial,
    try_upgrade,
)
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.io.database.schema import MIGRATIONS

_NO_DATABASE = "there is no database yet: relais serve creates one"
_DUMP = "restore a dump to another database, start this version on it once, then check again"


@click.command()
@click.option("--check", is_flag=True, help="Show what will change, without changing it.")
@click.option(
    "--before",
    type=click.File(encoding="utf-8"),
    help="Output of the current version's `relais reconcile status --json`; - for standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
@database_option
def upgrade(ctx: click.Context, *, check: bool, before: TextIO | None, as_json: bool) -> None:
    """Show what this version will change in the database, the handbook and open pages.

    The server upgrades the database when it starts. For SQLite, this command tries the upgrade on a
    temporary copy next to the database, and needs as much free space as the database takes up. The
    exit code is 1 if there is a fault.

    With `--before`, the command counts the loans whose stage would change, by reason.

    Example: `/opt/relais-1.1.0/bin/relais upgrade --check`.
    """
    if not check:
        raise click.UsageError("Give --check; the server upgrades the database when it starts.")
    settings = command_settings(Settings.read)
    stages = None if before is None else read_stages(before)
    ctx.exit(int(print_results(_results(settings, stages), as_json=as_json)))


def _results(settings: Settings, stages: Mapping[str, str] | None) -> Iterator[CheckResult]:
    yield ok("version", f"this is Relais {version('alma-relais')}")
    yield from check_variables()
    try:
        trial = _read_database(settings)
        yield from _changes(trial, settings)
        yield from compare_stages(trial.loans, stages)
    except JournalMissing:
        yield ok("database", _NO_DATABASE)
    except JournalTooOld as older:  # on PostgreSQL, which is not copied
        yield warning("database", f"{older} To find out more beforehand, {_DUMP}.")
    except ProcedureError as refusal:
        yield fault("database", str(refusal))
    handbook, found = check_handbook(settings.handbook)
    yield from found
    if handbook is not None:
        yield _check_pages(settings, handbook)


def _read_database(settings: Settings) -> UpgradeTrial:
    """Read the database (for SQLite, a migrated copy) with this version."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        with open_database(settings.database_url, role="reader", now=utc_now) as opened:
            return read_trial(opened, len(MIGRATIONS), opened.journal.count())
    database = Path(str(url.database)).absolute()
    if not database.exists():
        raise JournalMissing
    with (
        TemporaryDirectory(prefix=".relais-upgrade-", dir=database.parent) as folder,
        counted_progress("Trying the upgrade on a copy") as on_progress,
    ):
        copy = Path(folder) / database.name
        return try_upgrade(database, copy, now=utc_now, on_progress=on_progress)


def _changes(trial: UpgradeTrial, settings: Settings) -> Iterator[CheckResult]:
    newest = len(MIGRATIONS)
    steps = list(migration_steps(trial.schema))
    if steps:
        saved = "after a backup" if settings.backups_kept else "without a backup: make one"
        yield ok("database", f"from schema {trial.schema} to {newest}, {saved}")
        yield from (ok("database", f"schema {step}") for step in steps)
    else:
        yield ok("database", f"schema {newest}, as before: the database does not change")
    if unread := trial.entries - trial.read:
        unread_entries = counted(unread, "entry", "entries")
        yield fault("database", f"{unread_entries} of {trial.entries} cannot be read (see above)")
    else:
        yield ok("database", f"{trial.read} of {trial.entries} entries can be read")
    if steps:
        text = f"an earlier version cannot open schema {newest}: keep the backup"
        yield warning("roll-back", f"{text} (see docs/upgrading.md)")
    else:
        yield ok("roll-back", "reinstall the earlier version: it can open this database")


def _check_pages(settings: Settings, handbook: Handbook) -> CheckResult:
    """Compare the running server's desk page with this version's desk page."""
    # This import takes a second.
    from dashboard.desk.bundle import bundle  # noqa: PLC0415

    address = f"http://{settings.address}:{settings.port}"
    try:
        served = httpx.get(f"{address}/desk/time", trust_env=False, timeout=10).json()["version"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return warning("pages", f"no server answers at {address}: pages were not compared")
    if served == bundle(handbook).version:
        return ok("pages", "the desk page is the same")
    text = "open pages go on lending and send loans to this version; a reload updates them"
    return ok("pages", text)
