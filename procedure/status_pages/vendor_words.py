"""The word that each status page's feed said last, so that only a change is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from procedure.journal import Recorded
from procedure.status_pages.readings import PageStatusChanged, Reading
from procedure.status_pages.status import PageStatus


class LastPageStatus:
    """A fold over the journal: what was kept of each page last."""

    def __init__(self) -> None:
        self._last: dict[str, PageStatus] = {}

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Take what was committed, in order."""
        for one in recorded:
            if isinstance(one.entry, PageStatusChanged):
                self._last[one.entry.target] = one.entry.word

    def changed(
        self, latest: Mapping[str, Reading], now: datetime, new_id: Callable[[], UUID] = uuid4
    ) -> tuple[PageStatusChanged, ...]:
        """Give the entries for the readings that say another word than the last one kept.

        A page that could not be read has said nothing; all being well to begin with is no news.
        """
        return tuple(
            _entry(one, now, new_id())
            for one in latest.values()
            if one.word not in (PageStatus.UNKNOWN, self._last.get(one.target, PageStatus.OK))
        )


def _entry(one: Reading, now: datetime, entry: UUID) -> PageStatusChanged:
    return PageStatusChanged(
        id=entry,
        at=min(one.at, now),
        target=one.target,
        word=one.word,
        source=one.source,
        summary=one.summary,
        changed_at=one.changed_at,
    )
