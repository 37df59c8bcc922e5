"""The adapters of library systems, by their names in `library.toml`.

Koha puts the lines of a file into a queue (`offline_circ/enqueue_koc.pl`) at the library under
which the person is signed in; somebody checks them (`offline_circ/list.pl`) and has them processed
one by one, each with an answer: `Success.`, `Borrower not found.`, `Barcode not found.`. No report
is kept. A loan of an item that somebody else has ends that loan (`ProcessOfflineIssue` in
`C4/Circulation.pm`). Koha's REST API is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from procedure.circulation.offline_files.alma_file import AlmaFile
from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.circulation.offline_files.koha_file import KohaFile
from procedure.reconciliation.checklist import (
    CARTS_CLOSED,
    DESK_CHOSEN,
    FILE_PER_DESK,
    POINTS,
    TRIAL_SEEN,
)
from procedure.reconciliation.job_report import read_job_report
from procedure.reconciliation.systems.library_system import UNKNOWN_SYSTEM, LibrarySystem

KOHA = LibrarySystem(
    "koha",
    KohaFile(),
    (CARTS_CLOSED, DESK_CHOSEN, FILE_PER_DESK, TRIAL_SEEN),
    ends_earlier_loan=True,
)


def alma(layout: Layout) -> LibrarySystem:
    """Return Alma, with the layout of the library's offline file."""
    return LibrarySystem(
        "alma", AlmaFile(layout), POINTS, read_report=read_job_report, has_api=True
    )


# By the name in small letters; each takes the layout of Alma's file, the one setting there is.
ADAPTERS: Mapping[str, Callable[[Layout], LibrarySystem]] = {
    "alma": alma,
    "koha": lambda _: KOHA,
}
_WITHOUT = (
    'system "{name}" has no adapter (there are: {known}): no offline file can be written, no '
    "report of an upload is read, and its API is not asked. Loans are recorded and counted all the "
    "same; enter them by hand, from relais loans list, and settle each (docs/your-library.md)"
)


def library_system(name: str, layout: Layout = USUAL) -> LibrarySystem:
    """Return the system of this name; `layout` is that of Alma's offline file."""
    make = ADAPTERS.get(name.strip().casefold())
    return UNKNOWN_SYSTEM if make is None else make(layout)


def what_is_missing(name: str) -> str:
    """Return what does not work without an adapter, in words; empty where there is one."""
    known = ", ".join(key.capitalize() for key in ADAPTERS)
    return "" if name.strip().casefold() in ADAPTERS else _WITHOUT.format(name=name, known=known)
