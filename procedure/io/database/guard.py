"""Whether what is committed may be acknowledged."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from procedure.errors import JournalDamaged, JournalUnwritable

if TYPE_CHECKING:
    from procedure.io.database.backend import DatabaseConnection

_log = logging.getLogger(__name__)


class WriteGuard:
    """Asked by the writer around every transaction; damage, once seen, lasts until a restart."""

    def __init__(self) -> None:
        self._lasting: JournalUnwritable | None = None

    @property
    def fault(self) -> JournalUnwritable | None:
        """Why nothing is written just now, None while all is well."""
        return self._lasting

    def forbid(self, reason: JournalUnwritable) -> None:
        """Refuse every write from now on, until the database is opened anew."""
        if self._lasting is None:
            self._lasting = reason

    def failed(self, error: BaseException) -> None:
        """Take note of an error of the database, of reading too: damage forbids all writing."""
        if isinstance(error, JournalDamaged) and self._lasting is None:
            _log.error("%s Nothing is acknowledged until the server is started again.", error)
            self.forbid(error)

    def before(self) -> None:
        """Check before a transaction.

        Raises:
            JournalUnwritable: nothing may be written.
        """
        if self._lasting is not None:
            raise type(self._lasting)(str(self._lasting))

    def after(self) -> None:
        """Check after a commit, before anybody is told of it.

        Raises:
            JournalUnwritable: what was committed must not be acknowledged.
        """
        if self._lasting is not None:
            raise type(self._lasting)(str(self._lasting))

    def look(self, connection: DatabaseConnection) -> None:
        """Do what is due now and then, in the writer's thread."""

    def close(self, connection: DatabaseConnection) -> None:
        """Do what is due at the end, in the writer's thread."""
