"""`relais loans list` and `relais loans summary`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from dashboard.cli.instants import format_local, format_utc
from dashboard.cli.open_database import database_option
from dashboard.cli.output import Row, json_line, with_system_name, write_file
from dashboard.cli.reconcile.log import open_log, print_counts
from procedure import frames
from procedure.circulation.loan_row import LoanState
from procedure.local_time import local
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState
from procedure.reconciliation.stage_counts import count_stages, count_stages_by

COLUMNS = "{:<16}  {:<8}  {:<16}  {:<18}  {:<8}  {}"
KEYS = (
    "id",
    "at",
    "local",
    "desk",
    "patron",
    "item",
    "state",
    "late",
    "warning",
    "workstation",
    "operator",
    "export",
    "reason",
    "repeats",
    "stage",
)
# The states that a listed loan may have: those in the log, and those in the reconciliation.
STATES = tuple(dict.fromkeys([*LoanState, *ReconciliationState]))
SUMMARY = (
    "{day:<10}  {desk:<8}  {loans:>6}  {voids:>5}  {patrons:>7}  {items:>6}  "
    "{first:<5}  {last:<5}  {exported}"
)


@click.command(name="list")
@click.option("--desk", metavar="CODE", help="Only this desk.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Only this local day.")
@click.option("--patron", help="Only this patron.")
@click.option("--item", help="Only this item.")
@click.option(
    "--state", type=click.Choice([str(state) for state in STATES]), help="Only loans in this state."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@database_option
def list_(
    *,
    desk: str | None,
    day: datetime | None,
    patron: str | None,
    item: str | None,
    state: str | None,
    as_json: bool,
) -> None:
    """List the loans in chronological order, as corrected, with their states.

    Example: `relais loans list --desk MAIL --day 2026-11-24`.
    """
    with open_log() as (_, log):
        known = log.log.rows(desk=desk, day=None if day is None else day.date())
        reconciled = [log.row(row.loan.id) for row in known]
    if not as_json:
        click.echo(COLUMNS.format("time", "desk", "user", "item", "state", "").rstrip())
    listed = zip(frames.records(frames.loans(known, identifiers=True)), reconciled, strict=True)
    for scanned, loan in listed:
        row = _as_reconciled(scanned, loan)
        is_wanted = (
            patron in (None, scanned["patron"], row["patron"])
            and item in (None, scanned["item"], row["item"])
            and state in (None, scanned["state"], row["state"])
        )
        if is_wanted:
            click.echo(json_line(_loan_object(row)) if as_json else _loan_line(row))


def _as_reconciled(scanned: Mapping[str, object], loan: ReconciledLoan | None) -> dict[str, object]:
    """Return a row as corrected, with its state and stage.

    For a double scan, `loan` and the stage are None.
    """
    if loan is None:
        return {**scanned, "stage": None}
    return {
        **scanned,
        "patron": loan.corrected.patron,
        "item": loan.corrected.item,
        "state": str(loan.shown_state),
        "stage": str(loan.stage),
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per day and desk.")
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Write the counts to this CSV file."
)
@database_option
def summary(*, as_json: bool, csv_file: Path | None) -> None:
    """Count the loans by day and desk; `loans` excludes voided loans, which are counted in `voids`.

    With --json, each row also has the number of loans at each stage of the reconciliation.

    Example: `relais loans summary --csv loans.csv`.
    """
    with open_log() as (_, log):
        table, stages = frames.summarized(log.log.rows()), log.table()
    counted = count_stages_by(stages, "desk", "day")
    if csv_file is not None:
        # Spreadsheets need the byte order mark to recognise UTF-8.
        write_file(csv_file, frames.loan_summary_csv(table).encode("utf-8-sig"))
    if csv_file is None and not as_json:
        click.echo(SUMMARY.format_map({name: name for name in table.columns}))
    for row in frames.records(table):
        if as_json:
            counts = counted[row["desk"], row["day"]]
            click.echo(json_line(_summary_object(row) | asdict(counts)))
        elif csv_file is None:
            click.echo(_summary_line(row))
    print_counts(count_stages(stages), len(log.log.pending()))


def _loan_object(row: Row) -> Row:
    """Return a row for JSON; `at` is in UTC, `local` in the library's time zone."""
    values = row | {
        "at": format_utc(row["at"]),
        "local": _isoformat(local(row["at"])),
        "export": row["export_id"],
        "reason": row["void_reason"],
    }
    return {name: values[name] for name in KEYS}


def _loan_line(row: Row) -> str:
    is_void = row["voided_at"] is not None and row["export_id"] is not None
    remark = with_system_name("voided after export: undo the loan in Alma") if is_void else ""
    cells = (row[name] for name in ("desk", "patron", "item", "state"))
    return COLUMNS.format(format_local(row["at"]), *cells, remark).rstrip()


def _summary_object(row: Row) -> Row:
    """Return a row for JSON; `first` and `last` are local times with an offset."""
    return {
        **row,
        "day": f"{row['day']:%Y-%m-%d}",
        "first": _isoformat(row["first"] and local(row["first"])),
        "last": _isoformat(row["last"] and local(row["last"])),
    }


def _summary_line(row: Row) -> str:
    times = {
        name: "-" if row[name] is None else f"{local(row[name]):%H:%M}"
        for name in ("first", "last")
    }
    exported = "yes" if row["exported"] else "no"
    return SUMMARY.format_map(row | times | {"day": f"{row['day']:%Y-%m-%d}", "exported": exported})


def _isoformat(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
