"""An act in Alma that a person confirms: asked once more, sent once, and what became of it told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine

import param

from dashboard.core.rights import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.settlement import ReturnAnswered
from procedure.errors import AlmaError, RequestOutcomeUnknown, TransactionRefused
from procedure.reconciliation.entries import LoanAnswered


class AlmaAction(param.Parameterized):
    """`asked` says that an act waits for the person's second word, `sending` that it is on its way.

    `told` is what became of the last act: a key, or empty.
    """

    way: ReconciliationProgress = param.Parameter(constant=True)
    asked = param.Boolean(default=False)
    sending = param.Boolean(default=False)
    told = param.String(default="")

    def __init__(self, *, way: ReconciliationProgress) -> None:
        super().__init__(way=way)
        self._tasks: set[asyncio.Task[None]] = set()

    async def over(self) -> None:
        """Wait until nothing is on its way."""
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def done(self, told: str) -> None:
        """Look again, and tell what became of it."""
        self.way.update()
        self.told = told

    def send(self, act: Coroutine[None, None, None]) -> None:
        """Send it; it goes on when the page is closed."""
        self.param.update(asked=False, sending=True, told="")
        task = asyncio.get_running_loop().create_task(act)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def tell(self, answer: Awaitable[LoanAnswered | ReturnAnswered | None]) -> None:
        """Wait for the answer, and tell it."""
        try:
            made = await answer
            told = "too_early" if made is None else f"fate_{made.fate}"
        except RequestOutcomeUnknown:
            told = "fate_unknown"
        except TransactionRefused as refused:
            told = refused.reason
        except AlmaError:
            told = "alma_silent"
        self.sending = False
        self.done(told)

    def library(self, desk: str) -> str:
        """Return the library of a desk as Alma calls it.

        Raises:
            TransactionRefused: the papers do not say.
        """
        found = self.way.context.handbook.desks.get(desk)
        library = next(iter(found.libraries), "") if found else ""
        if not library:
            raise TransactionRefused("library_missing", "The papers name no library of this desk.")
        return library

    def allowed(self) -> None:
        """Let the act pass, over what the journal says now.

        Raises:
            NotAllowed.
        """
        self.way.session.person.require(Permission.COORDINATE)
        self.way.context.way.extend()
