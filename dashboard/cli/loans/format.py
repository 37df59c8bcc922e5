"""Doubts and bad lines as text, and objects as JSON, one a line."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import click

from dashboard.cli.output import named
from procedure.circulation.offline_files.offline_format import UnwritableRow

_DOUBTS: Mapping[str, str] = {
    "item_too_long": "the item barcode is too long for Alma's offline file",
    "item_not_ascii": "the item barcode is not plain ASCII",
    "patron_too_long": "the user identifier is too long for Alma's offline file",
    "patron_not_ascii": "the user identifier is not plain ASCII",
    "item_not_printable": "the item barcode has a character that cannot be seen, such as a tab",
    "patron_not_printable": "the user identifier has a character that cannot be seen",
    "no_offline_file": "Relais knows no offline file of Alma: enter the loan there",
}
# What is doubtful about a scan, for the person who decides.
_QUESTIONS: Mapping[str, str] = {
    "unknown_card": "the user's number has the shape of no known card",
    "matriculation": "the user is given by the matriculation number, not by the card's",
    "looks_like_item": "the user's number looks like an item",
    "looks_like_patron": "the item looks like a card",
    "other_patron": "another user borrowed the item on the same day",
    "isbn": "the item is given by its ISBN, not by the library's barcode",
    "address": "the item is an address of the web, not a barcode",
    "small_letters": "the barcode has small letters",
    "on_cart": "the item lay on a cart",
    "swapped": "card and item seem to be swapped",
    "glued": "two scans seem to have run together",
    "partial": "the scan seems to be cut off",
}


def doubt_sentence(reason: str) -> str:
    """Return the meaning of a key of `UnwritableRow.reason` or of a doubt."""
    return named(_DOUBTS.get(reason, reason.replace("_", " ")))


def question_sentence(reason: str) -> str:
    """Return the meaning of a key of `Loan.warning`."""
    return _QUESTIONS.get(reason) or doubt_sentence(reason)


def unwritable_line(row: UnwritableRow) -> str:
    """Return the line about a loan left out of a file; it holds no identifier."""
    return f"loan {row.loan.id}, row {row.row}: {doubt_sentence(row.reason)}"


def bad_line(line: int, reason: str) -> str:
    """Return the message about a line of a file; line 0 is the whole file."""
    if line:
        return f"line {line} {reason}"
    return f"the file {reason}" if reason.startswith(("is ", "has ")) else reason


def print_to_check(loans: Collection[tuple[UUID, str]]) -> None:
    """Print on standard error the loans that wait for a decision, given as id and doubt.

    No scan is printed: an item that looks like a card may be one.
    """
    if not loans:
        return
    count = "1 scan" if len(loans) == 1 else f"{len(loans)} scans"
    click.echo(
        f"{count} to check, in no file until somebody decides "
        "(on the page Reconciliation, or relais reconcile resolve):",
        err=True,
    )
    for loan, reason in loans:
        click.echo(f"  loan {loan}: {question_sentence(reason)}", err=True)


def json_line(value: Mapping[str, Any]) -> str:
    """Return an object as one line of JSON, not escaped to ASCII."""
    return json.dumps(value, ensure_ascii=False)
