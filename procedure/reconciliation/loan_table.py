"""The loan table: all loans with their states in the reconciliation, as a pandas frame.

The rules for the states are in `procedure.reconciliation.reconciled_loan`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from uuid import UUID

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.circulation.loan_row import LoanRow
from procedure.circulation.offline_files.offline_format import in_order
from procedure.circulation.transactions import Loan, Transaction
from procedure.pandas_types import Frame
from procedure.reconciliation.inputs import SentFile
from procedure.reconciliation.loan_history import NO_HISTORY, LoanHistory
from procedure.reconciliation.reconciled_loan import (
    ReconciledLoan,
    ReconciliationState,
    Stage,
    reconcile,
)

INSTANT = "datetime64[us, UTC]"
STATES = tuple(state.value for state in ReconciliationState)
# The columns of `loan_table`: the dtype of each, and the `ReconciledLoan` attribute that it holds.
# `patron` and `item` are as corrected, and `day` is the local day. `sent` is the journal position
# of the latest export, or 0, and `line` is the loan's index in that file. `is_verified` is true if
# the next verification may skip the loan, and `waits` if the loan should go into a file.
COLUMNS: Mapping[str, tuple[str | pd.CategoricalDtype, str]] = {
    "day": ("datetime64[s]", "log.day"),
    "desk": ("str", "corrected.desk"),
    "patron": ("str", "corrected.patron"),
    "item": ("str", "corrected.item"),
    "position": ("int64", "log.position"),
    "state": (pd.CategoricalDtype(list(STATES)), "state"),
    "reason": ("str", "reason"),
    "sent": ("int64", "history.sent"),
    "line": ("int64", "history.line"),
    "uploaded": (INSTANT, "uploaded"),
    "is_verified": ("bool", "is_verified"),
    "stage": (pd.CategoricalDtype([stage.value for stage in Stage]), "stage"),
    "waits": ("bool", "waits"),
}


def loan_table(
    rows: Sequence[LoanRow],
    histories: Mapping[UUID, LoanHistory],
    uploaded: Mapping[UUID, datetime],
) -> pd.DataFrame:
    """Return a frame of the loans, in the order given, with the columns in `COLUMNS`.

    The `row` column holds each loan as a `ReconciledLoan`. `rows` must not contain double scans.
    `uploaded` maps exports to the time of their upload (aware).
    """
    made = list[ReconciledLoan]()
    # Upload times, keyed by the position of the export: hashing UUIDs would take 5% of the time.
    sent_at = dict[int, datetime | None]()
    for row in rows:
        history = histories.get(row.loan.id, NO_HISTORY)
        sent = history.sent
        if sent not in sent_at:
            sent_at[sent] = history.sent_at(uploaded)
        made.append(reconcile(row, history, sent_at[sent]))
    columns = {
        name: pd.Series(list(map(attrgetter(value), made)), dtype=dtype)
        for name, (dtype, value) in COLUMNS.items()
    }
    return pd.DataFrame(columns | {"row": pd.Series(made, dtype=object)})


def upload_order(table: Frame) -> Frame:
    """Return the loans in upload order: loans in files by file, then the other loans by desk.

    Voided loans that are in no file are left out.
    """
    sent = table[table.sent > 0].sort_values(["sent", "line"])
    unsent = table[(table.sent == 0) & (table.state != ReconciliationState.VOID.value)]
    return pd.concat([sent, unsent.sort_values("desk", kind="stable")])


def lines_to_upload(table: Frame, files: Iterable[SentFile]) -> list[Transaction]:
    """Return the loans (as corrected) and the returns in files (R rows), in upload order."""
    ordered = upload_order(table)
    loans: dict[int, list[Loan]] = {}
    for row in ordered.row:
        loans.setdefault(row.sent, []).append(row.corrected)
    unsent = loans.pop(0, [])
    in_files = (in_order(loans.get(file.position, ()), file.returns) for file in files)
    return [*chain.from_iterable(in_files), *unsent]
