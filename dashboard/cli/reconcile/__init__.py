"""`relais reconcile`: the way back into Alma, from a shell.

Exit codes: 0 nothing needs a person; 1 refused, with a sentence; 2 a wrong option; 3 done, and rows
need a person; 4 stopped before the end, what was learnt is kept: run it again to go on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid5

import click

from dashboard.cli.alma import ask_alma, database, now, predictions
from dashboard.cli.exit_codes import NEEDS_A_PERSON, STOPPED
from dashboard.cli.instants import Instant
from dashboard.cli.loans.format import bad_line
from dashboard.cli.reconcile.carts import cart, resolve_return, scan_in
from dashboard.cli.reconcile.format import (
    show,
    tell_carts,
    tell_progress,
    tell_scans_to_check,
    tell_tally,
)
from dashboard.cli.reconcile.repair import candidates, confirm, correct, hand_on, lend, row_meant
from dashboard.cli.reconcile.sign_off import extensions, sign, summary
from dashboard.settings import Settings
from procedure.io.alma.lookup import look_up
from procedure.io.alma.verify import prove
from procedure.io.database.database import Database
from procedure.io.uuid7 import new_uuid7
from procedure.reconciliation.alma_loan_list import read_loan_list
from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.corrections import mark_uploaded
from procedure.reconciliation.corrections import resolve_loan as settle_by_hand
from procedure.reconciliation.entries import JobReportRecorded, LoanVerified
from procedure.reconciliation.export import find_export
from procedure.reconciliation.job_report import match_report, read_job_report
from procedure.reconciliation.log import KINDS, ReconciliationLog
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState
from procedure.reconciliation.verification import verify_against_list

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
_DESK = click.option("--desk", metavar="CODE", help="Only this desk.")
_BY = click.option("--by", "operator", metavar="NAME", help="Who says so.")


@click.group()
def reconcile() -> None:
    """Every loan into Alma, or on a list with its reason."""


for _one in (
    *(candidates, cart, confirm, correct, extensions, hand_on, lend),
    *(resolve_return, scan_in, sign, summary),
):
    reconcile.add_command(_one)


@reconcile.command()
@_DESK
@click.option(
    "--max-age",
    type=click.IntRange(0),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="Ask again what was asked longer ago.",
)
@_JSON
def preflight(*, desk: str | None, max_age: int, as_json: bool) -> None:
    """Predict what Alma will say of each row that is not in Alma yet."""
    settings = Settings.from_env()
    with database(settings) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        rows = [row for row in found.in_upload_order() if row.state in _TO_UPLOAD]
        loans = [row.corrected for row in rows if desk in (None, row.loan.desk)]
        since = now() - timedelta(minutes=max_age)
        stopped = ask_alma(
            settings,
            lambda api: look_up(api, there.journal, found, loans, since=since, tell=tell_progress),
        )
        found.extend(there.journal.since(found.position, kinds=KINDS))
        shown = [row for row in found.in_upload_order() if row.state in _TO_UPLOAD]
        predicted = predictions(settings, found)
        shown = [row for row in shown if desk in (None, row.loan.desk)]
        tell_scans_to_check(row for row in found.rows() if desk in (None, row.loan.desk))
        show(shown, predicted, as_json=as_json)
    amiss = any(predicted[row.loan.id].kind not in _EASY for row in shown)
    sys.exit(STOPPED if stopped else NEEDS_A_PERSON if amiss else 0)


_TO_UPLOAD = (ReconciliationState.RECORDED, ReconciliationState.EXPORTED)
_EASY = ("ok", "renewal")


@reconcile.command()
@click.argument("file", type=_FILE)
@click.option("--export", "export", required=True, help="The file that was uploaded, name or id.")
@_BY
@_JSON
def report(*, file: Path, export: str, operator: str | None, as_json: bool) -> None:
    """Take in Alma's report of an upload, as text; FILE may be - for standard input."""
    settings = Settings.from_env()
    with click.open_file(str(file), encoding="utf-8", errors="replace") as content:
        text = content.read()
    with database(settings) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        sent = find_export(found.log.exports, export)
        read = read_job_report(text)
        placed = match_report(read, found.as_sent(sent))
        # The same report taken twice is the same entry.
        entry = JobReportRecorded(
            *(uuid5(sent.id, text), now(), sent.id, placed.refused),
            *(read.succeeded, read.failed, placed.unplaced),
            operator=operator,
            returns=placed.returns,
        )
        found.extend(there.journal.append(entry))
        show(found.rows_of(sent), predictions(settings, found), as_json=as_json)
    for sentence in placed.missing:
        click.echo(sentence, err=True)
    sys.exit(NEEDS_A_PERSON if placed.refused or placed.missing else 0)


@reconcile.command()
@click.argument("export")
@click.option("--at", type=Instant(), help="When; now if not given.")
@_BY
def uploaded(*, export: str, at: datetime | None, operator: str | None) -> None:
    """Say that a file was uploaded to Alma, where there is no report to take in."""
    with database(Settings.from_env()) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        sent = find_export(found.log.exports, export)
        entry = mark_uploaded(sent, entry_id=new_uuid7(), at=at or now(), operator=operator)
        there.journal.append(entry)
    click.echo(f"{sent.name} is uploaded.")


@reconcile.command()
@_DESK
@click.option("--loans", "file", type=_FILE, help="CSV or XLSX list of all active loans of Alma.")
@click.option("--again", is_flag=True, help="Prove anew what is proved already.")
@_JSON
def verify(*, desk: str | None, file: Path | None, again: bool, as_json: bool) -> None:
    """Prove row by row what is in Alma, through the API or from a list of loans."""
    settings = Settings.from_env()
    stopped = False
    with database(settings) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        every = [row for row in found.rows() if desk in (None, row.loan.desk)]
        _tell_not_uploaded(every)
        rows = [row for row in every if _to_prove(row, again=again)]
        if file is None:
            stopped = ask_alma(
                settings, lambda api: prove(api, there.journal, rows, tell=tell_progress)
            )
        else:
            _prove_by_list(there, found, rows, file)
        found.extend(there.journal.since(found.position, kinds=KINDS))
        shown = [row for row in found.rows() if desk in (None, row.loan.desk)]
        tell_scans_to_check(shown)
        show(shown, predictions(settings, found), as_json=as_json)
    tell_tally(found.tally())
    sys.exit(STOPPED if stopped else _exit_code(shown))


def _to_prove(row: ReconciledLoan, *, again: bool) -> bool:
    if row.uploaded is None or row.state in (
        ReconciliationState.VOID,
        ReconciliationState.RESOLVED,
    ):
        return False
    return again or not row.is_verified


def _tell_not_uploaded(rows: Sequence[ReconciledLoan]) -> None:
    left = sum(row.state is ReconciliationState.EXPORTED for row in rows)
    if left:
        click.echo(
            f"{left} rows are in a file that nobody has called uploaded, and are not verified: "
            "take in its report, or say `relais reconcile uploaded`.",
            err=True,
        )


def _prove_by_list(
    there: Database, found: ReconciliationLog, rows: Sequence[ReconciledLoan], file: Path
) -> None:
    with click.open_file(str(file), "rb") as content:
        loans, bad = read_loan_list(content.read())
    for one in bad:
        click.echo(bad_line(one.line, one.reason), err=True)
    if not loans:
        # An empty list would call every loan missing.
        raise click.UsageError("The list names no loan: nothing was verified.")
    users = {key: seen.user for key, seen in found.users.items() if seen.user is not None}
    verdicts = verify_against_list([row.corrected for row in rows], loans, users, now=now())
    entries = [
        LoanVerified(new_uuid7(), now(), row.loan.id, one.found, one.reason, one.due, source="list")
        for row, one in zip(rows, verdicts, strict=True)
    ]
    there.journal.append(*entries)


@reconcile.command()
@_DESK
@_JSON
def status(*, desk: str | None, as_json: bool) -> None:
    """Tell how far every row has come; asks nobody."""
    settings = Settings.from_env()
    with database(settings) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
    rows = [row for row in found.rows() if desk in (None, row.loan.desk)]
    tell_scans_to_check(rows)
    show(rows, predictions(settings, found), as_json=as_json)
    tell_tally(found.tally())
    tell_carts(cart_counts(found))
    sys.exit(_exit_code(rows))


@reconcile.command()
@click.argument("loan", metavar="ID")
@click.option("--how", required=True, help="What was done about it, in a few words.")
@click.option("--by", "operator", required=True, metavar="NAME", help="Who settles it.")
def resolve(*, loan: str, how: str, operator: str) -> None:
    """Settle a row by hand: it leaves the list with a reason and a name."""
    settings = Settings.from_env()
    with database(settings) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        chosen = row_meant(found, loan).loan.id
        entry = settle_by_hand(
            *(found, chosen, how),
            entry_id=new_uuid7(),
            at=now(),
            operator=operator,
            layout=settings.offline_layout,
        )
        there.journal.append(entry)
    click.echo(f"Loan {chosen} is settled.")


def _exit_code(rows: Sequence[ReconciledLoan]) -> int:
    settled = (
        ReconciliationState.CONFIRMED,
        ReconciliationState.RESOLVED,
        ReconciliationState.VOID,
    )
    return 0 if all(row.state in settled for row in rows) else NEEDS_A_PERSON
