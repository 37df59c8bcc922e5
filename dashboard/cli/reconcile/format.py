"""How the rows of the way back look in a shell; no user is named in any of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import click

from dashboard.cli.loans.format import json_line, tell_to_check
from procedure.reconciliation.carts import CartCount
from procedure.reconciliation.forecast import NOT_CHECKED, Forecast
from procedure.reconciliation.log import StateCounts
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState

COLUMNS = "{:<8}  {:<8}  {:<18}  {:<9}  {:<16}  {}"


def row_object(row: ReconciledLoan, predicted: Mapping[UUID, Forecast]) -> dict[str, Any]:
    """Return a row for JSON.

    `predicted` is the key of Alma's line (`done`, `item_not_found`, …), `not_checked` without
    facts. `reason` says why the row is in its state or, before that, what was seen; `doubt` is the
    key of the question that keeps it out of every file, None without any.
    """
    prediction = predicted.get(row.loan.id)
    message = "" if prediction is None else prediction.message
    waits = row.state in (
        ReconciliationState.RECORDED,
        ReconciliationState.EXPORTED,
        ReconciliationState.UPLOADED,
    )
    seen = prediction.kind if waits and prediction is not None else ""
    return {
        "id": str(row.loan.id),
        "desk": row.loan.desk,
        "item": row.corrected.item,
        "state": row.state.value,
        "predicted": message or NOT_CHECKED,
        "reason": row.reason or seen,
        "doubt": row.doubt if row.is_to_check else None,
    }


def show(
    rows: Iterable[ReconciledLoan], predicted: Mapping[UUID, Forecast], *, as_json: bool
) -> None:
    """Print the rows, one a line."""
    if not as_json:
        click.echo(COLUMNS.format("loan", "desk", "item", "state", "predicted", "reason"))
    for row in rows:
        told = row_object(row, predicted)
        if as_json:
            click.echo(json_line(told))
        else:
            doubt = told.pop("doubt")
            told["reason"] += f": {doubt}" if doubt else ""
            click.echo(COLUMNS.format(told.pop("id")[-8:], *told.values()).rstrip())


def tell_scans_to_check(rows: Iterable[ReconciledLoan]) -> None:
    """Name on standard error the rows that a person has to decide about; nothing without any."""
    asked = ((row.loan.id, row.doubt) for row in rows if row.is_to_check)
    tell_to_check([(loan, doubt) for loan, doubt in asked if doubt is not None])


def refusal_words(code: str) -> str:
    """Say what a code of Alma's API means, with the code."""
    words = _REFUSALS.get(code)
    return code if words is None else f"{words} ({code})"


# Ex Libris' pages of each call, and the codes that a public client lists.
_REFUSALS: Mapping[str, str] = {
    "400042": "this user has the item already, verify the row",
    "401153": "not loanable at this desk",
    "401161": "the user has as many loans as allowed",
    "401163": "the user has a block",
    "401168": "the card has expired",
    "401201": "the user has a block",
    "401651": "the item cannot be lent, or somebody else has it",
    "401689": "no such item",
    "401690": "no such item",
    "401890": "no such user",
    "40166415": "no such circulation desk",
}


def tell_tally(tally: StateCounts) -> None:
    """Say on standard error how many rows are accounted for, as the page says it."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(tally.states.items()))
    left = f", {tally.to_settle} of them to settle" if tally.to_settle else ""
    click.echo(f"{tally.accounted} of {tally.rows} accounted for{left} ({states}).", err=True)


def tell_carts(counts: Iterable[CartCount]) -> None:
    """Say on standard error how many books of the carts are accounted for; nothing without any."""
    counted = list(counts)
    if counted:
        done, whole = sum(one.accounted for one in counted), sum(one.all for one in counted)
        click.echo(f"{done} of {whole} books of the carts accounted for.", err=True)


def tell_progress(done: int, total: int) -> None:
    """Show how far a run has come, where somebody looks on."""
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total}", err=True, nl=done == total)
