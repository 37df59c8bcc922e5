"""Records imports and deletions of lists in the journal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from procedure.io.offline_lists.list_store import KeptList, ListStore
from procedure.journal import Journal
from procedure.offline_lists.list_entries import ListForgotten, ListTaken
from procedure.offline_lists.list_layout import Header


@dataclass(frozen=True, slots=True)
class ListRecord:
    """Records imports and deletions; `operator` is the person who acts, or None for the server."""

    journal: Journal
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    operator: str | None = None

    def taken(self, headers: Iterable[Header], *, accepted: bool = False) -> None:
        """Record that new lists have replaced the earlier ones.

        Raises:
            JournalError: the journal cannot be written to.
        """
        self.journal.append(
            *(ListTaken(**self._of(header), accepted=accepted) for header in headers)
        )

    def forget(self, store: ListStore, older_than: datetime | None = None) -> Sequence[KeptList]:
        """Delete and return the lists exported before a time, or all lists, and record this.

        Raises:
            JournalError: the journal cannot be written to; the lists are deleted anyway.
            OSError: a list cannot be deleted.
        """
        forgotten = store.forget(older_than)
        if forgotten:
            self.journal.append(*(ListForgotten(**self._of(kept.header)) for kept in forgotten))
        return forgotten

    def _of(self, header: Header) -> dict[str, Any]:
        return {
            "id": self.new_id(),
            "at": self.now(),
            "operator": self.operator,
            "list": header.kind,
            "count": header.count,
            "as_of": header.as_of,
        }
