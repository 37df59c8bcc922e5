"""Public statements by coordinators, as journal entries; nothing is published automatically."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from procedure.journal import Act, Recorded
from procedure.outages.outage_entries import OutageWithdrawn


class PublicState(StrEnum):
    """The state of an outage as shown to patrons; these keys are stored."""

    WORKS = "works"
    DEGRADED = "degraded"
    DOWN = "down"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStatement(Act):
    """A public statement about an outage or planned work, with titles and texts by language.

    If the texts are empty, only the state changes. `lending` says whether patrons can borrow during
    the outage. Planned work has a `start` and an `end` (UTC), but no `outage`.
    """

    KIND: ClassVar[str] = "public_statement"

    outage: UUID | None
    state: PublicState
    titles: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict[str, str])
    next_news: datetime | None = None
    lending: bool = False
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicWithdrawn(Act):
    """The removal of a statement from the public page."""

    KIND: ClassVar[str] = "public_withdrawn"

    statement: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicServiceSet(Act):
    """The public state of a service in versions before 1.0.0; dossiers still show it.

    `service` is the service's key in the handbook.
    """

    KIND: ClassVar[str] = "public_service_set"

    service: str
    state: PublicState


@dataclass(slots=True)
class PublicLog:
    """The published statements that have not been withdrawn, in order.

    Withdrawing an outage also withdraws its statements.
    """

    KINDS: ClassVar[tuple[str, ...]] = (
        PublicStatement.KIND,
        PublicWithdrawn.KIND,
        OutageWithdrawn.KIND,
    )
    _statements: dict[UUID, PublicStatement] = field(default_factory=dict[UUID, PublicStatement])

    def extend(self, entries: Iterable[Recorded]) -> None:
        for recorded in entries:
            match recorded.entry:
                case PublicStatement() as statement:
                    self._statements[statement.id] = statement
                case PublicWithdrawn() as withdrawn:
                    self._statements.pop(withdrawn.statement, None)
                case OutageWithdrawn() as withdrawn:
                    for statement in self.about(withdrawn.outage):
                        self._statements.pop(statement.id)
                case _:
                    pass

    @property
    def statements(self) -> tuple[PublicStatement, ...]:
        return tuple(self._statements.values())

    def current(self, outage: UUID | None, now: datetime) -> tuple[PublicStatement, ...]:
        """Return the statements about an outage and about unfinished planned work, oldest first."""
        return tuple(
            statement
            for statement in self._statements.values()
            if (outage is not None and statement.outage == outage)
            or (statement.end is not None and statement.end > now)
        )

    def about(self, outage: UUID) -> tuple[PublicStatement, ...]:
        return tuple(
            statement for statement in self._statements.values() if statement.outage == outage
        )


def in_language(texts: Mapping[str, str], code: str) -> str:
    """Return the text in this language, or else the first text that is not empty, or else ""."""
    written = {language: text for language, text in texts.items() if text}
    return written.get(code) or next(iter(written.values()), "")
