"""`relais reconcile summary` and `sign`: show and sign the counts of loans."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import click

from dashboard.cli.alma_requests import query_alma
from dashboard.cli.instants import format_utc
from dashboard.cli.open_database import database_option
from dashboard.cli.output import counted, counted_progress, json_line, with_system_name, write_file
from dashboard.cli.reconcile.log import (
    NEEDS_A_PERSON,
    STOPPED,
    by,
    open_log,
    print_cart_counts,
    print_counts,
    print_scans_to_check,
)
from dashboard.settings import Settings
from procedure.errors import JournalMoved, TransactionRefused
from procedure.io.alma.verify import verify as verify_in_alma
from procedure.io.clock import utc_now
from procedure.io.database.database import Database
from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.sign_off import current_counts, is_current, sign as signature
from procedure.reconciliation.spreadsheets import Cell, Table, as_csv, as_xlsx, summary_tables

_WRITERS: Mapping[str, Callable[[Mapping[str, Table]], bytes]] = {
    ".csv": as_csv,
    ".xlsx": as_xlsx,
}


def _check_suffix(ctx: click.Context, option: click.Parameter, out: Path | None) -> Path | None:
    if out is not None and out.suffix.lower() not in _WRITERS:
        raise click.BadParameter("give a file name that ends in .csv or .xlsx", ctx, option)
    return out


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_check_suffix,
    help="File to write: FILE.csv or FILE.xlsx.",
)
@database_option
def summary(*, as_json: bool, out: Path | None) -> None:
    """Count the loans by desk, day, state and stage, and list who signed the counts.

    The exit code is 3 if nobody has signed these counts.

    Example: `relais reconcile summary --out summary.xlsx`.
    """
    with open_log() as (_, log):
        tables = summary_tables(log)
    print_scans_to_check(log.rows())
    if out is not None:
        write_file(out, _WRITERS[out.suffix.lower()](tables))
    if as_json:
        for table in tables.values():
            for row in table.rows:
                click.echo(json_line({**dict(zip(table.head, map(_json, row), strict=True))}))
    elif out is None:
        for table in tables.values():
            for row in (table.head, *table.rows):
                click.echo("\t".join("" if cell is None else str(_json(cell)) for cell in row))
            click.echo()
    print_counts(current_counts(log), len(log.log.pending()))
    print_cart_counts(cart_counts(log))
    signed = any(is_current(entry, log.table()) for entry in log.signed)
    sys.exit(0 if signed else NEEDS_A_PERSON)


def _json(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return format_utc(cell)
    return cell if cell is None or isinstance(cell, int) else str(cell)


@click.command()
@by("Who signs.")
@database_option
def sign(*, operator: str) -> None:
    """Sign off that every loan has been settled.

    If there is a key for Alma's API, loans settled by hand are looked up first.

    Example: `relais reconcile sign --by "A. Favre"`.
    """
    with open_log() as (database, log):
        signature(log, entry_id=uuid4(), at=utc_now(), operator=operator)
        _look_up(database, log)
        entry = signature(log, entry_id=uuid4(), at=utc_now(), operator=operator)
        try:
            database.journal.append(entry, unless_newer=(KINDS, log.position))
        except JournalMoved:
            raise TransactionRefused(
                "row_moved", "Something has been recorded in the meantime: look again, then sign."
            ) from None
    click.echo(f"{entry.operator} has signed off {counted(current_counts(log).total, 'loan')}.")
    for loan in entry.lacking:
        click.echo(with_system_name(f"Settled by hand, but not in Alma: loan {loan}"), err=True)


def _look_up(database: Database, log: ReconciliationLog) -> None:
    """If there is a key, ask Alma about the loans settled by hand; exit if any request fails."""
    settings, rows = Settings.from_env(), [row for row in log.rows() if row.is_to_look_up]
    if not rows or not settings.alma_key:
        return
    with counted_progress("Asking Alma") as on_progress:
        options = {"on_progress": on_progress}
        stopped = query_alma(
            settings, lambda api: verify_in_alma(api, database.journal, rows, **options)
        )
    log.extend(database.journal.since(log.position, kinds=KINDS))
    if stopped:
        sys.exit(STOPPED)
