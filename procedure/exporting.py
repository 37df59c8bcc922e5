"""From the log to a file for Alma: which loans, their bytes, and the record that they went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from procedure.circulation import Export, Loan
from procedure.errors import JournalMoved, OfflineFileError
from procedure.journal import Journal
from procedure.loan_log import KINDS, SETTLING, LoanLog, LoanState
from procedure.offline_file import Rendered, Unwritable, render
from procedure.offline_layout import USUAL, Layout
from procedure.wall_clock import local


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export of one desk would write now; `position` is how far the log was read."""

    desk: str
    rendered: Rendered
    layout: Layout
    position: int
    trial: bool = False

    @property
    def loans(self) -> tuple[Loan, ...]:
        """The loans of the file, in the order of its lines."""
        return self.rendered.written

    @property
    def unwritable(self) -> tuple[Unwritable, ...]:
        """The loans that the file cannot hold; they stay in the log as recorded."""
        return self.rendered.unwritable

    def name(self, export: UUID) -> str:
        """Return the file's name: desk, first and last local minute, number, part of the id."""
        first, last = (f"{local(self.loans[end].at):%Y%m%dT%H%M}" for end in (0, -1))
        desk = "".join(one if one.isalnum() and one.isascii() else "-" for one in self.desk)
        return f"{desk}_{first}_{last}_{len(self.loans)}_{str(export)[:8]}.dat"

    def export(
        self, export: UUID, at: datetime, workstation: str = "", operator: str | None = None
    ) -> Export:
        """Return the entry that records this plan as done; `at` is now (aware)."""
        return Export(
            export,
            at,
            self.desk,
            tuple(loan.id for loan in self.loans),
            self.name(export),
            sha256(self.rendered.content).hexdigest(),
            workstation,
            operator,
            self.layout,
            self.trial,
        )


def waiting(log: LoanLog) -> Counter[str]:
    """Count by desk the loans that are in no file yet and not void."""
    return Counter(row.loan.desk for row in log.rows(state=LoanState.RECORDED))


def plan_export(
    log: LoanLog, desk: str, *, layout: Layout = USUAL, trial: int | None = None
) -> Plan:
    """Take every loan of the desk that is in no file yet and is not void, however old.

    With `trial`, only the first so many of them that can be written.
    """
    loans = [row.loan for row in log.rows(desk=desk, state=LoanState.RECORDED)]
    rendered = render(loans, layout)
    if trial is not None:
        rendered = render(rendered.written[:trial], layout)
    return Plan(desk, rendered, layout, log.position, trial is not None)


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did; `export` is None when there was nothing to write."""

    plan: Plan
    export: Export | None


def export_desk(
    journal: Journal,
    log: LoanLog,
    desk: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    layout: Layout = USUAL,
    trial: int | None = None,
    workstation: str = "",
    operator: str | None = None,
) -> Exported:
    """Record an export, then return its bytes for the caller to write.

    Whoever exports or voids at the same time makes this one read the journal again and decide
    anew: no loan goes into two files. A caller that dies before it has written the file writes
    it later with `rewritten`.

    Raises:
        JournalUnwritable: nothing was exported.
    """
    while True:
        log.extend(journal.since(log.position, kinds=KINDS))
        plan = plan_export(log, desk, layout=layout, trial=trial)
        if not plan.loans:
            return Exported(plan, None)
        export = plan.export(new_id(), now(), workstation, operator)
        try:
            journal.append(export, unless_newer=(SETTLING, plan.position))
        except JournalMoved:
            continue
        log.extend(journal.since(log.position, kinds=KINDS))
        return Exported(plan, export)


def rewritten(log: LoanLog, export: Export, sent: Sequence[Loan] | None = None) -> bytes:
    """Return the bytes of an earlier export once more, whatever was voided since.

    `sent` are its loans as they were written, where corrections went into the file.

    Raises:
        OfflineFileError: the log does not hold what the export was made of.
    """
    rows = [log.row(loan) for loan in export.loans]
    loans = [row.loan for row in rows if row is not None] if sent is None else sent
    content = render(loans, export.layout).content
    if len(loans) < len(rows) or sha256(content).hexdigest() != export.sha256:
        raise OfflineFileError(
            f"The file {export.name} cannot be made again as it was: "
            "the log no longer gives the bytes that were recorded for it."
        )
    return content


def find_export(exports: Sequence[Export], text: str) -> Export:
    """Find an export by its id, the beginning of its id, or the name of its file.

    Raises:
        OfflineFileError: none is meant, or more than one; the known ones are named.
    """
    found = [one for one in exports if one.name == text or (text and str(one.id).startswith(text))]
    if len(found) == 1:
        return found[0]
    known = "\n".join(f"  {one.id}  {one.name}" for one in found or exports)
    wrong = "means more than one export" if found else "is no export"
    raise OfflineFileError(f"{text!r} {wrong}. Known:\n{known}" if known else f"{text!r} {wrong}.")
