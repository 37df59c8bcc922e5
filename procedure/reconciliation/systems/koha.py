"""Koha: its offline circulation file `.koc`; what became of it is read on Koha's own screen.

Koha puts the lines of a file into a queue (`offline_circ/enqueue_koc.pl`) at the library under
which the person is signed in; somebody checks them (`offline_circ/list.pl`) and has them processed
one by one, each with an answer: `Success.`, `Borrower not found.`, `Barcode not found.`. No report
is kept. A loan of an item that somebody else has ends that loan (`ProcessOfflineIssue` in
`C4/Circulation.pm`). Koha's REST API is not asked.
"""

from __future__ import annotations

from procedure.circulation.offline_files.koha_file import KohaFile
from procedure.reconciliation.checklist import (
    CARTS_CLOSED,
    DESK_CHOSEN,
    FILE_PER_DESK,
    TRIAL_SEEN,
)
from procedure.reconciliation.systems.library_system import LibrarySystem

KOHA = LibrarySystem(
    "koha",
    KohaFile(),
    (CARTS_CLOSED, DESK_CHOSEN, FILE_PER_DESK, TRIAL_SEEN),
    ends_earlier_loan=True,
)
