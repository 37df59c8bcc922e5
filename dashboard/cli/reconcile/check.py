"""`relais reconcile status` and `verify`: show and verify the state of each row."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from dashboard.cli.alma_requests import forecasts, query_alma
from dashboard.cli.loans.format import bad_line
from dashboard.cli.open_database import database_option
from dashboard.cli.output import counted, counted_progress
from dashboard.cli.reconcile.log import (
    DESK,
    JSON,
    NEEDS_A_PERSON,
    STOPPED,
    open_log,
    print_cart_counts,
    print_counts,
    print_rows,
    print_scans_to_check,
)
from dashboard.settings import Settings
from procedure.io.alma.verify import verify as verify_in_alma
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.database.database import Database
from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.reconciled_loan import SETTLED, ReconciledLoan, ReconciliationState
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.sign_off import current_counts
from procedure.reconciliation.verification import read_loan_list, verifications_by_list

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)
_LEFT = (ReconciliationState.VOID, ReconciliationState.SETTLED_BY_HAND)


def _of_desk(rows: Sequence[ReconciledLoan], desk: str | None) -> list[ReconciledLoan]:
    return [row for row in rows if desk in (None, row.loan.desk)]


@click.command()
@DESK
@click.option("--loans", "file", type=_FILE, help="CSV or XLSX list of all active loans.")
@click.option("--again", is_flag=True, help="Also look up loans that were found before.")
@JSON
@database_option
def verify(*, desk: str | None, file: Path | None, again: bool, as_json: bool) -> None:
    """Check which loans are in the library system, row by row.

    This uses the system's API, or a list of all active loans.

    Example: `relais reconcile verify --loans loans.csv`.
    """
    settings = Settings.from_env()
    stopped = False
    with open_log() as (database, log):
        every = _of_desk(log.rows(), desk)
        _warn_not_uploaded(every)
        rows = [row for row in every if _is_to_verify(row, again=again)]
        if file is None:
            with counted_progress("Asking Alma") as on_progress:
                options = {"on_progress": on_progress}
                stopped = query_alma(
                    settings, lambda api: verify_in_alma(api, database.journal, rows, **options)
                )
        else:
            _verify_by_list(database, log, rows, file)
        log.extend(database.journal.since(log.position, kinds=KINDS))
        updated = _of_desk(log.rows(), desk)
        print_scans_to_check(updated)
        print_rows(updated, forecasts(settings, log), as_json=as_json)
    print_counts(current_counts(log), len(log.log.pending()))
    sys.exit(STOPPED if stopped else _exit_code(updated))


def _is_to_verify(row: ReconciledLoan, *, again: bool) -> bool:
    sent = row.uploaded is not None and row.state not in _LEFT and not row.is_purged
    return sent and (again or not row.is_verified)


def _warn_not_uploaded(rows: Sequence[ReconciledLoan]) -> None:
    count = sum(row.state is ReconciliationState.EXPORTED for row in rows)
    if count:
        click.echo(
            f"Not verified, because their file is not marked as uploaded: {counted(count, 'row')}. "
            "Import its report, or run `relais reconcile uploaded`.",
            err=True,
        )


def _verify_by_list(
    database: Database, log: ReconciliationLog, rows: Sequence[ReconciledLoan], file: Path
) -> None:
    with click.open_file(str(file), "rb") as content:
        loans, bad = read_loan_list(content.read())
    for line in bad:
        click.echo(bad_line(line.sheet, line.line, line.reason), err=True)
    if not loans:
        # With an empty list, all loans would count as missing.
        raise click.UsageError("The list has no loans: nothing was verified.")
    entries = verifications_by_list(rows, loans, log.patrons, now=utc_now(), new_id=new_uuid7)
    database.journal.append(*entries)


@click.command()
@DESK
@JSON
@database_option
def status(*, desk: str | None, as_json: bool) -> None:
    """Show the state of each row, without sending requests to the library system.

    Example: `relais reconcile status --desk MAIL`.
    """
    with open_log() as (_, log):
        rows = _of_desk(log.rows(), desk)
    print_scans_to_check(rows)
    print_rows(rows, forecasts(Settings.from_env(), log), as_json=as_json)
    print_counts(current_counts(log), len(log.log.pending()))
    print_cart_counts(cart_counts(log))
    sys.exit(_exit_code(rows))


def _exit_code(rows: Sequence[ReconciledLoan]) -> int:
    return 0 if all(row.state in SETTLED for row in rows) else NEEDS_A_PERSON
