"""A status page's report about one component, or why it could not be read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from procedure.status_pages.html_text import printable
from procedure.status_pages.maintenance import PlannedWork

SUMMARY_LENGTH = 300
MAX_ITEMS = 20


class PageStatus(StrEnum):
    """The status that a page reports now.

    `ok` means that no trouble is reported now. `planned` means that maintenance is under way;
    before it begins, the status is `ok`. `unknown` means that somebody has to read the page; it is
    never shown as `ok`.
    """

    OK = "ok"
    INCIDENT = "incident"
    PLANNED = "planned"
    UNKNOWN = "unknown"


class UnreadReason(StrEnum):
    """Why a status is `unknown`; the dashboard translates these keys."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    SYNTAX = "syntax"
    SHAPE = "shape"
    NO_COMPONENT = "no_component"
    UNKNOWN_STATUS = "unknown_status"
    UNCLEAR = "unclear"
    LOGIN = "login"
    HTTP = "http"
    BUSY = "busy"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class PageReport:
    """The result of parsing a status page for one component.

    `summary` is plain text from the page, never HTML, at most `SUMMARY_LENGTH` characters. If a
    person has to read the page, it is the newest line that names the component.
    `components` are the names that matched. `changed_at` is when the page last changed what gives
    its status (aware UTC).
    """

    status: PageStatus
    summary: str = ""
    components: tuple[str, ...] = ()
    planned_work: tuple[PlannedWork, ...] = ()
    changed_at: datetime | None = None
    reason: UnreadReason | None = None


@dataclass(frozen=True, slots=True)
class PageFinding:
    """Something on a page about the component: a row, an incident or a line of text."""

    status: PageStatus
    text: str = ""
    component: str = ""
    work: PlannedWork | None = None
    changed_at: datetime | None = None
    reason: UnreadReason | None = None


class UnreadablePage(Exception):
    """Raised by a parser for a body that it cannot use; `parse_page` catches it."""

    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


def component_finding(
    name: str, status_text: str, status: PageStatus | None, changed_at: datetime | None = None
) -> PageFinding:
    """Return the finding for a component; `status` is None if `status_text` is unknown."""
    reason = None if status else UnreadReason.UNKNOWN_STATUS
    status = status or PageStatus.UNKNOWN
    return PageFinding(status, f"{name}: {status_text}", name, changed_at=changed_at, reason=reason)


def to_read(line: str, component: str, changed_at: datetime | None) -> PageFinding:
    """Return the finding for a line written for people, which a person has to read."""
    return PageFinding(
        PageStatus.UNKNOWN, line, component, changed_at=changed_at, reason=UnreadReason.UNCLEAR
    )


def unreadable(reason: UnreadReason, detail: str = "") -> PageReport:
    return PageReport(PageStatus.UNKNOWN, printable(detail, SUMMARY_LENGTH), reason=reason)


def summarise(findings: Iterable[PageFinding]) -> PageReport:
    """Combine findings into a report with the most severe status and the texts that go with it.

    Without findings the status is `ok`, so a parser must yield a finding if an empty page means
    anything else. Texts are made printable and cut here, whatever the parser did.
    """
    items = list(findings)
    status = max((item.status for item in items), key=_SEVERITY.index, default=PageStatus.OK)
    worst = [item for item in items if item.status is status]
    return PageReport(
        status=status,
        summary=printable("; ".join(_unique(item.text for item in worst)), SUMMARY_LENGTH),
        components=_unique(item.component for item in items),
        planned_work=_sorted_work(item.work for item in items if item.work is not None),
        changed_at=max((item.changed_at for item in worst if item.changed_at), default=None),
        reason=next((item.reason for item in worst if item.reason), None),
    )


# From least to most severe. A line that could not be judged must not hide an incident, but hides
# everything else.
_SEVERITY = (PageStatus.OK, PageStatus.PLANNED, PageStatus.UNKNOWN, PageStatus.INCIDENT)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    texts = (printable(name, SUMMARY_LENGTH) for name in names)
    return tuple(dict.fromkeys(name for name in texts if name))[:MAX_ITEMS]


def _sorted_work(planned_work: Iterable[PlannedWork]) -> tuple[PlannedWork, ...]:
    unset = datetime.max.replace(tzinfo=UTC)
    titled = {replace(work, title=printable(work.title, SUMMARY_LENGTH)) for work in planned_work}
    ordered = sorted(titled, key=lambda work: (work.start or unset, work.end or unset, work.title))
    return tuple(ordered[:MAX_ITEMS])
