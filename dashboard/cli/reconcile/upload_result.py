"""`relais reconcile report` and `uploaded`: record the result of an upload."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from dashboard.cli.alma_requests import forecasts, system_of
from dashboard.cli.instants import Instant
from dashboard.cli.open_database import database_option
from dashboard.cli.output import system_name
from dashboard.cli.reconcile.log import JSON, NEEDS_A_PERSON, by, open_log, print_rows
from dashboard.settings import Settings
from procedure.io.clock import new_uuid7, utc_now
from procedure.reconciliation.corrections import mark_uploaded
from procedure.reconciliation.job_report import match_report, names_another, report_entry
from procedure.reconciliation.offline_file_export import find_export

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)
_BY = by("Who reports this.", required=False)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--export", "export", required=True, help="Name or id of the file that was uploaded.")
@_BY
@JSON
@database_option
def report(*, file: Path, export: str, operator: str | None, as_json: bool) -> None:
    """Read Alma's report on an upload, as text; FILE may be - for standard input.

    Example: `relais reconcile report report.txt --export mail.dat`.
    """
    read_report = system_of(Settings.from_env()).read_report
    if read_report is None:
        raise click.UsageError(
            f"Relais cannot read reports from {system_name()}: run relais reconcile uploaded, then "
            "verify loans with relais reconcile verify --loans FILE, or settle them on the "
            "Reconciliation page."
        )
    with click.open_file(str(file), encoding="utf-8", errors="replace") as content:
        text = content.read()
    with open_log() as (database, log):
        sent = find_export(log.log.exports, export)
        job = read_report(text)
        matched = match_report(job, log.log.lines_of(sent))
        if names_another(text, sent, log.log.exports):
            matched = replace(matched, is_of_another=True)
        entry = report_entry(text, job, matched, sent, at=utc_now(), operator=operator)
        log.extend(database.journal.append(entry))
        print_rows(log.rows_of(sent), forecasts(Settings.from_env(), log), as_json=as_json)
    for sentence in matched.missing:
        click.echo(sentence, err=True)
    sys.exit(NEEDS_A_PERSON if matched.refused or matched.missing else 0)


@click.command()
@click.argument("export")
@click.option("--at", type=Instant(), help="When it was uploaded; by default, now.")
@_BY
@database_option
def uploaded(*, export: str, at: datetime | None, operator: str | None) -> None:
    """Record that a file was uploaded, if there is no report.

    Example: `relais reconcile uploaded mail.dat --by "A. Favre"`.
    """
    with open_log() as (database, log):
        sent = find_export(log.log.exports, export)
        database.journal.append(
            mark_uploaded(sent, entry_id=new_uuid7(), at=at or utc_now(), operator=operator)
        )
    click.echo(f"{sent.name} is marked as uploaded.")
