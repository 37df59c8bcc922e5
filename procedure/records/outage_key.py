"""Which declared outage each record belongs to, and the records of one outage alone."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

from procedure.frames.columns import with_categories
from procedure.frames.outage_column import OutageColumn
from procedure.outages.declared_outage import OutageRecord
from procedure.outages.outage_loans import OutageSpan, outage_spans
from procedure.records.recorded_past import RecordedPast


class OutageKey(RecordedPast):
    """The recorded past with the column `outage`; see `procedure.frames.outage_column`."""

    def of_outage(self, outage: str) -> Self:
        """Return the records of one outage alone, by its id, the beginning of that, or `last`.

        A frame with a column `outage` has that outage's rows; what was observed is limited to the
        time of its dossier. They are read from the same source, and closed with it.

        Raises:
            OutageNotFound: there is none, or more than one; the message lists those that there are.
        """
        return type(self)(
            self._journal,
            self._history,
            self.handbook,
            since=self._since,
            until=self.until,
            targets=self._targets,
            privacy=self._privacy,
            outage=outage,
        )

    @cached_property
    def _declared(self) -> tuple[OutageRecord, ...]:
        """The outages that count, in the order of their declaration."""
        return self._outages.records() if self._only is None else (self._only,)

    @cached_property
    def _spans(self) -> list[OutageSpan]:
        own = {record.declared.id for record in self._declared}
        every = outage_spans(self._outages.records(), self.until)
        return [known for known in every if known.outage in own]

    @cached_property
    def _column(self) -> OutageColumn:
        return OutageColumn(self._declared, self._spans)

    def _keyed(self, frame: Any, places: Any) -> Any:
        """Return a frame with its column `outage`, of one outage without the rows of others."""
        keyed = with_categories(frame.assign(outage=self._column.column(places)))
        if self._only is None:
            return keyed
        return keyed[keyed["outage"].notna()].reset_index(drop=True)

    def _of_people(self, frame: Any, places: Any = None) -> Any:
        """Return what people did with its outage, that of its time where no places are given."""
        by_time = self._column.places_at(frame["at"]) if places is None else places
        return self._privacy.protect(self._keyed(frame, by_time))

    def _with_declared(self, downtimes: Any) -> Any:
        """Return a frame of downtimes with the outage that was declared to be on meanwhile."""
        places = self._column.places_between(downtimes["start"], downtimes["end"])
        return self._keyed(downtimes, places)
