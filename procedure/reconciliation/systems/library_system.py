"""The interface of a library system: its offline file, its report, its API, its checklist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from procedure.circulation.offline_files.no_file import NoOfflineFile
from procedure.circulation.offline_files.offline_format import OfflineFormat
from procedure.reconciliation.checklist import CARTS_CLOSED
from procedure.reconciliation.job_report import JobReport


@dataclass(frozen=True, slots=True)
class LibrarySystem:
    """What Relais knows of the system that the loans go into.

    `key` names it in file names, `offline_file` is what it takes in. `read_report` reads the report
    that it writes of an upload, None where there is none: a person then reads its screen.
    `has_api` says that Relais asks its API (`procedure.io.alma`). With `ends_earlier_loan`, a loan
    of an item that somebody else has ends the earlier loan; else it is refused. `points` are those
    of `procedure.reconciliation.checklist` that apply to it.
    """

    key: str
    offline_file: OfflineFormat
    points: tuple[str, ...]
    read_report: Callable[[str], JobReport] | None = None
    has_api: bool = False
    ends_earlier_loan: bool = False

    @property
    def has_file(self) -> bool:
        """Whether loans can be written for it."""
        return bool(self.offline_file.suffix)

    @property
    def is_read_by_a_person(self) -> bool:
        """Whether only a person, or a list of loans, can tell what the system has taken."""
        return self.read_report is None and not self.has_api


# A system without an adapter: loans are recorded, counted, and settled by hand.
UNKNOWN_SYSTEM = LibrarySystem("system", NoOfflineFile(), (CARTS_CLOSED,))
