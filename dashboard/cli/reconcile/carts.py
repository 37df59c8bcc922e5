"""`relais reconcile cart | scan-in | resolve-return`: the books on the carts and their returns."""

from __future__ import annotations

import sys
from uuid import UUID

import click

from dashboard.cli.alma import library_of
from dashboard.cli.database import database_option
from dashboard.cli.exit_codes import NEEDS_A_PERSON
from dashboard.cli.instants import format_local, format_utc
from dashboard.cli.loans.format import json_line
from dashboard.cli.reconcile.confirm import send_confirmed
from dashboard.cli.reconcile.format import print_cart_counts
from dashboard.cli.reconcile.log import DESK, append_unless_moved, by, open_log, update
from dashboard.cli.row_id import find_by_prefix
from dashboard.settings import Settings
from procedure.circulation.settlements import ReturnAnswered
from procedure.io.alma.return_item import return_item, settle_scan
from procedure.io.clock import utc_now
from procedure.io.uuid7 import new_uuid7
from procedure.reconciliation.carts import CartedItem, cart_counts, carted_items
from procedure.reconciliation.corrections import MOVING, resolve_return as settle_returns
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
        books = [book for book in _books(log) if desk in (None, book.back.desk)]
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


def _books(log: ReconciliationLog) -> list[CartedItem]:
    return carted_items(log, log.log.returns())


def _find_book(log: ReconciliationLog, text: str) -> CartedItem:
    books = {book.back.id: book for book in _books(log)}
    return books[find_by_prefix(text, books, what="book on a cart")]


@click.command(name="scan-in")
@click.argument("back", metavar="ID")
@click.option("--yes", is_flag=True, help="Return it in Alma; without it nothing is sent.")
@click.option("--library", metavar="CODE", help="Of the desk; from the handbook, if not given.")
@by("Who does it.")
@database_option
def scan_in(*, back: str, yes: bool, library: str | None, operator: str) -> None:
    """Return one book of the carts through Alma's API; ID is that of the return.

    Alma's own screen is the usual way: it tells where the book goes. Only what is safe is sent.
    """
    settings = Settings.from_env()
    with open_log() as (database, log):
        chosen = _find_book(log, back).back
        send_confirmed(
            settings,
            send=lambda api: return_item(
                *(api, database.journal, chosen.id),
                library=library_of(settings, chosen.desk, library),
                workstation="shell",
                operator=operator,
            ),
            settle=lambda api: settle_scan(api, database.journal, chosen.id),
            sent_before=_is_sent(log, chosen.id),
            preview=None
            if yes
            else f"Item {chosen.item} of {chosen.desk}: Alma would take it back now, and say "
            "nothing of a reservation to you. To return it, add --yes.",
            describe=_result,
        )


@click.command(name="resolve-return")
@click.argument("back", metavar="ID", required=False)
@click.option("--desk", metavar="CODE", help="All books of this desk that may be returned now.")
@click.option("--how", required=True, help="What was done about it, in a few words.")
@by("Who settles it.")
@database_option
def resolve_return(*, back: str | None, desk: str | None, how: str, operator: str) -> None:
    """Settle a book of the carts by hand: returned at Alma's own screen, or lost to Alma.

    ID is that of the return. A book whose loan is not in Alma has to wait for its loan.
    """
    if (back is None) == (desk is None):
        raise click.UsageError("Name one book by its ID, or a desk with --desk.")
    with open_log() as (database, log):
        if back is not None:
            books = [_find_book(log, back).back]
        else:
            books = [book.back for book in _books(log) if book.safe and book.back.desk == desk]
        entries = settle_returns(log, books, how, new_id=new_uuid7, at=utc_now(), operator=operator)
        append_unless_moved(
            *(database, log, *entries),
            kinds=MOVING,
            message="Something was recorded meanwhile: list the carts again.",
        )
        update(log, database)
    print_cart_counts(cart_counts(log))


def _result(answer: ReturnAnswered) -> str:
    remark = " (it was on no loan)" if answer.code else ""
    return f"Returned in Alma{remark}."
