"""Who led an outage, and its tasks, as versions before 1.0.0 recorded them.

Nothing writes these entries any more; the dossier of the outage shows them.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from procedure.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLed(Act):
    """From then on a person led."""

    KIND: ClassVar[str] = "outage_led"

    outage: UUID
    leader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded(Act):
    """Something that was to be done after the outage, by whom and until when, if agreed."""

    KIND: ClassVar[str] = "task_added"

    outage: UUID
    text: str
    owner: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Act):
    """A person said that a task was done."""

    KIND: ClassVar[str] = "task_done"

    outage: UUID
    task: UUID
