"""Dates to confirm before an export: which loans, and the press that writes them all the same."""

from __future__ import annotations

from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.local_time import local
from procedure.reconciliation.export_times import TimesUnconfirmed


def odd_times(unconfirmed: TimesUnconfirmed | None, language: Language) -> str:
    """Return what is to be confirmed as HTML, empty when nothing is."""
    if unconfirmed is None:
        return ""
    return render(
        "loans/unusual_times",
        language,
        unconfirmed=unconfirmed,
        # With its year, which is what is wrong.
        when=lambda at: f"{local(at):%d.%m.%Y %H:%M}",
    )
