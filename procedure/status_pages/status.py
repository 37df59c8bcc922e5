"""The vendor's word: what a status page says of our component, and why it could not be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from procedure.status_pages.html_text import printable
from procedure.status_pages.maintenance import MaintenanceWindow

SUMMARY_LENGTH = 300
MOST_KEPT = 20


class PageStatus(StrEnum):
    """What is reported now; `unknown` means that a person has to read the page.

    It is never shown as if all were well. `ok` is "nothing reported". `planned` is planned work
    that is on: work still ahead is a window beside the word.
    """

    OK = "ok"
    INCIDENT = "incident"
    PLANNED = "planned"
    UNKNOWN = "unknown"


class UnreadReason(StrEnum):
    """Why a word is `unknown`; the keys are put into the reader's language by the page."""

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
    """One status page, read once for our component.

    `summary` is the page's own text, plain and at most 300 characters: never HTML. `components`
    are the names that matched. `changed_at` is when the page says it was last changed (UTC).
    """

    word: PageStatus
    summary: str = ""
    components: tuple[str, ...] = ()
    windows: tuple[MaintenanceWindow, ...] = ()
    changed_at: datetime | None = None
    reason: UnreadReason | None = None


@dataclass(frozen=True, slots=True)
class PageFinding:
    """One thing on a page that bears on our component: a row, an incident, a line of text."""

    word: PageStatus
    text: str = ""
    component: str = ""
    window: MaintenanceWindow | None = None
    changed_at: datetime | None = None
    reason: UnreadReason | None = None


class UnreadablePage(Exception):
    """A body that its parser cannot use; it never leaves `procedure.status_pages`."""

    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


def unreadable(reason: UnreadReason, detail: str = "") -> PageReport:
    """Say that nothing can be said, and why."""
    return PageReport(PageStatus.UNKNOWN, printable(detail, SUMMARY_LENGTH), reason=reason)


def summarise(findings: Iterable[PageFinding]) -> PageReport:
    """Sum up what was found: the gravest word stands, with the texts that carry it.

    Without any finding nothing is reported: a parser for which silence means anything else must
    find something. Whatever text a parser lets through is made printable and cut here.
    """
    found = list(findings)
    word = max((one.word for one in found), key=_GRAVITY.index, default=PageStatus.OK)
    grave = [one for one in found if one.word is word]
    return PageReport(
        word=word,
        summary=_joined(one.text for one in grave),
        components=_first_of(one.component for one in found),
        windows=_in_order(one.window for one in found if one.window is not None),
        changed_at=max((one.changed_at for one in found if one.changed_at), default=None),
        reason=next((one.reason for one in grave if one.reason), None),
    )


# An incident is never hidden by a line that could not be read, and such a line hides all else.
_GRAVITY = (PageStatus.OK, PageStatus.PLANNED, PageStatus.UNKNOWN, PageStatus.INCIDENT)


def _first_of(names: Iterable[str]) -> tuple[str, ...]:
    shown = (printable(name, SUMMARY_LENGTH) for name in names)
    return tuple(dict.fromkeys(name for name in shown if name))[:MOST_KEPT]


def _joined(texts: Iterable[str]) -> str:
    return printable("; ".join(_first_of(texts)), SUMMARY_LENGTH)


def _in_order(windows: Iterable[MaintenanceWindow]) -> tuple[MaintenanceWindow, ...]:
    unset = datetime.max.replace(tzinfo=UTC)
    titled = {replace(one, title=printable(one.title, SUMMARY_LENGTH)) for one in windows}
    found = sorted(titled, key=lambda one: (one.start or unset, one.end or unset, one.title))
    return tuple(found[:MOST_KEPT])
