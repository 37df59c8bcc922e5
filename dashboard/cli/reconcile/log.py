"""Helpers for the `relais reconcile` commands.

Nothing that they print identifies a patron.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click

from dashboard.cli.loans.format import print_to_check
from dashboard.cli.open_database import open_existing
from dashboard.cli.output import json_line, system_name
from procedure.io.database.database import Database
from procedure.reconciliation.carts import CartCount
from procedure.reconciliation.forecast import NOT_CHECKED, Forecast
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.stage_counts import StageCounts

# The command finished, but something needs attention.
NEEDS_A_PERSON = 3
# The command stopped early with partial results.
STOPPED = 4


DESK = click.option("--desk", metavar="CODE", help="Only this desk.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object per row.")


def by(text: str, *, required: bool = True) -> Callable[[Any], Any]:
    return click.option("--by", "operator", required=required, metavar="NAME", help=text)


@contextmanager
def open_log() -> Generator[tuple[Database, ReconciliationLog]]:
    """Open the database, and yield it with the log read from it."""
    with open_existing() as database:
        yield database, ReconciliationLog(database.journal.since(kinds=KINDS))


# The doubts about a scan whose item may be a patron's card.
_ITEM_MAY_BE_CARD = {"looks_like_patron", "swapped"}
COLUMNS = "{:<8}  {:<8}  {:<18}  {:<9}  {:<16}  {}"


def _object(row: ReconciledLoan, forecasts: Mapping[UUID, Forecast]) -> dict[str, object]:
    """Return a row for JSON.

    - `item`: the barcode; empty while it may be a card, because then it may identify a patron.
    - `predicted`: the key of the message expected from Alma (`done`, `item_not_found`, …), or
      `not_checked`.
    - `reason`: the reason for the row's state; if there is none and the row is only recorded,
      exported or uploaded, the kind of its forecast.
    - `doubt`: the key of the question that keeps the row out of files, or None.
    - `stage`: the row's `Stage`.
    """
    forecast = forecasts.get(row.loan.id)
    message = "" if forecast is None else forecast.message
    waits = row.state in (
        ReconciliationState.RECORDED,
        ReconciliationState.EXPORTED,
        ReconciliationState.UPLOADED,
    )
    forecast_kind = forecast.kind if waits and forecast is not None else ""
    return {
        "id": str(row.loan.id),
        "desk": row.loan.desk,
        "item": "" if row.doubt in _ITEM_MAY_BE_CARD else row.corrected.item,
        "state": row.state.value,
        "predicted": message or NOT_CHECKED,
        "reason": row.reason or forecast_kind,
        "doubt": row.doubt if row.is_to_check else None,
        "stage": row.stage.value,
    }


def print_rows(
    rows: Iterable[ReconciledLoan], forecasts: Mapping[UUID, Forecast], *, as_json: bool
) -> None:
    if not as_json:
        click.echo(COLUMNS.format("loan", "desk", "item", "state", "predicted", "reason"))
    for row in rows:
        values = _object(row, forecasts)
        if as_json:
            click.echo(json_line(values))
        else:
            cells = [values[key] for key in ("desk", "item", "state", "predicted")]
            doubt = f": {values['doubt']}" if values["doubt"] else ""
            reason = f"{values['reason']}{doubt}"
            click.echo(COLUMNS.format(str(row.loan.id)[-8:], *cells, reason).rstrip())


def print_scans_to_check(rows: Iterable[ReconciledLoan]) -> None:
    """Print on standard error the rows that need a decision."""
    doubtful = ((row.loan.id, row.doubt) for row in rows if row.is_to_check)
    print_to_check([(loan, doubt) for loan, doubt in doubtful if doubt is not None])


def print_counts(counts: StageCounts, pending: int) -> None:
    """Print on standard error the number of loans at each stage.

    `pending` is the number of pending loans, which have no stage.
    """
    without_card = f"; {pending} waiting for a forgotten card" if pending else ""
    click.echo(
        f"{counts.accounted} of {counts.total} accounted for ({counts.in_alma} in {system_name()}, "
        f"{counts.settled_by_hand} settled by hand), {counts.left} left ({counts.to_check} to "
        f"check, {counts.on_the_way} on the way, {counts.to_settle} to settle); "
        f"{counts.cancelled} cancelled{without_card}.",
        err=True,
    )


def print_cart_counts(counts: Iterable[CartCount]) -> None:
    """Print on standard error how many items on the carts are accounted for, if there are any."""
    counted = list(counts)
    if counted:
        done, whole = sum(cart.accounted for cart in counted), sum(cart.all for cart in counted)
        click.echo(f"{done} of {whole} books on the carts accounted for.", err=True)
