"""The frames of declared outages, and of the conclusions drawn by today's rules."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure import frames
from procedure.diagnosis.suspected_outage import SUSPECT_AFTER
from procedure.frames.outage_column import NO_OUTAGE
from procedure.frames.outage_frames import DeclaredOutage
from procedure.monitoring.downtime import Downtime, downtimes
from procedure.monitoring.service_states import Service
from procedure.outages.figures import answered_again, first_failure
from procedure.outages.outage_entries import OutageNews, OutageNote
from procedure.outages.outage_loans import outage_loans
from procedure.outages.public_entries import PublicStatement
from procedure.pandas_types import Frame, Values
from procedure.records.loan_records import RecordedLoans


class RecordedOutages(RecordedLoans):
    """Frames of `Records` about outages, diagnoses and suggestions."""

    @cached_property
    def diagnoses(self) -> pd.DataFrame:
        """The location of the fault, according to today's rules and the server's readings.

        Columns of `frames.DIAGNOSES`. Workstations' readings are not recorded, so they are missing
        from the evidence.
        """
        return self._diagnoses()

    def _diagnoses(self, readings: int | None = None) -> Frame:
        return frames.diagnoses(self._replay(readings).conclusions(self.since, self.until))

    @cached_property
    def suggestions(self) -> pd.DataFrame:
        """The answers that today's rules suggest; columns of `frames.SUGGESTIONS`.

        The answer is missing while there is no suggestion.
        """
        return self._suggestions()

    def _suggestions(self, readings: int | None = None) -> Frame:
        steps = self.handbook.procedure.steps.values()
        questions = [step for step in steps if step.kind == "question"]
        suggested = self._replay(readings).suggestions(self.since, self.until, questions)
        return frames.with_categories(frames.suggestions(suggested))

    def replayed(
        self, suspect_after: timedelta = SUSPECT_AFTER, readings: int | None = None
    ) -> pd.DataFrame:
        """Return the conclusions of today's rules alongside the declarations.

        Columns of `frames.REPLAYED`. An outage is suspected once there has been trouble for
        `suspect_after`. With `readings`, a change takes effect once that many readings in a row
        confirm it; otherwise, each reading takes effect at once. To try another handbook's rules,
        use `open_records(..., handbook=...)`.
        """
        made: Frame = self.declared
        over: Values = made["ended"].fillna(self.until)
        within = made[~made["withdrawn"] & (made["begun"] < self.until) & (over > self.since)]
        concluded = self.diagnoses if readings is None else self._diagnoses(readings)
        suggested = self.suggestions if readings is None else self._suggestions(readings)
        replayed: Frame = frames.replayed(concluded, suggested, within, suspect_after)
        return frames.with_categories(replayed.astype({"outage": self._column.dtype}))

    def suspicions(
        self, suspect_after: timedelta = SUSPECT_AFTER, readings: int | None = None
    ) -> pd.DataFrame:
        """Return when today's rules would have suspected an outage.

        Columns of `frames.SUSPICIONS`. An outage is suspected once there has been trouble for
        `suspect_after`; see `replayed`.
        """
        concluded = self.diagnoses if readings is None else self._diagnoses(readings)
        found: Frame = frames.suspicions(concluded, suspect_after)
        places = self._column.places_between(found["at"] - suspect_after, found["end"])
        made: Values = pd.Series(
            [record.declared.begun for record in self._declared], dtype=frames.INSTANT
        )
        begun = made.reindex(places).reset_index(drop=True)
        work = frames.planned(self.past.planned())
        planned = frames.reach_into(found["at"] - suspect_after, found["end"], work)
        return self._keyed(found.assign(delay=found["at"] - begun, planned=planned), places)

    @cached_property
    def declared(self) -> pd.DataFrame:
        """The declared outages, with their loans; columns of `frames.DECLARED`.

        For an outage that has not ended, loans are counted up to the end of the records. A
        `withdrawn` outage has no loans and is not in any other frame.
        """
        spans, log = self._spans, self._reconciliation.log
        made = [
            DeclaredOutage(
                record,
                outage_loans(record.declared.id, spans, log),
                failed=_first_failure(observed, self.past.services),
                answered=answered_again(observed, self.past.services),
            )
            for record, observed in zip(self._declared, self._downtimes_of_declared(), strict=True)
        ]
        made += [DeclaredOutage(record) for record in self._withdrawn]
        made.sort(key=lambda outage: outage.record.declared.at)
        ids = [str(outage.record.declared.id) for outage in made]
        declared: Frame = frames.declared(made, self._redact)
        return declared.astype({"outage": pd.CategoricalDtype(ids)})

    def _downtimes_of_declared(self) -> list[list[Downtime]]:
        """Return the downtimes of services and targets during each declared outage."""
        every = [downtime for states in self.past.states.values() for downtime in downtimes(states)]
        spans = [downtime.start for downtime in every], [downtime.end for downtime in every]
        found: list[list[Downtime]] = [[] for _ in self._declared]
        for downtime, place in zip(every, self._column.places_between(*spans), strict=True):
            if place != NO_OUTAGE:
                found[int(place)].append(downtime)
        return found

    @cached_property
    def messages(self) -> pd.DataFrame:
        """The coordinators' messages to desks and patrons; columns of `frames.MESSAGES`."""
        language, *_ = self.handbook.library.languages
        written = self._entries(OutageNews, PublicStatement)
        frame = frames.messages(written, self._redact, language)
        return self._of_people(frame, self._column.places_of(entry.outage for entry in written))

    @cached_property
    def notes(self) -> pd.DataFrame:
        """The notes about outages and about contacts; columns of `frames.NOTES`."""
        written = self._entries(OutageNote)
        return self._of_people(
            frames.notes(written, self._redact),
            self._column.places_of(entry.outage for entry in written),
        )

    @cached_property
    def reviews(self) -> pd.DataFrame:
        """The reviews of outages; columns of `frames.REVIEWS`."""
        every = [review for record in self._declared for review in record.reviews]
        return self._of_people(
            frames.reviews(every, self._redact),
            self._column.places_of(review.outage for review in every),
        )


def _first_failure(observed: Sequence[Downtime], services: Sequence[Service]) -> datetime | None:
    first = first_failure(observed, services)
    return first.start if first else None
