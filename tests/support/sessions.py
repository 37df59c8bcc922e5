"""Sessions of people with few rights."""

from __future__ import annotations

from dashboard.core.rights import READER, User
from dashboard.core.session import Session


class Reader(Session):
    """Somebody who may look and do nothing else."""

    @property
    def person(self) -> User:
        return READER
