"""The library systems, with their offline files, reports and checklists.

Koha queues the lines of a file (`offline_circ/enqueue_koc.pl`) for the library at which the person
who uploads it is logged in. Staff check the lines (`offline_circ/list.pl`) and process them one by
one. For each line, Koha answers `Success.`, `Borrower not found.` or `Barcode not found.`, but it
keeps no report. If a line lends an item that is on loan to somebody else, Koha ends that person's
loan (`ProcessOfflineIssue` in `C4/Circulation.pm`). Relais does not use Koha's REST API.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from procedure.circulation.offline_files.alma_file import AlmaFile
from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.circulation.offline_files.known_formats import NoOfflineFile
from procedure.circulation.offline_files.koha_file import KohaFile
from procedure.circulation.offline_files.offline_format import OfflineFormat
from procedure.reconciliation.checklist import (
    CARTS_CLOSED,
    DESK_CHOSEN,
    FILE_PER_DESK,
    POINTS,
    TRIAL_SEEN,
)
from procedure.reconciliation.job_report import JobReport, read_job_report


@dataclass(frozen=True, slots=True)
class LibrarySystem:
    """The library system into which the loans are transferred.

    - `key`: its name in file names.
    - `offline_file`: the format of its offline file.
    - `read_report`: parses its report on an upload; None if there is no report, so staff must read
      the screen.
    - `has_api`: whether Relais uses its API (`procedure.io.alma`).
    - `ends_earlier_loan`: whether lending an item that is on loan to somebody else ends the earlier
      loan; otherwise, the new loan is refused.
    - `points`: the points of `procedure.reconciliation.checklist` that apply to it.
    """

    key: str
    offline_file: OfflineFormat
    points: tuple[str, ...]
    read_report: Callable[[str], JobReport] | None = None
    has_api: bool = False
    ends_earlier_loan: bool = False

    @property
    def has_file(self) -> bool:
        return bool(self.offline_file.suffix)

    @property
    def is_read_by_a_person(self) -> bool:
        """Whether only staff, or a list of loans, can tell which loans the system accepted."""
        return self.read_report is None and not self.has_api


# A system without an adapter: loans are settled by hand.
UNKNOWN_SYSTEM = LibrarySystem("system", NoOfflineFile(), (CARTS_CLOSED,))


KOHA = LibrarySystem(
    "koha",
    KohaFile(),
    (CARTS_CLOSED, DESK_CHOSEN, FILE_PER_DESK, TRIAL_SEEN),
    ends_earlier_loan=True,
)


def alma(layout: Layout) -> LibrarySystem:
    return LibrarySystem(
        "alma", AlmaFile(layout), POINTS, read_report=read_job_report, has_api=True
    )


# The adapters, keyed by the system's name in `library.toml`, in lower case. Each function takes the
# layout of Alma's file.
ADAPTERS: Mapping[str, Callable[[Layout], LibrarySystem]] = {
    "alma": alma,
    "koha": lambda _: KOHA,
}
_WITHOUT = (
    'system "{name}" has no adapter (available: {known}): Relais cannot write offline files or '
    "read upload reports, and does not use its API. Loans are still recorded and counted; enter "
    "them by hand from relais loans list, and settle each (docs/your-library.md)"
)


def library_system(name: str, layout: Layout = USUAL) -> LibrarySystem:
    """Return the system with this name in `library.toml`, or else `UNKNOWN_SYSTEM`."""
    make = ADAPTERS.get(name.strip().casefold())
    return UNKNOWN_SYSTEM if make is None else make(layout)


def what_is_missing(name: str) -> str:
    """Return a warning about the functions that need an adapter, or "" if there is an adapter."""
    known = ", ".join(key.capitalize() for key in ADAPTERS)
    return "" if name.strip().casefold() in ADAPTERS else _WITHOUT.format(name=name, known=known)
