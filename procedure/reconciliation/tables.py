"""The end of the way back as tables: the counts, the signatures, the loans to extend."""

from __future__ import annotations

from collections.abc import Iterable

from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.extensions import Extension
from procedure.reconciliation.log import ReconciliationLog, count_states
from procedure.reconciliation.row_state import ReconciliationState
from procedure.reconciliation.sign_off import by_desk_and_day, is_current
from procedure.reconciliation.spreadsheet import Cell, Table

_CARTS = ("desk", "returns", "accounted", "by_api", "by_hand", "lent_again", "left")
_EXTEND = ("desk", "item", "lent", "due", "policy", "state", "due_in_alma")


def summary_tables(found: ReconciliationLog) -> dict[str, Table]:
    """Count every row by desk, day and state, the books of the carts, and list who signed."""
    table = found.table()
    days, tally = by_desk_and_day(table), count_states(table)
    states = list(ReconciliationState)
    rows: list[tuple[Cell, ...]] = [
        (one.desk, one.day, *(one.states.get(state, 0) for state in states), one.total)
        for one in days
    ]
    rows.append(("total", None, *(tally.states[state] for state in states), tally.rows))
    signed = [
        (one.operator, one.at, one.rows, "yes" if is_current(one, tally) else "no")
        for one in found.signed
    ]
    carts = [
        (one.desk, one.all, one.accounted, one.by_api, one.by_hand, one.lent_again, one.left)
        for one in cart_counts(found)
    ]
    return {
        "loans": Table(("desk", "day", *(state.value for state in states), "all"), rows),
        **({"carts": Table(_CARTS, carts)} if carts else {}),
        "signed": Table(("signed_by", "signed_at", "rows", "stands"), signed),
    }


def extension_tables(listed: Iterable[Extension]) -> dict[str, Table]:
    """List the short loans to extend, without naming a user."""
    return {"extensions": Table(_EXTEND, [_cells(one) for one in listed])}


def _cells(one: Extension) -> tuple[Cell, ...]:
    loan = one.row.corrected
    return (
        *(loan.desk, loan.item, loan.at, one.due, one.policy, one.row.state.value),
        one.in_alma,
    )
