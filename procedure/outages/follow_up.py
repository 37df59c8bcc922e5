"""Leaders and tasks of outages, as recorded by versions before 1.0.0.

These entries are no longer written, but dossiers still show them.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from procedure.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLed(Act):
    """A person took charge of an outage."""

    KIND: ClassVar[str] = "outage_led"

    outage: UUID
    leader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded(Act):
    """A task for after the outage, with the person responsible and the deadline, if agreed."""

    KIND: ClassVar[str] = "task_added"

    outage: UUID
    text: str
    owner: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Act):
    """A person marked a task as done."""

    KIND: ClassVar[str] = "task_done"

    outage: UUID
    task: UUID
