"""Passes messages from workstations to an intake, without HTTP."""

from concurrent.futures import Future
from typing import Any
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.core.visitor import Visitor
from dashboard.loans.transactions.intake import TransactionIntake


def answer(number: int, state: str = "kept", **more: Any) -> dict[str, Any]:
    """Return the answer to a workstation about the transaction with this number."""
    return {"id": str(UUID(int=number)), "state": state, "warning": None, "reason": None} | more


class Desk:
    """An intake that writes to the journal of a context."""

    def __init__(self, context: AppContext, person: Visitor | None = None) -> None:
        self.context = context
        self._intake, self._person = TransactionIntake(context), person or Visitor()

    def begin(self, *messages: object) -> Future[list[dict[str, Any]]]:
        return self._intake.take(messages, self._person)

    def take(self, *messages: object) -> list[dict[str, Any]]:
        return self.begin(*messages).result(0)

    def take_one(self, message: object) -> dict[str, Any]:
        (only,) = self.take(message)
        return only

    @property
    def entries(self) -> list[Any]:
        return [record.entry for record in self.context.store.journal.since()]
