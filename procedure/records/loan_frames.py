"""The frames of loans and returns, and of how they come into Alma."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure import frames
from procedure.frames.outage_column import NO_OUTAGE, newest_place, signature_places
from procedure.reconciliation.journal_entries import LoanVerified
from procedure.records.outage_key import OutageKey


class LoanFrames(OutageKey):
    """Frames of all time; `Records` has the rest."""

    @cached_property
    def loans(self) -> pd.DataFrame:
        """Every loan with its state against Alma, without second scans; `frames.RECONCILED`."""
        return self._of_people(frames.reconciled(self._table))

    @cached_property
    def returns(self) -> pd.DataFrame:
        """The items that were given back, and what settled them; columns of `frames.RETURNS`."""
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
        """The files for Alma, with upload and report; columns of `frames.EXPORTS`."""
        made = (file.export for file in self._reconciliation.files())
        places = [newest_place((*one.loans, *one.returns), self._place_of) for one in made]
        return self._of_people(frames.exports(self._reconciliation), places)

    @cached_property
    def refusals(self) -> pd.DataFrame:
        """What Alma refused, by reports and by its API; columns of `frames.REFUSALS`."""
        refused = frames.refusals(self._recorded, self._reconciliation)
        return self._about_loans(frames.with_categories(refused, "message"))

    @cached_property
    def verifications(self) -> pd.DataFrame:
        """What Alma said of loans after the upload; columns of `frames.VERIFICATIONS`."""
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
        """Who signed that every loan is accounted for; columns of `frames.SIGNATURES`."""
        positions = [signature.position for signature in self._reconciliation.signed]
        places = signature_places(positions, self._table, self._loan_places)
        return self._of_people(frames.signatures(self._reconciliation, self._table), places)

    def _about_loans(self, frame: Any) -> pd.DataFrame:
        """Return what is known of loans, with the outage of each loan."""
        places = [self._place_of.get(UUID(loan), NO_OUTAGE) for loan in frame["loan"]]
        return self._of_people(frame, places)

    @cached_property
    def _loan_places(self) -> Any:
        """The place of the outage of each row of the loan table."""
        return self._column.places_at([row.loan.at for row in self._table["row"]])

    @cached_property
    def _place_of(self) -> dict[UUID, int]:
        """The place of the outage of each loan and return, by its id."""
        scans = [row.loan for row in self._reconciliation.log.rows()]
        scans += [back.returned for back in self._reconciliation.returns()]
        places = self._column.places_at([scan.at for scan in scans])
        return dict(zip((scan.id for scan in scans), places.tolist(), strict=True))
