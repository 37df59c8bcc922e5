"""Every loan with its state against Alma, as one pandas frame.

A loan's state follows from the last that is known of it. What came before its latest export is
about an earlier file, and no longer counts. That a loan is not in Alma says nothing before its file
was uploaded: it would be sent twice. The first state of this list that applies is the loan's:

| state | when | reason |
|---|---|---|
| `void` | it was taken back | `void_after_export` when a file for Alma holds it |
| `resolved` | a person settled it by hand | `by_hand` |
| `confirmed` | Alma's API made the loan, and no later verification counts | `lent_by_api` |
| `confirmed` | it was verified in Alma | `due_shifted`, or the verification's own |
| `refused` | verified, after the upload, not to be in Alma | as below, or the result |
| `refused` | Alma's report of the upload refuses it | the key of Alma's message |
| `refused` | it was handed on | `handed_on` |
| `uploaded` | its file was uploaded | |
| `exported` | it is in a file | |
| `refused` | a question about the scan is open (`procedure.circulation.doubts`) | `to_check` |
| `recorded` | else | |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.circulation.doubts import open_question
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.offline_files.offline_format import in_order
from procedure.circulation.settlements import RequestOutcome
from procedure.circulation.transactions import Loan, Transaction
from procedure.reconciliation.inputs import SentFile
from procedure.reconciliation.journal_entries import Verification
from procedure.reconciliation.reconciled_loan import (
    DUE_SHIFTED,
    NO_HISTORY,
    STAGE_OF,
    TO_CHECK,
    LoanHistory,
    ReconciliationState,
    Stage,
)

INSTANT = "datetime64[us, UTC]"
STATES = tuple(state.value for state in ReconciliationState)
_STAGES = np.array([STAGE_OF[state].value for state in ReconciliationState], dtype=object)
# The columns of `loan_table`. `patron` and `item` are as corrected, `day` is the local day. `sent`
# is the journal position of the latest export, 0 without any, `line` the place in that file.
# `is_verified` says that a verification counts, `waits` that a file is to be written for it. The
# last three are the objects that a row was made of: as in the log, its history, as corrected.
COLUMNS: Mapping[str, Any] = {
    "id": object,
    "at": INSTANT,
    "day": "datetime64[s]",
    "desk": "str",
    "patron": "str",
    "item": "str",
    "position": "int64",
    "state": pd.CategoricalDtype(list(STATES)),
    "reason": "str",
    "sent": "int64",
    "line": "int64",
    "uploaded": INSTANT,
    "is_verified": "bool",
    "doubt": "str",
    "stage": pd.CategoricalDtype([stage.value for stage in Stage]),
    "waits": "bool",
    "log": object,
    "trail": object,
    "loan": object,
}
_IN_ALMA = (Verification.IN_ALMA, Verification.DUE_SHIFTED)


def loan_table(
    rows: Sequence[LoanRow],
    histories: Mapping[UUID, LoanHistory],
    uploaded: Mapping[UUID, datetime],
) -> pd.DataFrame:
    """Lay out loans, in the order given, with state and reason; columns as in `COLUMNS`.

    `rows` are without double scans. `uploaded` is when each export was uploaded (aware).
    """
    trails = [histories.get(row.loan.id, NO_HISTORY) for row in rows]
    loans = [trail.apply_corrections(row.loan) for row, trail in zip(rows, trails, strict=True)]
    last: Any = _last_entries(rows, trails, uploaded)
    state, reason = _judge(last)
    refused = state == STATES.index(ReconciliationState.REFUSED)
    to_check = refused & (last.doubt != "") & (last.handed_on == 0)
    columns: dict[str, Any] = {
        "id": [loan.id for loan in loans],
        "at": [loan.at for loan in loans],
        "day": [row.day for row in rows],
        "desk": [loan.desk for loan in loans],
        "patron": [loan.patron for loan in loans],
        "item": [loan.item for loan in loans],
        "position": [row.position for row in rows],
        "state": np.array(STATES, dtype=object)[state],
        "reason": reason,
        "sent": last.sent,
        "line": [trail.line for trail in trails],
        "uploaded": last.uploaded,
        "is_verified": _is_verified(last),
        "doubt": last.doubt,
        "stage": np.where(to_check, Stage.TO_CHECK.value, _STAGES[state]),
        "waits": _waits(last),
        "log": rows,
        "trail": trails,
        "loan": loans,
    }
    return pd.DataFrame(
        {name: pd.Series(columns[name], dtype=dtype) for name, dtype in COLUMNS.items()}
    )


def _last_entries(
    rows: Sequence[LoanRow], trails: Sequence[LoanHistory], uploaded: Mapping[UUID, datetime]
) -> pd.DataFrame:
    """Lay out the last entry of each kind, a loan a row; positions are 0 where there is none."""
    proofs = [trail.proof and trail.proof[1] for trail in trails]
    answers = [trail.answer and trail.answer[1] for trail in trails]
    columns: dict[str, tuple[Any, list[Any]]] = {
        "void": ("bool", [row.void is not None for row in rows]),
        "sent": ("int64", [trail.export[0] if trail.export else 0 for trail in trails]),
        "uploaded": (
            INSTANT,
            [trail.export and uploaded.get(trail.export[1].id) for trail in trails],
        ),
        "refused": ("int64", [trail.refusal[0] if trail.refusal else 0 for trail in trails]),
        "message": (object, [trail.refusal[1] if trail.refusal else "" for trail in trails]),
        "handed_on": ("int64", [trail.handed_on[0] if trail.handed_on else 0 for trail in trails]),
        "resolved": ("bool", [trail.resolved is not None for trail in trails]),
        "verified": ("int64", [trail.proof[0] if trail.proof else 0 for trail in trails]),
        "verified_at": (INSTANT, [proof and proof.at for proof in proofs]),
        "found": (object, [proof.found.value if proof else "" for proof in proofs]),
        "detail": (object, [proof.reason if proof else "" for proof in proofs]),
        "answered": ("int64", [trail.answer[0] if trail.answer else 0 for trail in trails]),
        "made": (
            "bool",
            [answer is not None and answer.fate is RequestOutcome.MADE for answer in answers],
        ),
        "doubt": (object, [_question(row, trail) for row, trail in zip(rows, trails, strict=True)]),
    }
    return pd.DataFrame(
        {name: pd.Series(values, dtype=dtype) for name, (dtype, values) in columns.items()}
    )


def _question(row: LoanRow, trail: LoanHistory) -> str:
    if not trail.corrections and row.loan.warning is None:
        return ""
    return open_question(row.loan, [one for _, one in trail.corrections]) or ""


def _waits(last: Any) -> Any:
    """Return a mask of the loans for which a file is to be written."""
    # As the export does: an open question keeps a loan out of every file, whatever else is known.
    kept_out = last.void | last.resolved | (last.handed_on > 0) | (last.doubt != "")
    return (last.sent == 0) & ~kept_out


def _is_verified(last: Any) -> Any:
    """Return a mask of the loans whose verification counts."""
    after_upload = last.uploaded <= last.verified_at
    return (last.verified > last.sent) & (last.found.isin(_IN_ALMA) | after_upload)


def _judge(last: Any) -> tuple[Any, Any]:
    """Return the state of each loan, as its place in `STATES`, and the reason."""
    counts = _is_verified(last)
    in_alma = counts & last.found.isin(_IN_ALMA)
    missing = counts & ~in_alma & (last.found != Verification.NOT_CHECKED)
    lent = last.made & (last.answered > last.sent) & ~(counts & (last.verified > last.answered))
    refused = last.refused > last.sent
    named = refused & (last.message != "")
    shifted = last.found == Verification.DUE_SHIFTED
    rules: list[tuple[Any, ReconciliationState, Any]] = [
        (last.void, ReconciliationState.VOID, np.where(last.sent > 0, "void_after_export", "")),
        (last.resolved, ReconciliationState.RESOLVED, "by_hand"),
        (lent, ReconciliationState.CONFIRMED, "lent_by_api"),
        (in_alma, ReconciliationState.CONFIRMED, last.detail.mask(shifted, DUE_SHIFTED)),
        (missing, ReconciliationState.REFUSED, last.message.where(named, last.found)),
        (refused, ReconciliationState.REFUSED, last.message),
        (last.handed_on > last.sent, ReconciliationState.REFUSED, "handed_on"),
        (last.uploaded.notna(), ReconciliationState.UPLOADED, ""),
        (last.sent > 0, ReconciliationState.EXPORTED, ""),
        (last.doubt != "", ReconciliationState.REFUSED, TO_CHECK),
        (np.full(len(last), True), ReconciliationState.RECORDED, ""),
    ]
    applies = [np.asarray(rule, dtype=bool) for rule, _, _ in rules]
    states = [np.int8(STATES.index(state)) for _, state, _ in rules]
    reasons = [np.asarray(reason, dtype=object) for _, _, reason in rules]
    return np.select(applies, states), np.select(applies, reasons, default="")


def upload_order(table: Any) -> Any:
    """Return the loans that stand or are in a file, as uploaded: file by file, the rest by desk."""
    sent = table[table.sent > 0].sort_values(["sent", "line"])
    waiting = table[(table.sent == 0) & (table.state != ReconciliationState.VOID.value)]
    return pd.concat([sent, waiting.sort_values("desk", kind="stable")])


def lines_to_upload(table: Any, files: Iterable[SentFile]) -> list[Transaction]:
    """Return what stands, as corrected, in the order of its upload: loans, and R rows."""
    ordered = upload_order(table)
    loans: dict[int, list[Loan]] = {}
    for sent, loan in zip(ordered.sent, ordered.loan, strict=True):
        loans.setdefault(sent, []).append(loan)
    waiting = loans.pop(0, [])
    in_files = (in_order(loans.get(file.position, ()), file.returns) for file in files)
    return [*chain.from_iterable(in_files), *waiting]
