"""`relais reconcile cart | scan-in | resolve-return`: which books may be returned, and when."""

from __future__ import annotations

import sys

import click

from dashboard.cli.alma import database, library_of, now
from dashboard.cli.exit_codes import NEEDS_A_PERSON
from dashboard.cli.instants import shown, stamp
from dashboard.cli.loans.format import json_line
from dashboard.cli.reconcile.confirm import send_confirmed
from dashboard.cli.reconcile.format import tell_carts
from dashboard.cli.row_id import find_by_prefix
from dashboard.settings import Settings
from procedure.circulation.settlement import ReturnAnswered
from procedure.errors import JournalMoved, TransactionRefused
from procedure.io.alma.return_item import scan_in_by_api, settle_scan
from procedure.io.uuid7 import new_uuid7
from procedure.journal import Journal
from procedure.reconciliation.carts import CartedItem, cart_counts
from procedure.reconciliation.carts import carted_items as judge
from procedure.reconciliation.corrections import MOVING
from procedure.reconciliation.corrections import resolve_return as settle_returns
from procedure.reconciliation.log import KINDS, ReconciliationLog

_COLUMNS = "{:<8}  {:<8}  {:<8}  {:<18}  {:<16}  {}"


@click.command()
@click.option("--desk", metavar="CODE", help="Only this desk.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a book.")
def cart(*, desk: str | None, as_json: bool) -> None:
    """List the books on the carts: safe to return in Alma, or only after a loan is verified.

    Exit code 3 while one has to wait.
    """
    with database(Settings.from_env()) as there:
        found, rows = _read(there.journal)
    shown_rows = [row for row in rows if desk in (None, row.back.desk)]
    if not as_json:
        click.echo(_COLUMNS.format("return", "desk", "cart", "item", "since", "may be returned"))
    for row in shown_rows:
        told = _object(row, found)
        if as_json:
            click.echo(json_line(told))
        else:
            click.echo(
                _COLUMNS.format(
                    *(told["id"][-8:], row.back.desk, row.back.cart, row.back.item),
                    *(shown(row.back.at), told["may"]),
                )
            )
    tell_carts([one for one in cart_counts(found) if desk in (None, one.desk)])
    sys.exit(0 if all(row.safe for row in shown_rows) else NEEDS_A_PERSON)


def _object(row: CartedItem, found: ReconciliationLog) -> dict[str, object]:
    scan = found.log.settlements.attempts.get(row.back.id)
    return {
        "id": str(row.back.id),
        "desk": row.back.desk,
        "cart": row.back.cart,
        "item": row.back.item,
        "at": stamp(row.back.at),
        "may": "sent" if scan is not None and scan.open else _may(row),
        "waits_for": [str(one.loan.id) for one in (*row.waits_for, *row.lent_again)],
        "since": stamp(row.since),
    }


def _may(row: CartedItem) -> str:
    """Say `now`, `later` (a loan is to be verified first), or `no` (it was lent again)."""
    return "no" if row.lent_again else "later" if row.waits_for else "now"


def _read(journal: Journal) -> tuple[ReconciliationLog, list[CartedItem]]:
    found = ReconciliationLog(journal.since(kinds=KINDS))
    return found, judge(found, found.log.returns())


@click.command(name="scan-in")
@click.argument("back", metavar="ID")
@click.option("--yes", is_flag=True, help="Return it in Alma; without it nothing is sent.")
@click.option("--library", metavar="CODE", help="Of the desk; from the handbook, if not given.")
@click.option("--by", "operator", required=True, metavar="NAME", help="Who does it.")
def scan_in(*, back: str, yes: bool, library: str | None, operator: str) -> None:
    """Return one book of the carts through Alma's API; ID is that of the return.

    Alma's own screen is the usual way: it tells where the book goes. Only what is safe is sent.
    """
    settings = Settings.from_env()
    with database(settings) as there:
        found, rows = _read(there.journal)
        chosen = find_by_prefix(back, (one.back.id for one in rows), what="book on a cart")
        row = next(one for one in rows if one.back.id == chosen)
        scan = found.log.settlements.attempts.get(chosen)
        send_confirmed(
            settings,
            send=lambda api: scan_in_by_api(
                *(api, there.journal, chosen),
                library=library_of(settings, row.back.desk, library),
                workstation="shell",
                operator=operator,
            ),
            look=lambda api: settle_scan(api, there.journal, chosen),
            sent_before=scan is not None and scan.open,
            would=None
            if yes
            else f"Item {row.back.item} of {row.back.desk}: Alma would take it back now, and say "
            "nothing of a reservation to you. To return it, add --yes.",
            made=_made,
        )


@click.command(name="resolve-return")
@click.argument("back", metavar="ID", required=False)
@click.option("--desk", metavar="CODE", help="All books of this desk that may be returned now.")
@click.option("--how", required=True, help="What was done about it, in a few words.")
@click.option("--by", "operator", required=True, metavar="NAME", help="Who settles it.")
def resolve_return(*, back: str | None, desk: str | None, how: str, operator: str) -> None:
    """Settle a book of the carts by hand: returned at Alma's own screen, or lost to Alma.

    ID is that of the return. A book whose loan is not in Alma has to wait for its loan.
    """
    if (back is None) == (desk is None):
        raise click.UsageError("Name one book by its ID, or a desk with --desk.")
    with database(Settings.from_env()) as there:
        found, rows = _read(there.journal)
        if back is not None:
            chosen = find_by_prefix(back, (one.back.id for one in rows), what="book on a cart")
            books = [one.back for one in rows if one.back.id == chosen]
        else:
            books = [one.back for one in rows if one.safe and one.back.desk == desk]
        entries = settle_returns(found, books, how, new_id=new_uuid7, at=now(), operator=operator)
        try:
            there.journal.append(*entries, unless_newer=(MOVING, found.position))
        except JournalMoved:
            raise TransactionRefused(
                "row_moved", "Something was recorded meanwhile: list the carts again."
            ) from None
        found.extend(there.journal.since(found.position, kinds=KINDS))
    tell_carts(cart_counts(found))


def _made(answer: ReturnAnswered) -> str:
    was = " (it was on no loan)" if answer.code else ""
    return f"Returned in Alma{was}."
