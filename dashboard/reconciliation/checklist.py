"""The checklist as a page ticks it: a point, who, and when."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import param

from dashboard.core.rights import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.reconciliation.checklist import POINTS
from procedure.reconciliation.entries import ChecklistTicked


class ChecklistState(param.Parameterized):
    """Ticks go into the journal, with a name; a tick made by mistake is taken back the same way."""

    way: ReconciliationProgress = param.Parameter(constant=True)

    def __init__(
        self, *, way: ReconciliationProgress, new_id: Callable[[], UUID] | None = None
    ) -> None:
        super().__init__(way=way)
        self._new_id = new_id or way.context.new_id

    def tick(self, point: str, name: str = "", *, done: bool = True) -> None:
        """Say that a point is done, or open again; a point that the list does not have is none.

        Raises:
            TransactionRefused: nobody's name.
            JournalUnwritable, NotAllowed.
        """
        way = self.way
        way.session.person.require(Permission.COORDINATE)
        if point not in POINTS:
            return
        by = way.sign_as(name)
        entry = ChecklistTicked(
            *(self._new_id(), way.context.now(), point, done), way.session.workstation, operator=by
        )
        way.context.journal.append(entry)
        way.update()
