"""`relais reconcile candidates | confirm | correct | lend | hand-on`: one row after the other.

A loan is made through the API only with `--yes`, and never a second time while it is not known
what became of the first.
"""

from __future__ import annotations

import sys

import click

from dashboard.cli.alma import act_in_alma, database, library_of, now
from dashboard.cli.desk_code import scan_rules
from dashboard.cli.exit_codes import NEEDS_A_PERSON
from dashboard.cli.instants import shown
from dashboard.cli.loans.format import json_line
from dashboard.cli.reconcile.confirm import send_confirmed
from dashboard.cli.reconcile.format import tell_scans_to_check
from dashboard.cli.row_id import find_by_prefix
from dashboard.settings import Settings
from procedure.io.alma.create_loan import lend_by_api, settle
from procedure.io.uuid7 import new_uuid7
from procedure.reconciliation.alma_records import BARCODE_TYPES, UserFacts
from procedure.reconciliation.corrections import confirm_scan as find_right
from procedure.reconciliation.corrections import correct_loan as put_right
from procedure.reconciliation.corrections import set_aside as hand_over
from procedure.reconciliation.log import KINDS, ReconciliationLog
from procedure.reconciliation.row_state import ReconciledLoan

_ID = click.argument("loan", metavar="ID")
_BY = click.option("--by", "operator", required=True, metavar="NAME", help="Who does it.")


def row_meant(found: ReconciliationLog, loan: str) -> ReconciledLoan:
    """Return the row that an id, or a part of one, means."""
    row = found.row(find_by_prefix(loan, (one.loan.id for one in found.rows()), what="loan"))
    assert row is not None
    return row


@click.command()
@_ID
@click.option("--json", "as_json", is_flag=True, help="One JSON object an identifier.")
def candidates(*, loan: str, as_json: bool) -> None:
    """Ask Alma for the identifiers of the user of a row, and number those that a file may use.

    This shows a user's identifiers: keep it off a screen that others see.
    """
    settings = Settings.from_env()
    with database(settings) as there:
        row = row_meant(ReconciliationLog(there.journal.since(kinds=KINDS)), loan)
        seen = act_in_alma(settings, lambda api: api.user(row.corrected.patron))
        there.journal.append(seen)
    if seen.user is None:
        where = "the network zone has it" if seen.elsewhere else "it was looked for by any of them"
        click.echo(f"Alma knows nobody by this identifier ({where}).", err=True)
        sys.exit(NEEDS_A_PERSON)
    for number, (kind, identifier) in enumerate(_usable(seen.user, row), start=1):
        told = {"number": number, "type": kind, "identifier": identifier}
        line = "{number}  {type:<10}  {identifier}".format(**told)
        click.echo(json_line(told) if as_json else line)


def _usable(user: UserFacts, row: ReconciledLoan) -> list[tuple[str, str]]:
    """List the identifiers of an account that an offline file may hold, but for the present one."""
    listed = [one for one in user.identifiers if one[0] in BARCODE_TYPES]
    listed.append(("primary id", user.primary_id))
    return [one for one in listed if one[1] != row.corrected.patron]


@click.command()
@_ID
@click.option("--item", default="", metavar="BARCODE", help="The barcode as it should be.")
@click.option("--patron", default="", metavar="IDENTIFIER", help="The user, as on the card.")
@click.option(
    "--candidate", type=click.IntRange(1), metavar="N", help="The user, as candidates numbers it."
)
@_BY
def correct(*, loan: str, item: str, patron: str, candidate: int | None, operator: str) -> None:
    """Put a barcode or an identifier right; what was scanned is kept in the journal.

    The next file, or a loan through the API, uses it. A scan to check is decided by it, unless
    what is given is doubtful itself.
    """
    settings = Settings.from_env()
    # What Alma lists needs no shape.
    rules = None if candidate is not None and not item else scan_rules(settings)
    with database(settings) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        row = row_meant(found, loan)
        patron = patron if candidate is None else _chosen(found, row, candidate)
        entry = put_right(
            *(found, row.loan.id),
            patron=patron,
            item=item,
            entry_id=new_uuid7(),
            at=now(),
            operator=operator,
            rules=rules,
        )
        found.extend(there.journal.append(entry))
    click.echo(f"Loan {row.loan.id} is corrected; what was scanned is kept.")
    tell_scans_to_check(one for one in [found.row(row.loan.id)] if one is not None)


@click.command()
@click.argument("loans", metavar="ID...", nargs=-1, required=True)
@_BY
def confirm(*, loans: tuple[str, ...], operator: str) -> None:
    """Decide that doubtful scans are right as they are: the loans go into the next file.

    `relais reconcile status` lists the scans to check. With one that cannot be decided, none is.
    """
    with database(Settings.from_env()) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        meant = dict.fromkeys(row_meant(found, one).loan.id for one in loans)
        entries = [
            find_right(found, loan, entry_id=new_uuid7(), at=now(), operator=operator)
            for loan in meant
        ]
        there.journal.append(*entries)
    for loan in meant:
        click.echo(f"Loan {loan} is right as it was scanned; the next file takes it.")


def _chosen(found: ReconciliationLog, row: ReconciledLoan, number: int) -> str:
    seen = found.users.get(row.corrected.patron)
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
def lend(*, loan: str, yes: bool, library: str | None, operator: str) -> None:
    """Make one refused loan through Alma's API. Alma dates it now, whatever was recorded.

    A row that was sent before, and of which nobody knows what became, is looked up and not sent.
    """
    settings = Settings.from_env()
    with database(settings) as there:
        row = row_meant(ReconciliationLog(there.journal.since(kinds=KINDS)), loan)
        send_confirmed(
            settings,
            send=lambda api: lend_by_api(
                *(api, there.journal, row.loan.id),
                library=library_of(settings, row.loan.desk, library),
                workstation="shell",
                operator=operator,
            ),
            look=lambda api: settle(api, there.journal, row.loan.id),
            sent_before=row.trail.open_intent is not None,
            would=None
            if yes
            else f"Item {row.corrected.item} at {row.loan.desk}: Alma would date this loan now, "
            f"not {shown(row.loan.at)}. To make it, add --yes.",
            made=lambda answer: (
                f"The loan is in Alma, dated when it was made, due {shown(answer.due)}."
            ),
        )


@click.command(name="hand-on")
@_ID
@click.option("--note", required=True, help="What is known, and for whom, in a few words.")
@_BY
def hand_on(*, loan: str, note: str, operator: str) -> None:
    """Hand a row on with a note: it goes into no file, and stays until somebody settles it."""
    with database(Settings.from_env()) as there:
        found = ReconciliationLog(there.journal.since(kinds=KINDS))
        row = row_meant(found, loan)
        entry = hand_over(
            found, row.loan.id, note, entry_id=new_uuid7(), at=now(), operator=operator
        )
        there.journal.append(entry)
    click.echo(f"Loan {row.loan.id} is handed on.")
