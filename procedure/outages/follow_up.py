"""Who leads an outage, the tasks that follow from it, and its review: what people said of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from procedure.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLed(Act):
    """From now on a person leads: they decide, and everybody asks them."""

    KIND: ClassVar[str] = "outage_led"

    outage: UUID
    leader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded(Act):
    """Something that is to be done after the outage, by whom and until when, if that is agreed."""

    KIND: ClassVar[str] = "task_added"

    outage: UUID
    text: str
    owner: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Act):
    """A person says that a task is done."""

    KIND: ClassVar[str] = "task_done"

    outage: UUID
    task: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageReviewed(Act):
    """What people make of an outage: all three texts as they are now; the newest counts."""

    KIND: ClassVar[str] = "outage_reviewed"

    outage: UUID
    happened: str = ""
    noticed: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpTask:
    """A task, and who said that it is done; None while it is open."""

    added: TaskAdded
    done: TaskDone | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """All of it for one outage, in order of time."""

    leaders: tuple[OutageLed, ...] = ()
    tasks: tuple[FollowUpTask, ...] = ()
    reviews: tuple[OutageReviewed, ...] = ()

    @property
    def leader(self) -> str:
        """Who leads, or led last; empty if nobody said so."""
        return self.leaders[-1].leader if self.leaders else ""

    @property
    def open_tasks(self) -> tuple[FollowUpTask, ...]:
        """The tasks that nobody has done yet: the earliest date first, those without one last."""
        still = [task for task in self.tasks if task.done is None]
        return tuple(sorted(still, key=lambda task: task.added.due or date.max))

    @property
    def review(self) -> OutageReviewed | None:
        """The newest review, None before the first."""
        return self.reviews[-1] if self.reviews else None


FollowUpEntry = OutageLed | TaskAdded | TaskDone | OutageReviewed
FOLLOW_UP_KINDS: tuple[type[FollowUpEntry], ...] = (OutageLed, TaskAdded, TaskDone, OutageReviewed)


def follow_up(entries: Iterable[FollowUpEntry]) -> FollowUp:
    """Return the follow-up of one outage from its entries, in order."""
    entries = list(entries)
    done: dict[UUID, TaskDone] = {}
    for entry in entries:
        if isinstance(entry, TaskDone):
            done.setdefault(entry.task, entry)
    return FollowUp(
        tuple(entry for entry in entries if isinstance(entry, OutageLed)),
        tuple(
            FollowUpTask(entry, done.get(entry.id))
            for entry in entries
            if isinstance(entry, TaskAdded)
        ),
        tuple(entry for entry in entries if isinstance(entry, OutageReviewed)),
    )
