"""The open points of a reconciliation: the tasks that staff still have to do."""

from dataclasses import dataclass

from procedure.pandas_types import Frame
from procedure.reconciliation.checklist import Checklist
from procedure.reconciliation.reconciled_loan import NOT_IN_ALMA, ReconciliationState, Stage

_PREVENTS_SIGNING = {
    "to_check",
    "to_export",
    "to_upload",
    "to_verify",
    "to_settle",
    "card_missing",
}


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """An open point, and the number of loans, items or checklist points that it concerns."""

    key: str
    count: int

    @property
    def prevents_signing(self) -> bool:
        return self.key in _PREVENTS_SIGNING


def open_points(
    table: Frame, checklist: Checklist, *, pending: int, on_carts: int, has_files: bool
) -> tuple[OpenPoint, ...]:
    """Return the open points, in the order of the steps.

    `pending` is the number of pending loans, and `on_carts` the number of items still on a cart.
    Checklist points are included only if a file was written.
    """
    states, stages = (table[name].value_counts().to_dict() for name in ("state", "stage"))
    void = table.row[table.state == ReconciliationState.VOID]
    counts = {
        "to_check": stages.get(Stage.TO_CHECK, 0),
        "to_export": states.get(ReconciliationState.RECORDED, 0),
        "to_upload": states.get(ReconciliationState.EXPORTED, 0),
        "to_verify": states.get(ReconciliationState.UPLOADED, 0),
        "to_settle": stages.get(Stage.TO_SETTLE, 0),
        "card_missing": pending,
        "not_in_alma": int((table.reason == NOT_IN_ALMA).sum()),
        "to_undo": sum(row.is_to_undo for row in void),
        "on_carts": on_carts,
        "unticked": len(checklist.open_before) if has_files else 0,
        "block_back": int(has_files and checklist.to_put_back is not None),
    }
    return tuple(OpenPoint(key, count) for key, count in counts.items() if count)
