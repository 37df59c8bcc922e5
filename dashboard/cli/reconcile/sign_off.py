"""`relais reconcile extensions | summary | sign`: loans to extend, the counts, the signature."""

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
from dashboard.cli.instants import format_local, format_utc
from dashboard.cli.loans.format import json_line
from dashboard.cli.output import write_file
from dashboard.cli.reconcile.format import print_cart_counts, print_counts, print_scans_to_check
from dashboard.cli.reconcile.log import DESK, append_unless_moved, by, open_log
from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.extensions import Extension, extensions as to_extend
from procedure.reconciliation.reconciliation_log import KINDS
from procedure.reconciliation.sign_off import current_counts, is_current, sign as signature
from procedure.reconciliation.spreadsheets import (
    Cell,
    Table,
    as_csv,
    as_xlsx,
    extension_tables,
    summary_tables,
)

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
_WRITERS: Mapping[str, Callable[[Mapping[str, Table]], bytes]] = {
    ".csv": as_csv,
    ".xlsx": as_xlsx,
}


def _check_suffix(ctx: click.Context, option: click.Parameter, out: Path | None) -> Path | None:
    if out is not None and out.suffix.lower() not in _WRITERS:
        raise click.BadParameter("name a file that ends in .csv or .xlsx", ctx, option)
    return out


_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_check_suffix,
    help="FILE.csv or FILE.xlsx.",
)


def _write(out: Path, tables: Mapping[str, Table]) -> None:
    write_file(out, _WRITERS[out.suffix.lower()](tables))


_EXTEND = ("desk", "item", "lent", "due", "policy", "state", "due_in_alma")


@click.command()
@DESK
@_JSON
@_OUT
@database_option
def extensions(*, desk: str | None, as_json: bool, out: Path | None) -> None:
    """List short loans that fall due at the upload, to be extended in Alma by their barcode.

    No user is named: Alma finds the loan by the item. Exit code 3 while there are any.
    """
    short_loans = Settings.from_env().short_loans
    with open_log() as (_, log):
        due = to_extend(log, short_loans, now=utc_now())
    listed = [extension for extension in due if desk in (None, extension.row.loan.desk)]
    if not short_loans:
        click.echo("RELAIS_SHORT_LOANS is not set: only what the proof found is listed.", err=True)
    if out is not None:
        _write(out, extension_tables(listed))
    if as_json:
        for extension in listed:
            click.echo(json_line(_object(extension)))
    elif out is None:
        click.echo("\t".join(_EXTEND))
        for extension in listed:
            row, loan = extension.row, extension.row.corrected
            times = [format_local(at) for at in (row.loan.at, extension.due, extension.in_alma)]
            policy = extension.policy or "-"
            cells = (loan.desk, loan.item, *times[:2], policy, row.state.value, times[2])
            click.echo("\t".join(cells))
    sys.exit(NEEDS_A_PERSON if listed else 0)


def _object(extension: Extension) -> dict[str, Any]:
    loan = extension.row.corrected
    return {
        "id": str(loan.id),
        "desk": loan.desk,
        "item": loan.item,
        "lent_at": format_utc(loan.at),
        "due": format_utc(extension.due),
        "policy": extension.policy,
        "state": extension.row.state.value,
        "due_in_alma": format_utc(extension.in_alma),
    }


@click.command()
@_JSON
@_OUT
@database_option
def summary(*, as_json: bool, out: Path | None) -> None:
    """Count every row by desk, day and state, with the totals and who signed for them.

    Exit code 3 while nobody has signed for these counts.
    """
    with open_log() as (_, log):
        tables = summary_tables(log)
    print_scans_to_check(log.rows())
    if out is not None:
        _write(out, tables)
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
        append_unless_moved(
            *(database, log, entry),
            kinds=KINDS,
            message="Something was recorded meanwhile: look again, then sign.",
        )
    counts = ", ".join(f"{count} {state}" for state, count in entry.states)
    click.echo(f"{entry.operator} signs for {entry.rows} rows ({counts}).")
