"""The signature under the way back: by name, on the counts of that moment."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import param

from dashboard.core.rights import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.errors import JournalMoved, TransactionRefused
from procedure.reconciliation.log import KINDS
from procedure.reconciliation.sign_off import sign


class SignOff(param.Parameterized):
    """Signed once every row is in Alma, settled by hand or void; a later row makes it stale."""

    way: ReconciliationProgress = param.Parameter(constant=True)

    def __init__(
        self, *, way: ReconciliationProgress, new_id: Callable[[], UUID] | None = None
    ) -> None:
        super().__init__(way=way)
        self._new_id = new_id or way.context.new_id

    def sign(self, name: str) -> None:
        """Sign for every row.

        Raises:
            TransactionRefused: nobody's name, rows that are not settled, or news meanwhile.
            JournalUnwritable, NotAllowed.
        """
        way = self.way
        way.session.person.require(Permission.COORDINATE)
        by = way.sign_as(name)
        way.context.way.extend()
        found = way.context.way.found
        at, station = way.context.now(), way.session.workstation
        entry = sign(found, entry_id=self._new_id(), at=at, operator=by, workstation=station)
        try:
            way.context.journal.append(entry, unless_newer=(KINDS, found.position))
        except JournalMoved:
            raise TransactionRefused("row_moved", "Something was recorded meanwhile.") from None
        finally:
            way.update()
