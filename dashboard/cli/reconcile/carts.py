"""`relais reconcile cart`: the books on the carts, and which may be returned."""

from __future__ import annotations

import sys
from uuid import UUID

import click

from dashboard.cli.database import database_option
from dashboard.cli.exit_codes import NEEDS_A_PERSON
from dashboard.cli.instants import format_local, format_utc
from dashboard.cli.loans.format import json_line
from dashboard.cli.reconcile.format import print_cart_counts
from dashboard.cli.reconcile.log import DESK, open_log
from procedure.reconciliation.carts import CartedItem, cart_counts, carted_items
from procedure.reconciliation.reconciliation_log import ReconciliationLog

_COLUMNS = "{:<8}  {:<8}  {:<8}  {:<18}  {:<16}  {}"


@click.command()
@DESK
@click.option("--json", "as_json", is_flag=True, help="One JSON object a book.")
@database_option
def cart(*, desk: str | None, as_json: bool) -> None:
    """List the books on the carts: safe to return in Alma, or only after a loan is verified.

    Exit code 3 while one has to wait.
    """
    with open_log() as (_, log):
        books = carted_items(log, [b for b in log.log.returns() if desk in (None, b.desk)])
    if not as_json:
        click.echo(_COLUMNS.format("return", "desk", "cart", "item", "since", "may be returned"))
    for book in books:
        values, back = _object(book, log), book.back
        line = _COLUMNS.format(
            *(values["id"][-8:], back.desk, back.cart, back.item),
            *(format_local(back.at), values["may"]),
        )
        click.echo(json_line(values) if as_json else line)
    print_cart_counts([count for count in cart_counts(log) if desk in (None, count.desk)])
    sys.exit(0 if all(book.safe for book in books) else NEEDS_A_PERSON)


def _object(book: CartedItem, log: ReconciliationLog) -> dict[str, object]:
    """Return a book for JSON.

    `may` is `now`, `later` (a loan is to be verified first), `no` (it was lent again) or `sent`.
    """
    allowed = "no" if book.lent_again else "later" if book.waits_for else "now"
    return {
        "id": str(book.back.id),
        "desk": book.back.desk,
        "cart": book.back.cart,
        "item": book.back.item,
        "at": format_utc(book.back.at),
        "may": "sent" if _is_sent(log, book.back.id) else allowed,
        "waits_for": [str(row.loan.id) for row in (*book.waits_for, *book.lent_again)],
        "since": format_utc(book.since),
    }


def _is_sent(log: ReconciliationLog, back: UUID) -> bool:
    """Return whether a request for the return was sent and has no answer."""
    scan = log.log.settlements.attempts.get(back)
    return scan is not None and scan.open
