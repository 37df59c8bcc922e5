"""Loans and returns in an outage: the scan check, the loan log, return carts, the offline file.

What becomes of them in Alma afterwards is in `procedure.reconciliation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.circulation.imports.plan import import_sheet as import_sheet
    from procedure.circulation.lending import lend as lend
    from procedure.circulation.lending import void as void
    from procedure.circulation.log import CirculationLog as CirculationLog
    from procedure.circulation.offline_file import render as render
    from procedure.circulation.offline_layout import Layout as Layout
    from procedure.circulation.offline_parser import parse as parse
    from procedure.circulation.transactions import CirculationDesk as CirculationDesk
    from procedure.circulation.transactions import Export as Export
    from procedure.circulation.transactions import Loan as Loan
    from procedure.circulation.transactions import PendingLoan as PendingLoan
    from procedure.circulation.transactions import Return as Return
    from procedure.circulation.transactions import Void as Void
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        imports__plan="import_sheet",
        lending="lend void",
        log="CirculationLog",
        offline_file="render",
        offline_layout="Layout",
        offline_parser="parse",
        transactions="CirculationDesk Loan Return Void PendingLoan Export",
    )
