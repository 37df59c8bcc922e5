"""Journal entries with defaults, so that a test names only the relevant fields.

A `number` stands for the id of an entry.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from procedure.circulation.transactions import Export, Loan, PendingLoan, Return, Void
from procedure.outages.outage_entries import OutageDeclared, OutageEnded, OutageNews, OutageNote
from procedure.outages.public_entries import (
    PublicServiceSet,
    PublicState,
    PublicStatement,
    PublicWithdrawn,
)
from procedure.reconciliation.journal_entries import FileUploaded, JobReportRecorded
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.reading_validity import PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def id_of(number: int | UUID) -> UUID:
    return UUID(int=number) if isinstance(number, int) else number


def loan(
    number: int | UUID,
    item: str = "1060348821",
    patron: str = "2071234567",
    *,
    at: datetime = AT,
    desk: str = "MAIL",
    **more,
) -> Loan:
    return Loan(id=id_of(number), at=at, desk=desk, item=item, patron=patron, **more)


def back(number: int | UUID, item: str, *, at: datetime = AT, desk: str = "MAIL", **more) -> Return:
    return Return(id=id_of(number), at=at, desk=desk, item=item, **more)


def pending(
    number: int | UUID, item: str = "1060348821", *, at: datetime = AT, desk: str = "MAIL", **more
) -> PendingLoan:
    return PendingLoan(id=id_of(number), at=at, desk=desk, item=item, **more)


def void(
    number: int | UUID, target: int | UUID, reason: str = "read twice", *, at: datetime = AT, **more
) -> Void:
    return Void(id=id_of(number), at=at, loan=id_of(target), reason=reason, **more)


def export(number: int | UUID, *loans: int | UUID, at: datetime = AT, **more) -> Export:
    """Return the export of these loans to a file, by default for the MAIL desk."""
    given = {"desk": "MAIL", "name": f"{id_of(number).int}.dat", "sha256": "0"} | more
    return Export(id=id_of(number), at=at, loans=tuple(map(id_of, loans)), **given)


def uploaded(number: int | UUID, export: int | UUID, *, at: datetime = AT, **more) -> FileUploaded:
    return FileUploaded(id=id_of(number), at=at, export=id_of(export), **more)


def report(
    number: int | UUID, export: UUID, *refused: tuple[UUID, str], at: datetime = AT, **more
) -> JobReportRecorded:
    return JobReportRecorded(id=id_of(number), at=at, export=export, refused=refused, **more)


def outage(number: int | UUID, title: str = "Alma", *, at: datetime = AT, **more) -> OutageDeclared:
    return OutageDeclared(id=id_of(number), at=at, title=title, **{"begun": at} | more)


def news(
    number: int | UUID, outage: UUID, message: str, *, at: datetime = AT, **more
) -> OutageNews:
    return OutageNews(id=id_of(number), at=at, outage=outage, message=message, **more)


def note(number: int | UUID, outage: UUID, text: str, *, at: datetime = AT, **more) -> OutageNote:
    return OutageNote(id=id_of(number), at=at, outage=outage, text=text, **more)


def ended(number: int | UUID, outage: UUID, *, at: datetime = AT, **more) -> OutageEnded:
    return OutageEnded(id=id_of(number), at=at, outage=outage, **{"ended": at} | more)


def statement(
    number: int | UUID,
    outage: UUID | None,
    titles: dict[str, str],
    texts: dict[str, str] | None = None,
    *,
    at: datetime = AT,
    state: PublicState = PublicState.DOWN,
    **more,
) -> PublicStatement:
    given = {"outage": outage, "titles": titles, "texts": texts or {}, "state": state}
    return PublicStatement(id=id_of(number), at=at, **given, **more)


def withdrawn(number: int | UUID, statement: int | UUID, *, at: datetime = AT) -> PublicWithdrawn:
    return PublicWithdrawn(id=id_of(number), at=at, statement=id_of(statement))


def service_set(
    number: int | UUID, service: str, state: PublicState, *, at: datetime = AT
) -> PublicServiceSet:
    return PublicServiceSet(id=id_of(number), at=at, service=service, state=state)


def page_read(
    number: int | UUID,
    word: PageStatus,
    target: str = "exlibris-status",
    *,
    at: datetime = AT,
    **more,
) -> PageStatusReadByStaff:
    return PageStatusReadByStaff(id=id_of(number), at=at, target=target, word=word, **more)


def planned(
    number: int | UUID,
    start: datetime,
    end: datetime,
    target: str = "alma-saml",
    *,
    at: datetime = AT,
    **more,
) -> MaintenancePlanned:
    return MaintenancePlanned(id=id_of(number), at=at, target=target, start=start, end=end, **more)


def message(
    workstation: str, number: int, item: str, patron: str = "2071200001", at: datetime | None = None
) -> dict[str, Any]:
    """Return a workstation's message with one loan; without `at`, the loan is made now."""
    made = (at or datetime.now(UTC)).isoformat(timespec="milliseconds")
    scan = {"id": str(uuid4()), "at": made, "made_at": made, "skew_s": 0.0, "sequence": number}
    where = {"desk": "MAIL", "workstation": workstation}
    return {"kind": "loan"} | scan | where | {"item": item, "patron": patron}
