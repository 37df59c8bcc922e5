"""Messages about doubtful scans, and about bad lines in imported files."""

from collections.abc import Collection
from uuid import UUID

import click

from dashboard.cli.output import counted, english
from dashboard.loans.reason_text import reason_texts
from procedure.circulation.offline_files.offline_format import UnwritableRow


def doubt_sentence(reason: str) -> str:
    """Return the sentence for a key from `Loan.warning` or `UnwritableRow.reason`."""
    return reason_texts(english()).get(reason) or reason.replace("_", " ")


def unwritable_line(row: UnwritableRow) -> str:
    """Return a line about a loan left out of a file, without identifiers."""
    return f"loan {row.loan.id}, row {row.row}: {doubt_sentence(row.reason)}"


def numbered_line(sheet: str, line: int) -> str:
    """Return the number of a line, with the name of its sheet if `sheet` is not empty."""
    return f'sheet "{sheet}", line {line}' if sheet else f"line {line}"


def bad_line(sheet: str, line: int, reason: str) -> str:
    """Return a message about a bad line; line 0 means the whole file."""
    if line:
        return f"{numbered_line(sheet, line)} {reason}"
    return f"the file {reason}" if reason.startswith(("is ", "has ", "contains ")) else reason


def print_to_check(loans: Collection[tuple[UUID, str]]) -> None:
    """Print on standard error the loans that need a decision; `loans` holds their ids and doubts.

    The scanned codes are not printed, because an item that looks like a card may be a card.
    """
    if not loans:
        return
    click.echo(
        f"{counted(len(loans), 'scan')} to check, left out of files until somebody decides "
        "on the Reconciliation page:",
        err=True,
    )
    for loan, reason in loans:
        click.echo(f"  loan {loan}: {doubt_sentence(reason)}", err=True)
