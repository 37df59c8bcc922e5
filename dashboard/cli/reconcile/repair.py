"""`relais reconcile candidates | confirm | correct | lend | hand-on | resolve`: single rows.

A loan is made through the API only with `--yes`, and never a second time while the outcome of the
first is unknown.
"""

from __future__ import annotations

import sys

import click

from dashboard.cli.alma import act_in_alma, library_of, system_of
from dashboard.cli.database import database_option
from dashboard.cli.desk_code import scan_rules
from dashboard.cli.exit_codes import NEEDS_A_PERSON
from dashboard.cli.instants import format_local
from dashboard.cli.loans.format import json_line
from dashboard.cli.reconcile.confirm import send_confirmed
from dashboard.cli.reconcile.format import print_scans_to_check
from dashboard.cli.reconcile.log import by, find_row, open_log
from dashboard.settings import Settings
from procedure.io.alma.create_loan import create_loan, settle
from procedure.io.clock import utc_now
from procedure.io.uuid7 import new_uuid7
from procedure.reconciliation.alma_records import BARCODE_TYPES, UserFacts
from procedure.reconciliation.corrections import confirm_scan, correct_loan, resolve_loan, set_aside
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.reconciliation.reconciliation_log import ReconciliationLog

_ID = click.argument("loan", metavar="ID")
_BY = by("Who does it.")


@click.command()
@_ID
@click.option("--json", "as_json", is_flag=True, help="One JSON object an identifier.")
@database_option
def candidates(*, loan: str, as_json: bool) -> None:
    """Ask Alma for the identifiers of the user of a row, and number those that a file may use.

    This shows a user's identifiers: keep it off a screen that others see.
    """
    with open_log() as (database, log):
        row = find_row(log, loan)
        seen = act_in_alma(Settings.from_env(), lambda api: api.user(row.corrected.patron))
        database.journal.append(seen)
    if seen.user is None:
        where = "the network zone has it" if seen.elsewhere else "it was looked for by any of them"
        click.echo(f"Alma knows nobody by this identifier ({where}).", err=True)
        sys.exit(NEEDS_A_PERSON)
    for number, (kind, identifier) in enumerate(_usable(seen.user, row), start=1):
        values = {"number": number, "type": kind, "identifier": identifier}
        line = f"{number}  {kind:<10}  {identifier}"
        click.echo(json_line(values) if as_json else line)


def _usable(user: UserFacts, row: ReconciledLoan) -> list[tuple[str, str]]:
    """Return the identifiers of an account that an offline file may hold, without the present one.

    Each is a pair of its type and its value.
    """
    listed = [identifier for identifier in user.identifiers if identifier[0] in BARCODE_TYPES]
    listed.append(("primary id", user.primary_id))
    return [identifier for identifier in listed if identifier[1] != row.corrected.patron]


@click.command()
@_ID
@click.option("--item", default="", metavar="BARCODE", help="The barcode as it should be.")
@click.option("--patron", default="", metavar="IDENTIFIER", help="The user, as on the card.")
@click.option(
    "--candidate", type=click.IntRange(1), metavar="N", help="The user, as candidates numbers it."
)
@_BY
@database_option
def correct(*, loan: str, item: str, patron: str, candidate: int | None, operator: str) -> None:
    """Put a barcode or an identifier right; what was scanned is kept in the journal.

    The next file, or a loan through the API, uses it. A scan to check is decided by it, unless
    what is given is doubtful itself.
    """
    settings = Settings.from_env()
    # An identifier from Alma is not checked against the shapes of the handbook.
    rules = None if candidate is not None and not item else scan_rules(settings)
    with open_log() as (database, log):
        row = find_row(log, loan)
        entry = correct_loan(
            *(log, row.loan.id),
            patron=patron if candidate is None else _candidate(log, row, candidate),
            item=item,
            entry_id=new_uuid7(),
            at=utc_now(),
            operator=operator,
            rules=rules,
        )
        log.extend(database.journal.append(entry))
    click.echo(f"Loan {row.loan.id} is corrected; what was scanned is kept.")
    print_scans_to_check([find_row(log, str(row.loan.id))])


@click.command()
@click.argument("loans", metavar="ID...", nargs=-1, required=True)
@_BY
@database_option
def confirm(*, loans: tuple[str, ...], operator: str) -> None:
    """Decide that doubtful scans are right as they are: the loans go into the next file.

    `relais reconcile status` lists the scans to check. With one that cannot be decided, none is.
    """
    with open_log() as (database, log):
        ids = dict.fromkeys(find_row(log, loan).loan.id for loan in loans)
        entries = [
            confirm_scan(log, loan, entry_id=new_uuid7(), at=utc_now(), operator=operator)
            for loan in ids
        ]
        database.journal.append(*entries)
    for loan in ids:
        click.echo(f"Loan {loan} is right as it was scanned; the next file takes it.")


def _candidate(log: ReconciliationLog, row: ReconciledLoan, number: int) -> str:
    seen = log.users.get(row.corrected.patron)
    listed = [] if seen is None or seen.user is None else _usable(seen.user, row)
    if number > len(listed):
        raise click.BadParameter(
            "there is no such candidate; list them with: relais reconcile candidates ID",
            param_hint="--candidate",
        )
    return listed[number - 1][1]


@click.command()
@_ID
@click.option("--yes", is_flag=True, help="Make the loan; without it nothing is sent.")
@click.option("--library", metavar="CODE", help="Of the desk; from the handbook, if not given.")
@_BY
@database_option
def lend(*, loan: str, yes: bool, library: str | None, operator: str) -> None:
    """Make one refused loan through Alma's API. Alma dates it now, whatever was recorded.

    A row that was sent before, and of which nobody knows what became, is looked up and not sent.
    """
    settings = Settings.from_env()
    with open_log() as (database, log):
        row = find_row(log, loan)
        send_confirmed(
            settings,
            send=lambda api: create_loan(
                *(api, database.journal, row.loan.id),
                library=library_of(settings, row.loan.desk, library),
                workstation="shell",
                operator=operator,
            ),
            settle=lambda api: settle(api, database.journal, row.loan.id),
            sent_before=row.history.open_intent is not None,
            preview=None
            if yes
            else f"Item {row.corrected.item} at {row.loan.desk}: Alma would date this loan now, "
            f"not {format_local(row.loan.at)}. To make it, add --yes.",
            describe=lambda answer: (
                f"The loan is in Alma, dated when it was made, due {format_local(answer.due)}."
            ),
        )


@click.command(name="hand-on")
@_ID
@click.option("--note", required=True, help="What is known, and for whom, in a few words.")
@_BY
@database_option
def hand_on(*, loan: str, note: str, operator: str) -> None:
    """Hand a row on with a note: it goes into no file, and stays until somebody settles it."""
    with open_log() as (database, log):
        row = find_row(log, loan)
        entry = set_aside(
            log, row.loan.id, note, entry_id=new_uuid7(), at=utc_now(), operator=operator
        )
        database.journal.append(entry)
    click.echo(f"Loan {row.loan.id} is handed on.")


@click.command()
@_ID
@click.option("--how", required=True, help="What was done about it, in a few words.")
@by("Who settles it.")
@database_option
def resolve(*, loan: str, how: str, operator: str) -> None:
    """Settle a row by hand: it leaves the list with a reason and a name."""
    with open_log() as (database, log):
        row = find_row(log, loan)
        entry = resolve_loan(
            *(log, row.loan.id, how),
            entry_id=new_uuid7(),
            at=utc_now(),
            operator=operator,
            file_format=system_of(Settings.from_env()).offline_file,
        )
        database.journal.append(entry)
    click.echo(f"Loan {row.loan.id} is settled.")
