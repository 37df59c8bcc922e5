"""`relais reconcile extensions | summary | sign`: what is left to extend, the counts, the name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from dashboard.cli.alma import database, now
from dashboard.cli.exit_codes import NEEDS_A_PERSON
from dashboard.cli.instants import shown, stamp
from dashboard.cli.loans.format import json_line
from dashboard.cli.output import write_file
from dashboard.cli.reconcile.format import tell_carts, tell_scans_to_check, tell_tally
from dashboard.settings import Settings
from procedure.errors import JournalMoved, TransactionRefused
from procedure.journal import Journal
from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.extensions import Extension
from procedure.reconciliation.extensions import extensions as to_extend
from procedure.reconciliation.log import KINDS, ReconciliationLog
from procedure.reconciliation.sign_off import is_current
from procedure.reconciliation.sign_off import sign as signature
from procedure.reconciliation.spreadsheet import Cell, Table, as_csv, as_xlsx
from procedure.reconciliation.tables import extension_tables, summary_tables

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
_WRITERS: Mapping[str, Callable[[Mapping[str, Table]], bytes]] = {
    ".csv": as_csv,
    ".xlsx": as_xlsx,
}


def _checked(ctx: click.Context, option: click.Parameter, out: Path | None) -> Path | None:
    if out is not None and out.suffix.lower() not in _WRITERS:
        raise click.BadParameter("name a file that ends in .csv or .xlsx", ctx, option)
    return out


_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_checked,
    help="FILE.csv or FILE.xlsx.",
)


def _write(out: Path, tables: Mapping[str, Table]) -> None:
    write_file(out, _WRITERS[out.suffix.lower()](tables))


def _read(journal: Journal) -> ReconciliationLog:
    return ReconciliationLog(journal.since(kinds=KINDS))


# ----- loans to extend -----

_EXTEND = ("desk", "item", "lent", "due", "policy", "state", "due_in_alma")


@click.command()
@click.option("--desk", metavar="CODE", help="Only this desk.")
@_JSON
@_OUT
def extensions(*, desk: str | None, as_json: bool, out: Path | None) -> None:
    """List short loans that fall due at the upload, to be extended in Alma by their barcode.

    No user is named: Alma finds the loan by the item. Exit code 3 while there are any.
    """
    settings = Settings.from_env()
    with database(settings) as there:
        found = to_extend(_read(there.journal), settings.short_loans, now=now())
    listed = [one for one in found if desk in (None, one.row.loan.desk)]
    if not settings.short_loans:
        click.echo("RELAIS_SHORT_LOANS is not set: only what the proof found is listed.", err=True)
    if out is not None:
        _write(out, extension_tables(listed))
    if as_json:
        for one in listed:
            click.echo(json_line(_object(one)))
    elif out is None:
        click.echo("\t".join(_EXTEND))
        for one in listed:
            cells = (shown(one.row.loan.at), shown(one.due), shown(one.in_alma))
            loan, state = one.row.corrected, one.row.state.value
            click.echo(
                "\t".join((loan.desk, loan.item, *cells[:2], one.policy or "-", state, cells[2]))
            )
    sys.exit(NEEDS_A_PERSON if listed else 0)


def _object(one: Extension) -> dict[str, Any]:
    loan = one.row.corrected
    return {
        "id": str(loan.id),
        "desk": loan.desk,
        "item": loan.item,
        "lent_at": stamp(loan.at),
        "due": stamp(one.due),
        "policy": one.policy,
        "state": one.row.state.value,
        "due_in_alma": stamp(one.in_alma),
    }


# ----- the counts -----


@click.command()
@_JSON
@_OUT
def summary(*, as_json: bool, out: Path | None) -> None:
    """Count every row by desk, day and state, with the totals and who signed for them.

    Exit code 3 while nobody has signed for these counts.
    """
    with database(Settings.from_env()) as there:
        found = _read(there.journal)
    tell_scans_to_check(found.rows())
    tables = summary_tables(found)
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
    tell_tally(found.tally())
    tell_carts(cart_counts(found))
    signed = any(is_current(one, found.tally()) for one in found.signed)
    sys.exit(0 if signed else NEEDS_A_PERSON)


def _json(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return stamp(cell)
    return cell if cell is None or isinstance(cell, int) else str(cell)


@click.command()
@click.option("--by", "operator", required=True, metavar="NAME", help="Who signs.")
def sign(*, operator: str) -> None:
    """Sign that every row is settled; the counts of this moment are signed with it."""
    with database(Settings.from_env()) as there:
        found = _read(there.journal)
        entry = signature(found, entry_id=uuid4(), at=now(), operator=operator)
        try:
            there.journal.append(entry, unless_newer=(KINDS, found.position))
        except JournalMoved:
            raise TransactionRefused(
                "row_moved", "Something was recorded meanwhile: look again, then sign."
            ) from None
    counts = ", ".join(f"{count} {state}" for state, count in entry.states)
    click.echo(f"{entry.operator} signs for {entry.rows} rows ({counts}).")
