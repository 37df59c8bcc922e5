"""`relais reconcile summary | sign`: the counts, and the signature on them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from dashboard.cli.database import database_option
from dashboard.cli.exit_codes import NEEDS_A_PERSON
from dashboard.cli.instants import format_utc
from dashboard.cli.loans.format import json_line
from dashboard.cli.output import write_file
from dashboard.cli.reconcile.format import print_cart_counts, print_counts, print_scans_to_check
from dashboard.cli.reconcile.log import by, open_log
from procedure.errors import JournalMoved, TransactionRefused
from procedure.io.clock import utc_now
from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.reconciliation_log import KINDS
from procedure.reconciliation.sign_off import current_counts, is_current, sign as signature
from procedure.reconciliation.spreadsheets import Cell, Table, as_csv, as_xlsx, summary_tables

_WRITERS: Mapping[str, Callable[[Mapping[str, Table]], bytes]] = {
    ".csv": as_csv,
    ".xlsx": as_xlsx,
}


def _check_suffix(ctx: click.Context, option: click.Parameter, out: Path | None) -> Path | None:
    if out is not None and out.suffix.lower() not in _WRITERS:
        raise click.BadParameter("name a file that ends in .csv or .xlsx", ctx, option)
    return out


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_check_suffix,
    help="FILE.csv or FILE.xlsx.",
)
@database_option
def summary(*, as_json: bool, out: Path | None) -> None:
    """Count every row by desk, day and state, with the totals and who signed for them.

    Exit code 3 while nobody has signed for these counts.
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
    print_counts(current_counts(log))
    print_cart_counts(cart_counts(log))
    signed = any(is_current(entry, log.table()) for entry in log.signed)
    sys.exit(0 if signed else NEEDS_A_PERSON)


def _json(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return format_utc(cell)
    return cell if cell is None or isinstance(cell, int) else str(cell)


@click.command()
@by("Who signs.")
@database_option
def sign(*, operator: str) -> None:
    """Sign that every row is settled; the counts of this moment are signed with it."""
    with open_log() as (database, log):
        entry = signature(log, entry_id=uuid4(), at=utc_now(), operator=operator)
        try:
            database.journal.append(entry, unless_newer=(KINDS, log.position))
        except JournalMoved:
            raise TransactionRefused(
                "row_moved", "Something was recorded meanwhile: look again, then sign."
            ) from None
    counts = ", ".join(f"{count} {state}" for state, count in entry.states)
    click.echo(f"{entry.operator} signs for {entry.rows} rows ({counts}).")
