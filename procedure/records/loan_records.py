"""The frames of loans, returns and their reconciliation, with the outage of each record."""

from collections import Counter
from functools import cached_property
from typing import Self
from uuid import UUID

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure import frames
from procedure.frames.column_building import with_categories
from procedure.frames.outage_column import NO_OUTAGE, OutageColumn, newest_place, signature_places
from procedure.outages.outage_entries import OutageRecord
from procedure.outages.outage_loans import OutageSpan, outage_spans
from procedure.pandas_types import Frame, Values
from procedure.reconciliation.journal_entries import LoanVerified
from procedure.records.recorded_past import RecordedPast


class OutageKey(RecordedPast):
    """The recorded past with the `outage` column; see `procedure.frames.outage_column`."""

    def of_outage(self, outage: str) -> Self:
        """Return the records of a single outage, given by its id, a prefix of the id, or `last`.

        Frames with an `outage` column contain only the outage's rows; observations are limited to
        the time that its dossier covers. The new records use the same journal and history, which
        stay open until the original records are closed.

        Raises:
            OutageNotFound: no outage matches, or several do; the message lists the outages.
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
        """The selected outage, or all outages except withdrawn ones, in order of declaration."""
        return self._outages.records() if self._only is None else (self._only,)

    @property
    def _withdrawn(self) -> list[OutageRecord]:
        """Outages declared by mistake, which have a row in `declared` and appear nowhere else."""
        every = self._outages.every() if self._only is None else ()
        return [record for record in every if record.withdrawn is not None]

    @cached_property
    def _spans(self) -> list[OutageSpan]:
        own = {record.declared.id for record in self._declared}
        every = outage_spans(self._outages.records(), self.until)
        return [known for known in every if known.outage in own]

    @cached_property
    def _column(self) -> OutageColumn:
        return OutageColumn(self._declared, self._spans)

    def _keyed(self, frame: Frame, places: Values) -> Frame:
        """Add the `outage` column to a frame; for a single outage, keep only its rows."""
        keyed = with_categories(frame.assign(outage=self._column.column(places)))
        if self._only is None:
            return keyed
        return keyed[keyed["outage"].notna()].reset_index(drop=True)

    def _of_people(self, frame: Frame, places: Values = None) -> Frame:
        """Add the outage of each action to a frame of people's actions; replace private values.

        If `places` is None, the outage is found by the time of the action.
        """
        by_time = self._column.places_at(frame["at"]) if places is None else places
        return self._privacy.protect(self._keyed(frame, by_time))

    def _with_declared(self, downtimes: Frame) -> Frame:
        """For each downtime in a frame, add the declared outage that overlaps the downtime."""
        places = self._column.places_between(downtimes["start"], downtimes["end"])
        return self._keyed(downtimes, places)


class RecordedLoans(OutageKey):
    """The frames of `Records` about loans; they are not limited in time."""

    @cached_property
    def loans(self) -> pd.DataFrame:
        """Every loan with its state in the reconciliation, without double scans.

        Columns of `frames.RECONCILED`.
        """
        log = self._reconciliation.log
        repeated = Counter(row.repeats for row in log.rows() if row.repeats is not None)
        return self._of_people(frames.reconciled(self._table, repeated))

    @cached_property
    def returns(self) -> pd.DataFrame:
        """The returned items, and how they were settled; columns of `frames.RETURNS`."""
        return self._of_people(frames.returns(self._reconciliation.returns()))

    @cached_property
    def loan_summary(self) -> pd.DataFrame:
        """The loans per local day and desk; columns of `frames.LOAN_SUMMARY`."""
        rows, places = self._reconciliation.log.rows(), self._place_of
        if self._only is not None:
            rows = [row for row in rows if places[row.loan.id] != NO_OUTAGE]
        return frames.with_categories(frames.summarized(rows))

    @cached_property
    def exports(self) -> pd.DataFrame:
        """The files for Alma, with their uploads and reports; columns of `frames.EXPORTS`."""
        made = (file.export for file in self._reconciliation.files())
        places = [newest_place((*export.loans, *export.returns), self._place_of) for export in made]
        return self._of_people(frames.exports(self._reconciliation), places)

    @cached_property
    def refusals(self) -> pd.DataFrame:
        """The loans refused by Alma's reports and API; columns of `frames.REFUSALS`."""
        refused = frames.refusals(self._recorded, self._reconciliation)
        return self._about_loans(frames.with_categories(refused, "message"))

    @cached_property
    def verifications(self) -> pd.DataFrame:
        """The results of verifying loans, by API or list; columns of `frames.VERIFICATIONS`."""
        asked = self._entries(LoanVerified)
        return self._about_loans(frames.verifications(asked, self._reconciliation))

    @cached_property
    def reconciliation(self) -> pd.DataFrame:
        """The loans per desk, local day and stage; columns of `frames.RECONCILIATION`."""
        table = self._table
        if self._only is not None:
            table = table[self._loan_places != NO_OUTAGE].reset_index(drop=True)
        return frames.with_categories(frames.reconciliation_counts(table))

    @cached_property
    def signatures(self) -> pd.DataFrame:
        """The signatures confirming that all loans are accounted for.

        Columns of `frames.SIGNATURES`.
        """
        positions = [signature.position for signature in self._reconciliation.signed]
        places = signature_places(positions, self._table, self._loan_places)
        return self._of_people(frames.signatures(self._reconciliation, self._table), places)

    def _about_loans(self, frame: Frame) -> pd.DataFrame:
        """Add the outage of each loan to a frame about loans; replace private values."""
        places = [self._place_of.get(UUID(loan), NO_OUTAGE) for loan in frame["loan"]]
        return self._of_people(frame, places)

    @cached_property
    def _loan_places(self) -> Values:
        """The outage index of each row in the loan table; see `OutageColumn`."""
        return self._column.places_at([row.loan.at for row in self._table["row"]])

    @cached_property
    def _place_of(self) -> dict[UUID, int]:
        """The outage index of each loan and return, by id; see `OutageColumn`."""
        scans = [row.loan for row in self._reconciliation.log.rows()]
        scans += [back.returned for back in self._reconciliation.returns()]
        places = self._column.places_at([scan.at for scan in scans])
        return dict(zip((scan.id for scan in scans), places.tolist(), strict=True))
