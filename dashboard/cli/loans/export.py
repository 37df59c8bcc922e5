"""`relais loans export`: writes the offline file for the library system."""

import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from dashboard.cli.alma_requests import system_of
from dashboard.cli.instants import format_local
from dashboard.cli.loans.format import print_to_check, unwritable_line
from dashboard.cli.loans.output_file import OutputFile, output_file, write_again
from dashboard.cli.open_database import database_option, open_existing, outage_log
from dashboard.cli.output import counted, with_system_name
from dashboard.cli.reconcile.log import by
from dashboard.settings import Settings
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.transactions import Export
from procedure.errors import HandbookError, TransactionRefused
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook
from procedure.reconciliation.export_plan import ExportedFile, ExportPlan
from procedure.reconciliation.export_times import TimesUnconfirmed, time_check
from procedure.reconciliation.from_cart import CartLoanPolicy, lent_first_at
from procedure.reconciliation.offline_file_export import (
    export_desk,
    find_export,
    plan_export,
    rewritten,
    to_check,
    to_write,
)
from procedure.reconciliation.re_export import export_again
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.systems.library_system import LibrarySystem

LEFT_OUT = 3
_TWICE = "This file covers the repeated hour: times are ambiguous, but the lines are in order."
_TRIAL = (
    "These loans count as exported: load this file into Alma, check them there, "
    "then export the rest."
)
_FROM_CART = (
    "Loans made from the cart: {}. The items' returns are not in Alma, which refuses such a loan "
    "while the item's earlier loan is open. Settle these loans by hand afterwards, or next time "
    "export with --returns-first or --hand-on."
)
_CHECK_TIMES = (
    "Check them against the paper, and check the workstation's clock. If a time is wrong, void "
    "the loan and enter it again. If all are right, export with --yes."
)


@click.command()
@click.option("--desk", metavar="CODE", help="Circulation desk; each has its own file.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="File or folder; by default, the current folder."
)
@click.option("--again", metavar="EXPORT", help="Write an earlier export again, by id or name.")
@click.option("--trial", type=click.IntRange(1), metavar="N", help="Only the first N loans.")
@click.option("--failures", is_flag=True, help="Only the desk's refused loans, as corrected.")
@click.option(
    "--returns-first",
    "from_cart",
    flag_value=CartLoanPolicy.RETURNS_FIRST.value,
    help="Before each loan made from the cart, write the return of its item.",
)
@click.option(
    "--hand-on",
    "from_cart",
    flag_value=CartLoanPolicy.HAND_ON.value,
    help="Leave out loans made from the cart, to enter them in Alma by hand.",
)
@click.option(
    "--yes",
    is_flag=True,
    help="Also write loans from another year or the future, once you have checked them.",
)
@by("Who exports the file; for the journal.", required=False)
@database_option
def export(
    *,
    desk: str | None,
    out: Path | None,
    again: str | None,
    trial: int | None,
    failures: bool,
    from_cart: str | None,
    yes: bool,
    operator: str | None,
) -> None:
    """Write a desk's loans that are not in a file yet, for the library system.

    Loans with a time before the outage's year or in the future are listed, and nothing is written
    without --yes.

    The exit code is 3 if some loans had to be left out of the file; each is listed. Loans that
    somebody must decide on are left out every time, other loans once. If there are no new loans, no
    file is written, and the exit code is 0 unless loans wait for a decision.

    Example: `relais loans export --desk MAIL --out mail.dat`.
    """
    if failures and (desk is None or trial is not None):
        raise click.UsageError("With --failures, give --desk and omit --trial.")
    if again is not None:
        _rewrite(again, out, desk, from_cart)
        return
    settings = Settings.from_env()
    with open_existing(settings) as database:
        log = ReconciliationLog(database.journal.since(kinds=KINDS))
        loans = log.log
        code = _find_desk(settings, loans, desk, trial=trial)
        with _report_unconfirmed_times(), output_file(out) as file:
            times = None if yes else time_check(outage_log(database).newest_period(), utc_now())
            common = _options(settings, from_cart) | {"times": times, "operator": operator}
            if failures:
                done = export_again(database.journal, log, code, **common)
            else:
                done = export_desk(
                    database.journal, loans, code, trial=trial, workstation="shell", **common
                )
            doubtful = done.plan.to_check if code else to_check(loans)
            print_to_check([(row.loan.id, row.reason) for row in doubtful])
            still = Counter[str]() if failures else to_write(loans)
            _write(done, loans, still, file, system_of(settings))
            has_new = bool(done.entries and (done.plan.unwritable or done.handed_on))
            if doubtful or has_new:
                sys.exit(LEFT_OUT)


def _options(settings: Settings, from_cart: str | None) -> dict[str, Any]:
    return {
        "now": utc_now,
        "new_id": new_uuid7,
        "file_format": system_of(settings).offline_file,
        "from_cart": CartLoanPolicy(from_cart or CartLoanPolicy.AS_IT_IS),
    }


@contextmanager
def _report_unconfirmed_times() -> Generator[None]:
    """If loans' times must be confirmed, list these loans without identifiers; exit with code 1."""
    try:
        yield
    except TimesUnconfirmed as refusal:
        click.echo(f"{refusal} Nothing was exported:", err=True)
        for loan in refusal.loans:
            click.echo(f"  loan {loan.id} from {format_local(loan.at)}", err=True)
        click.echo(_CHECK_TIMES, err=True)
        sys.exit(1)


def _find_desk(
    settings: Settings, log: CirculationLog, desk: str | None, *, trial: int | None
) -> str:
    """Return the desk to export: the given desk, else the only desk with loans, else "".

    For a trial, any desk will do. If several desks have loans that can be written, the desk with
    the oldest loan is chosen.
    """
    if desk is not None:
        return _check_desk(settings, log, desk.strip())
    desks = to_write(log)
    if len(desks) > 1 and trial is None:
        raise click.UsageError(
            f"Several desks have loans to export: {_counts(desks)}. Give --desk."
        )
    file_format = system_of(settings).offline_file
    usable = (code for code in desks if plan_export(log, code, file_format=file_format).loans)
    chosen = next(usable, next(iter(desks), ""))
    if len(desks) > 1:
        click.echo(
            f"Several desks have loans to export: {_counts(desks)}. The trial uses {chosen}."
        )
    return chosen


def _check_desk(settings: Settings, log: CirculationLog, desk: str) -> str:
    """Return the desk if it is in the handbook or has loans, or else refuse it."""
    try:
        desks = {*load_handbook(settings.handbook).desks}
    except HandbookError:
        return desk  # a faulty handbook must not prevent an export
    desks |= {row.loan.desk for row in log.rows()}
    if desk not in desks:
        raise TransactionRefused(
            "desk_unknown",
            f'There is no desk "{desk}" in the handbook or among the loans. '
            f"Desks: {', '.join(sorted(desks))}.",
        )
    return desk


def _counts(desks: Counter[str]) -> str:
    return ", ".join(f"{desk} ({count})" for desk, count in sorted(desks.items()))


def _write(
    done: ExportedFile,
    log: CirculationLog,
    still_to_write: Counter[str],
    file: OutputFile,
    system: LibrarySystem,
) -> None:
    if done.export is None:
        del still_to_write[done.plan.desk]
        where = f" at {done.plan.desk}" if done.plan.desk else ""
        click.echo(f"Nothing new to export{where}: no file was written.")
        if still_to_write:
            click.echo(f"Loans still to export: {_counts(still_to_write)}.", err=True)
    else:
        _write_new(done.plan, done.export, file, ends_earlier_loan=system.ends_earlier_loan)
        first = lent_first_at(log, done.plan.returns, done.plan.desk)
        if first:
            click.echo(
                f"Before this file, upload those from {', '.join(first)}, if you have not yet.",
                err=True,
            )
    if done.plan.unwritable or done.handed_on:
        click.echo(with_system_name("Left out, to be entered in Alma by hand:"), err=True)
        for row in done.plan.unwritable:
            click.echo(f"  {unwritable_line(row)}", err=True)
        for handed_on in done.handed_on:
            click.echo(f"  loan {handed_on.loan}: lent again from the cart", err=True)


def _write_new(
    plan: ExportPlan, made: Export, file: OutputFile, *, ends_earlier_loan: bool
) -> None:
    path = file.write(plan.rendered.content, made)
    click.echo(f"{counted(len(plan.loans), 'loan')} from {plan.desk} written to {path}")
    click.echo(f"export {made.id}")
    if plan.returns:
        click.echo(
            "Returns from the cart, each written before the loan that followed: "
            f"{len(plan.returns)}."
        )
    elif plan.from_cart and not plan.handed_on and not ends_earlier_loan:
        click.echo(with_system_name(_FROM_CART.format(len(plan.from_cart))), err=True)
    if plan.trial:
        click.echo(with_system_name(_TRIAL), err=True)
    if plan.rendered.hour_twice:
        click.echo(_TWICE, err=True)


def _rewrite(name: str, out: Path | None, desk: str | None, from_cart: str | None) -> None:
    if desk is not None:
        raise click.UsageError("Give --desk for a new file, or --again for an earlier one.")
    if from_cart is not None:
        raise click.UsageError(
            "An earlier file is written as it was: omit --returns-first and --hand-on."
        )
    with open_existing() as database:
        log = CirculationLog(database.journal.since(kinds=KINDS))
    earlier = find_export(log.exports, name)
    path, written = write_again(out, rewritten(log, earlier), earlier)
    how = "written again to" if written else "are already, byte for byte, in"
    click.echo(f"{counted(len(earlier.loans), 'loan')} from {earlier.desk} {how} {path}")
    for loan in earlier.loans:
        if (row := log.row(loan)) and row.void is not None:
            click.echo(
                with_system_name(f"loan {loan} has since been voided: return its item in Alma"),
                err=True,
            )
