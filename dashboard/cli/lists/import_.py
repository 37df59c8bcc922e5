"""`relais lists import` and `relais lists fetch`: files and reports become lists."""

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from dashboard.cli.alma_requests import alma_api, system_of
from dashboard.cli.instants import Instant, format_local, format_utc
from dashboard.cli.open_database import command_settings, database_option, open_existing
from dashboard.cli.output import counted, json_line
from dashboard.settings import Settings
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook
from procedure.io.offline_lists.analytics_pages import open_reports
from procedure.io.offline_lists.list_import import (
    ImportedList,
    ListImport,
    ListSource,
    import_files,
    import_sources,
)
from procedure.io.offline_lists.list_record import ListRecord
from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.local_time import local_day
from procedure.offline_lists.analytics_report import AnalyticsReport
from procedure.offline_lists.list_layout import Header
from procedure.offline_lists.listed import ReadingContext

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_by = click.option("--by", metavar="NAME", default=None, help="Who asks for it; for the journal.")
_accept = click.option(
    "--accept", is_flag=True, help="Take a list that is doubtful beside the earlier one."
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a list.")


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE…")
@_accept
@click.option("--as-of", type=Instant(), help="When they were exported; else as the files say.")
@_by
@_json
@database_option
def import_(
    *, files: tuple[Path, ...], accept: bool, as_of: datetime | None, by: str | None, as_json: bool
) -> None:
    """Make lists of files of the library system.

    Alma's exports of users and of user blocks (XML, or zipped), Koha's borrowers.db and CSV with
    named columns are known by their content. All files of accounts make one list, all of items
    another. A list that may be cut short or another library's is refused.

    Example: `relais lists import users.zip blocks.xml items.csv --by Anna`.
    """
    settings = command_settings()
    plan = list_import(settings, accept=accept, as_of=as_of)
    store = _store(settings)
    with _recording(settings, by) as record:
        outcomes = import_files(store, files, utc_now(), plan)
        record.taken(_headers(outcomes), accepted=accept)
    store.keep_faults(outcome.fault for outcome in outcomes if outcome.header is None)
    _print(outcomes, as_json=as_json)
    if not as_json:
        click.echo("The files hold identifiers, and often names: delete them.")


@click.command()
@click.option("--report", "reports", multiple=True, required=True, metavar="PATH")
@_accept
@_by
@_json
@database_option
def fetch(*, reports: tuple[str, ...], accept: bool, by: str | None, as_json: bool) -> None:
    """Make lists of reports of Alma's Analytics.

    They are named by their paths, and asked for with RELAIS_ALMA_KEY. A report is one of accounts
    or of items by the names of its columns, as a CSV file is. Analytics has the data of the night
    before, and gives 500,000 rows at most: split a larger report.

    Example: `relais lists fetch --report "/shared/My library/Relais/Accounts"`.
    """
    settings = command_settings()
    if not system_of(settings).has_api or not settings.alma_key:
        raise click.UsageError("Analytics needs Alma and its key: set RELAIS_ALMA_KEY.")
    plan, now = list_import(settings, accept=accept), utc_now()
    context = ReadingContext(local_day(now), plan.terms)
    with _recording(settings, by) as record, open_reports(alma_api(settings)) as pages:
        sources = [
            ListSource(path.rpartition("/")[2], now, AnalyticsReport(pages(path), context))
            for path in reports
        ]
        outcomes = import_sources(_store(settings), sources, now, plan)
        record.taken(_headers(outcomes), accepted=accept)
    _print(outcomes, as_json=as_json)


def list_import(
    settings: Settings, *, accept: bool = False, as_of: datetime | None = None
) -> ListImport:
    """Return how the lists of an installation are made.

    Raises:
        HandbookError: the handbook has faults.
    """
    rules = load_handbook(settings.handbook).scans
    return ListImport(rules, settings.short_loans, accept, as_of)


def _store(settings: Settings) -> ListStore:
    return ListStore(lists_folder(settings.database_url))


@contextmanager
def _recording(settings: Settings, by: str | None) -> Generator[ListRecord]:
    """Give the journal's record of lists, open before any list is replaced."""
    with open_existing(settings, create=True) as database:
        yield ListRecord(database.journal, utc_now, new_uuid7, by)


def _headers(outcomes: Sequence[ImportedList]) -> list[Header]:
    return [one.header for one in outcomes if one.header]


def _print(outcomes: Sequence[ImportedList], *, as_json: bool) -> None:
    """Print what became of the files; exit with 1 if one was refused."""
    for one in outcomes:
        if as_json:
            click.echo(json_line(_object(one)))
        elif one.header is None:
            click.echo(one.fault, err=True)
        else:
            count = counted(one.header.count, "identifier")
            as_of = format_local(one.header.as_of)
            names = ", ".join(one.names)
            click.echo(f"{one.header.kind}: {count}, exported {as_of} ({names})")
    if len(_headers(outcomes)) < len(outcomes):
        sys.exit(1)


def _object(outcome: ImportedList) -> dict[str, object]:
    header = outcome.header
    return {
        "files": list(outcome.names),
        "list": header and header.kind,
        "identifiers": header and header.count,
        "as_of": header and format_utc(header.as_of),
        "fault": outcome.fault or None,
    }
