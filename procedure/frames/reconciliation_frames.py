"""The reconciliation as frames: files for Alma, returns, Alma's answers, counts and signatures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from uuid import UUID

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.frames.column_building import INSTANT, Dtypes, category, from_rows
from procedure.journal import Entry, Recorded
from procedure.pandas_types import Frame
from procedure.reconciliation.inputs import StandingReturn
from procedure.reconciliation.journal_entries import (
    JobReportRecorded,
    LoanVerified,
    Verification,
    refused_loans,
)
from procedure.reconciliation.reconciled_loan import ReconciliationState, Stage
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.sign_off import without_earlier
from procedure.reconciliation.stage_counts import by_desk_and_day
from procedure.reconciliation.verification import LIST

EXPORTS: Dtypes = {
    "id": "str",
    "at": INSTANT,
    "desk": "str",
    "name": "str",
    "loans": "int64",
    "returns": "int64",
    "trial": "bool",
    "uploaded": INSTANT,
    "reported": INSTANT,
    "refused": "int64",
    "workstation": "str",
    "operator": "str",
}
REFUSALS: Dtypes = {
    "at": INSTANT,
    "loan": "str",
    "desk": "str",
    "message": "str",
    "source": category("report", "api"),
    "export": "str",
}
RETURNS: Dtypes = {
    "id": "str",
    "at": INSTANT,
    "desk": "str",
    "item": "str",
    "cart": "str",
    "settled_by": category("api", "hand"),
    "sent": "bool",
    "workstation": "str",
    "operator": "str",
}
VERIFICATIONS: Dtypes = {
    "at": INSTANT,
    "loan": "str",
    "desk": "str",
    "result": category(*Verification),
    "reason": "str",
    "due": INSTANT,
    "source": category("api", LIST),
}
RECONCILIATION: Dtypes = {
    "desk": "str",
    "day": "datetime64[us]",
    **dict.fromkeys((stage.value for stage in Stage), "int64"),
    "loans": "int64",
}
SIGNATURES: Dtypes = {
    "at": INSTANT,
    "operator": "str",
    "loans": "int64",
    "stands": "bool",
}


def exports(reconciliation: ReconciliationLog) -> pd.DataFrame:
    """Return the files for Alma, one row each; columns as in `EXPORTS`.

    `uploaded` is the time of the upload, and `reported` is the time at which Alma's report on the
    file was entered; each is missing until then. `refused` is the number of loans that the report
    lists as refused.
    """
    return from_rows(
        EXPORTS,
        (
            {
                "id": str(file.export.id),
                "at": file.export.at,
                "desk": file.export.desk,
                "name": file.export.name,
                "loans": len(file.export.loans),
                "returns": len(file.export.returns),
                "trial": file.export.trial,
                "uploaded": file.uploaded,
                "reported": file.report.at if file.report else None,
                "refused": len(file.report.refused) if file.report else 0,
                "workstation": file.export.workstation,
                "operator": file.export.operator,
            }
            for file in reconciliation.files()
        ),
    )


def returns(standing: Iterable[StandingReturn]) -> pd.DataFrame:
    """Return the returned items, one row each; columns as in `RETURNS`.

    Voided returns are left out. `settled_by` is missing until Alma's API or a person has settled
    the return. `sent` is true if the return is settled, in a file, or sent to the API with an
    unknown outcome.
    """
    return from_rows(
        RETURNS,
        (
            {
                "id": str(back.returned.id),
                "at": back.returned.at,
                "desk": back.returned.desk,
                "item": back.returned.item,
                "cart": back.returned.cart,
                "settled_by": back.settled.removeprefix("by_") or None,
                "sent": back.is_sent,
                "workstation": back.returned.workstation,
                "operator": back.returned.operator,
            }
            for back in standing
        ),
    )


def verifications(
    entries: Iterable[LoanVerified], reconciliation: ReconciliationLog
) -> pd.DataFrame:
    """Return the results of checking loans in Alma, one row per loan and check.

    Columns as in `VERIFICATIONS`. `reason` is the key of the reason for `result`, or empty, and
    `due` is the due date in Alma.
    """
    return from_rows(
        VERIFICATIONS,
        (
            {
                "at": entry.at,
                "loan": str(entry.loan),
                "desk": _desk(entry.loan, reconciliation),
                "result": entry.found,
                "reason": entry.reason,
                "due": entry.due,
                "source": entry.source,
            }
            for entry in entries
        ),
    )


def refusals(recorded: Iterable[Recorded], reconciliation: ReconciliationLog) -> pd.DataFrame:
    """Return the loans refused by Alma, one row per loan and attempt; columns as in `REFUSALS`.

    `message` is the key of the reason, as returned by `refused_loans`.
    """
    return from_rows(
        REFUSALS,
        (row for record in recorded for row in _refused(record.entry, reconciliation)),
    )


def reconciliation_counts(table: Frame) -> pd.DataFrame:
    """Count the loans in a table by desk, local day and stage; columns as in `RECONCILIATION`."""
    return from_rows(
        RECONCILIATION,
        (
            {
                "desk": group.desk,
                "day": group.day,
                **asdict(group.counts),
                "loans": group.counts.total,
            }
            for group in by_desk_and_day(table)
        ),
    )


def signatures(reconciliation: ReconciliationLog, table: Frame) -> pd.DataFrame:
    """Return the signatures, which confirm that all loans are accounted for.

    Columns as in `SIGNATURES`. `loans` is the number of loans, except voided loans, that the
    signature covers and the previous signature does not. `stands` says whether all these loans are
    still settled.
    """
    return from_rows(
        SIGNATURES,
        (
            {
                "at": signature.at,
                "operator": signature.operator,
                "loans": counts.total() - counts[ReconciliationState.VOID],
                "stands": stands,
            }
            for signature, counts, stands in without_earlier(reconciliation.signed, table)
        ),
    )


def _refused(entry: Entry, reconciliation: ReconciliationLog) -> Iterator[Mapping[str, object]]:
    by_report = isinstance(entry, JobReportRecorded)
    source, export = ("report", str(entry.export)) if by_report else ("api", None)
    for loan, message in refused_loans(entry):
        yield {
            "at": entry.at,
            "loan": str(loan),
            "desk": _desk(loan, reconciliation),
            "message": message,
            "source": source,
            "export": export,
        }


def _desk(loan: UUID, reconciliation: ReconciliationLog) -> str | None:
    row = reconciliation.log.row(loan)
    return row.loan.desk if row else None
