"""Export of loans from the log to a file for Alma."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from procedure.circulation.circulation_log import KINDS, SETTLING, CirculationLog
from procedure.circulation.loan_row import LoanState
from procedure.circulation.offline_files.alma_file import ALMA_FILE
from procedure.circulation.offline_files.known_formats import format_of
from procedure.circulation.offline_files.offline_format import OfflineFormat, RenderedFile
from procedure.circulation.pseudonyms import is_pseudonym
from procedure.circulation.transactions import Export, Loan, Return
from procedure.errors import JournalMoved, OfflineFileError
from procedure.journal import Journal
from procedure.reconciliation.export_plan import ExportedFile, ExportPlan, ToCheck
from procedure.reconciliation.export_times import TimeCheck
from procedure.reconciliation.from_cart import CartLoanPolicy, lent_from_cart


def to_write(log: CirculationLog) -> Counter[str]:
    """Count, by desk, the loans that can go into a file now."""
    return Counter(loan.desk for loan in _to_write(log)[0])


def to_check(log: CirculationLog, desk: str | None = None) -> tuple[ToCheck, ...]:
    """Return, in order, the loans that are not in a file yet and need a decision by staff."""
    return tuple(_to_write(log, desk)[1])


def _to_write(log: CirculationLog, desk: str | None = None) -> tuple[list[Loan], list[ToCheck]]:
    ready, doubtful = list[Loan](), list[ToCheck]()
    for row in log.rows(desk=desk, state=LoanState.RECORDED):
        if row.loan.id in log.settlements.excluded:
            continue
        loan = log.settlements.corrected(row.loan)
        question = log.settlements.open_question(row.loan)
        if question is None:
            ready.append(loan)
        else:
            doubtful.append(ToCheck(loan, question))
    return ready, doubtful


def plan_export(
    log: CirculationLog,
    desk: str,
    *,
    file_format: OfflineFormat = ALMA_FILE,
    trial: int | None = None,
    from_cart: CartLoanPolicy = CartLoanPolicy.AS_IT_IS,
) -> ExportPlan:
    """Plan an export of the desk's loans that are ready for a file.

    Loans that have been exported, voided or settled, or have an open question, are left out. If
    `trial` is given, only the first `trial` writable loans are included. `from_cart` says how to
    handle loans made from a cart.
    """
    ready, doubtful = _to_write(log, desk)
    plan = plan_of(log, desk, ready, file_format=file_format, trial=trial, from_cart=from_cart)
    return replace(plan, to_check=tuple(doubtful))


def plan_of(
    log: CirculationLog,
    desk: str,
    loans: Sequence[Loan],
    *,
    file_format: OfflineFormat,
    trial: int | None = None,
    from_cart: CartLoanPolicy,
) -> ExportPlan:
    lent_again = lent_from_cart(log, loans)
    handed_on: tuple[Loan, ...] = ()
    if from_cart is CartLoanPolicy.HAND_ON:
        handed_on = tuple(loan for loan, _ in lent_again)
        out = {loan.id for loan in handed_on}
        loans = [loan for loan in loans if loan.id not in out]
    rendered = file_format.render(loans)
    if trial is not None:
        rendered = file_format.render(rendered.written[:trial])
    if from_cart is CartLoanPolicy.RETURNS_FIRST:
        rendered = _with_returns(rendered, lent_again, file_format)
    from_cart_loans = tuple(loan for loan, _ in lent_again)
    return ExportPlan(
        desk=desk,
        rendered=rendered,
        file_format=file_format,
        position=log.position,
        trial=trial is not None,
        from_cart=from_cart_loans,
        handed_on=handed_on,
    )


def _with_returns(
    rendered: RenderedFile, lent_again: Sequence[tuple[Loan, Return]], file_format: OfflineFormat
) -> RenderedFile:
    inside = {loan.id for loan in rendered.written}
    returns = [returned for loan, returned in lent_again if loan.id in inside]
    again = file_format.render(rendered.written, returns=returns)
    return replace(again, unwritable=rendered.unwritable)


def export_desk(
    journal: Journal,
    log: CirculationLog,
    desk: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    file_format: OfflineFormat = ALMA_FILE,
    trial: int | None = None,
    from_cart: CartLoanPolicy = CartLoanPolicy.AS_IT_IS,
    workstation: str = "",
    operator: str | None = None,
    times: TimeCheck | None = None,
) -> ExportedFile:
    """Record an export and return the result, with the bytes for the caller to write.

    If an entry of a kind in `SETTLING` is recorded at the same time, the export is planned again,
    so no loan can end up in two files. If the caller dies before writing the file, it can be
    written later with `rewritten`.

    Raises:
        JournalUnwritable, TimesUnconfirmed: nothing was exported.
    """
    while True:
        log.extend(journal.since(log.position, kinds=KINDS))
        plan = plan_export(log, desk, file_format=file_format, trial=trial, from_cart=from_cart)
        done = plan.done(new_id, now(), workstation, operator)
        if not done.entries:
            return done
        if times is not None:
            times.require(plan.loans)
        try:
            journal.append(*done.entries, unless_newer=(SETTLING, plan.position))
        except JournalMoved:
            continue
        log.extend(journal.since(log.position, kinds=KINDS))
        return done


def rewritten(log: CirculationLog, export: Export) -> bytes:
    """Return the bytes of an earlier export, whatever has been voided or corrected since.

    Raises:
        OfflineFileError: loans are missing, or identifiers have been deleted, so the bytes would
            differ.
    """
    lines = log.lines_of(export)
    loans = [line for line in lines if isinstance(line, Loan)]
    if is_purged(log, export):
        raise OfflineFileError(
            f"The file {export.name} cannot be recreated: "
            "the identifiers of its settled loans were deleted (see docs/personal-data.md)."
        )
    returns = [line for line in lines if isinstance(line, Return)]
    content = format_of(export).render(loans, returns=returns).content
    whole = len(lines) == len(export.loans) + len(export.returns)
    if not whole or sha256(content).hexdigest() != export.sha256:
        raise OfflineFileError(
            f"The file {export.name} cannot be recreated as it was: "
            "the log no longer yields the recorded content."
        )
    return content


def is_purged(log: CirculationLog, export: Export) -> bool:
    """Return whether identifiers in the file have been deleted, so it cannot be written again."""
    rows = map(log.row, export.loans)
    return any(row is not None and is_pseudonym(row.loan.patron) for row in rows)


def find_export(exports: Sequence[Export], text: str) -> Export:
    """Find an export by its id, a prefix or suffix of its id, or its file name.

    Raises:
        OfflineFileError: no export matches, or several do; the message lists the known exports.
    """
    matches = [
        export
        for export in exports
        if export.name == text or (text and _is_part(text, str(export.id)))
    ]
    if len(matches) == 1:
        return matches[0]
    known = "\n".join(f"  {export.id}  {export.name}" for export in matches or exports)
    wrong = "matches more than one export" if matches else "is not an export"
    raise OfflineFileError(
        f"{text!r} {wrong}. Known exports:\n{known}" if known else f"{text!r} {wrong}."
    )


def _is_part(text: str, whole: str) -> bool:
    # Ids begin with the time: those from the same minute begin alike and differ at the end.
    return whole.startswith(text) or whole.endswith(text)
