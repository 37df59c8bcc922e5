"""The `outage` column, which names the declared outage that a record belongs to.

Each kind of record has its own rule:

- A loan, return, answer, report or reading belongs to the outage during which it was made; see
  `procedure.outages.outage_spans`.
- A refusal or a verification belongs to the outage of its loan.
- A file belongs to the newest outage of its loans and returns.
- A signature belongs to the newest outage that it is the first to cover.
- A message, note or review names its outage.
- A downtime belongs to the outage that overlaps it.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np

from procedure.frames.column_building import categories, category, microseconds
from procedure.outages.outage_entries import OutageRecord
from procedure.outages.outage_loans import OutageSpan
from procedure.pandas_types import Frame, Values

NO_OUTAGE = -1


class OutageColumn:
    """Finds the places of records' outages, and makes the `outage` column from them.

    The place of an outage is its index in `outages`, which are in order of declaration. `spans`
    are the spans of these outages; see `procedure.outages.outage_spans`.
    """

    def __init__(self, outages: Sequence[OutageRecord], spans: Sequence[OutageSpan]) -> None:
        self._outages = outages
        self._places = {outage.declared.id: place for place, outage in enumerate(outages)}
        self.dtype = category(*map(str, self._places))
        self._of_span = np.array([self._places[span.outage] for span in spans], np.int64)
        self._starts = microseconds([span.start for span in spans])
        self._ends = microseconds([span.end for span in spans])

    def places_at(self, instants: Values) -> Values:
        """Return the place of the outage at each time (aware), or `NO_OUTAGE`.

        This takes a few milliseconds for 100,000 times.
        """
        if not len(self._starts):
            return np.full(len(instants), NO_OUTAGE)
        at = microseconds(instants)
        span = self._starts.searchsorted(at, side="right") - 1
        places = self._of_span[span]
        places[(span < 0) | (at > self._ends[span])] = NO_OUTAGE
        return places

    def places_between(self, starts: Values, ends: Values) -> Values:
        """Return the place of the declared outage that overlaps each span.

        If several outages overlap a span, the outage declared last is chosen, as on the history
        page. If no outage overlaps the span, the place is `NO_OUTAGE`. If a span has not ended yet,
        its end is missing.
        """
        first, last = microseconds(starts), microseconds(ends)
        last = np.where(np.isnat(last.view("M8[us]")), np.iinfo(np.int64).max, last)
        places = np.full(len(first), NO_OUTAGE)
        for place, outage in enumerate(self._outages):
            reaches = microseconds([outage.declared.begun])[0] < last
            if outage.over is not None:
                reaches &= microseconds([outage.over.ended])[0] > first
            places[reaches] = place
        return places

    def places_of(self, outages: Iterable[UUID]) -> list[int]:
        """Return the places of the outages with these ids, or `NO_OUTAGE` for an unknown id."""
        return [self._places.get(outage, NO_OUTAGE) for outage in outages]

    def column(self, places: Values) -> Values:
        """Return a column of the outages' ids; if a place is `NO_OUTAGE`, the id is missing."""
        return categories(np.asarray(places, np.int64), self.dtype)


def newest_place(records: Iterable[UUID], places: Mapping[UUID, int]) -> int:
    """Return the place of the newest outage with one of these loans or returns, or `NO_OUTAGE`."""
    return max((places.get(record, NO_OUTAGE) for record in records), default=NO_OUTAGE)


def signature_places(positions: Sequence[int], table: Frame, places: Values) -> list[int]:
    """Return, for each signature, the place of the outage that it is the first to cover.

    `positions` holds a journal position for each signature, in order: the signature covers the
    loans up to that position. `table` is a loan table, and `places` are the places of its loans'
    outages. If a signature is the first to cover several outages, the newest of these outages is
    chosen. If a signature is not the first to cover any outage, its place is `NO_OUTAGE`.
    """
    signed = [NO_OUTAGE] * len(positions)
    last: Values = table["position"].groupby(np.asarray(places)).max()
    for place, position in last.items():  # in order of place, so the newest outage wins
        first = next((n for n, covered in enumerate(positions) if covered >= position), None)
        if first is not None and place != NO_OUTAGE:
            signed[first] = place
    return signed
