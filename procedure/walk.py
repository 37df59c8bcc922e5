"""Who answered what, and when; the current step is replayed from the answers, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """A person's answer to one question of the procedure, with what the screen showed then.

    `walk` groups the answers of one passage through the tree. `readings` are short lines such as
    `alma-saml server down timeout 2026-11-24T09:12:00Z`, one a target of the step.
    """

    id: UUID
    at: datetime
    walk: UUID
    step: str
    answer: str
    workstation: str = ""
    initials: str | None = None
    readings: tuple[str, ...] = ()
