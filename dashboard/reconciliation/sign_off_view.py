"""The end: every row counted by desk and day, the tables as files, and the signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from dashboard.reconciliation.base_view import Actions, PartView
from dashboard.translations import upper_first
from dashboard.translations.sentences import stage_names
from procedure.reconciliation.overview import ReconciliationOverview


class SignOffView(PartView):
    """Nobody can sign while a row waits, and the button says how many do."""

    step = "sign"

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the counts and the form."""
        return self._render(
            "sign_off",
            counts=now.counts,
            days=[(day, asdict(day.counts)) for day in now.days],
            stages={key: upper_first(name) for key, name in stage_names(self.language).items()},
            signed=now.signed,
            shifted=now.due_shifted,
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its button does."""
        del value, fields
        return {"sign": self.progress.sign}
