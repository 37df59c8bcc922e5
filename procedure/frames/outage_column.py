"""The column `outage` of the frames: which declared outage a record belongs to.

The rule is that of `procedure.outages.outage_spans`: what has a time of its own belongs to the
outage to which that time belongs. What is done afterwards follows its loans: a refusal or a
verification belongs to the outage of its loan, a file and a signature to the newest one of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.frames.columns import INSTANT, categories, category
from procedure.outages.outage_loans import OutageSpan

NO_OUTAGE = -1


class OutageColumn:
    """The outages of a column, in the order of their declaration; places count from 0.

    `spans` are those of `procedure.outages.outage_spans`, of these outages alone.
    """

    def __init__(self, outages: Iterable[UUID], spans: Sequence[OutageSpan]) -> None:
        self._places = {outage: place for place, outage in enumerate(outages)}
        self.dtype = category(*map(str, self._places))
        self._of_span = np.array([self._places[span.outage] for span in spans], np.int64)
        self._starts = _microseconds([span.start for span in spans])
        self._ends = _microseconds([span.end for span in spans])

    def places_at(self, instants: Any) -> Any:
        """Return the place of the outage of each instant (aware), `NO_OUTAGE` where there is none.

        Some milliseconds for 100,000.
        """
        if not len(self._starts):
            return np.full(len(instants), NO_OUTAGE)
        at = _microseconds(instants)
        span = np.searchsorted(self._starts, at, side="right") - 1
        within = (span >= 0) & (at <= self._ends[span])
        return np.where(within, self._of_span[span], NO_OUTAGE)

    def places_of(self, outages: Iterable[UUID]) -> list[int]:
        """Return the places of outages that the records name themselves."""
        return [self._places.get(outage, NO_OUTAGE) for outage in outages]

    def column(self, places: Any) -> Any:
        """Return the ids at these places, missing where there is no outage."""
        return categories(np.asarray(places, np.int64), self.dtype)


def newest_place(records: Iterable[UUID], places: Mapping[UUID, int]) -> int:
    """Return the place of the newest outage among those of some loans and returns."""
    return max((places.get(record, NO_OUTAGE) for record in records), default=NO_OUTAGE)


def signature_places(positions: Sequence[int], table: Any, places: Any) -> list[int]:
    """Return the place of the outage that each signature is the first to cover.

    `positions` are those up to which the signatures read the journal, in order; `table` is a loan
    table and `places` those of its loans. Of several outages it is the newest.
    """
    signed = [NO_OUTAGE] * len(positions)
    last: Any = table["position"].groupby(np.asarray(places)).max()
    for place, position in last.items():  # in the order of the places
        first = next((n for n, covered in enumerate(positions) if covered >= position), None)
        if first is not None and place != NO_OUTAGE:
            signed[first] = place
    return signed


def _microseconds(instants: Any) -> Any:
    return pd.Series(instants, dtype=INSTANT).to_numpy().astype("datetime64[us]").view(np.int64)
